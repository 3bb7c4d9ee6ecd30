"""A written PEtab problem has the likelihood that the event table has."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import quotidian as q
from quotidian.data import read_events
from quotidian.errors import InvalidInput
from quotidian.interchange.petab.objective import objective
from quotidian.interchange.petab.reader import read_petab
from quotidian.interchange.petab.writer import to_petab
from quotidian.models.pk_shelf import pk_model
from quotidian.population import ErrorModel
from quotidian.simulation.event_likelihood import minus_two_log_likelihood
from quotidian.simulation.event_records import predict_events

DATA = """ID,TIME,EVID,AMT,RATE,II,ADDL,CMT,DV
a,1,1,100,0,12,2,1,.
a,3,0,.,.,.,.,2,2.1
a,20,0,.,.,.,.,2,3.0
a,20,1,50,25,0,0,2,.
a,21,0,.,.,.,.,2,4.4
a,30,0,.,.,.,.,2,2.0
a,40,4,80,0,0,0,2,.
a,41,0,.,.,.,.,2,3.5
b,0,1,100,0,0,0,1,.
b,6,0,.,.,.,.,2,2.9
b,7,2,.,.,.,.,2,.
"""
VALUES = {"KA": 0.8, "CL": 2.0, "V": 20.0}


@pytest.fixture
def table(tmp_path: Path):
    (tmp_path / "data.csv").write_text(DATA)
    return read_events(tmp_path / "data.csv")


@pytest.mark.parametrize(
    "error",
    [ErrorModel("DV", "additive", 0.4), ErrorModel("DV", "proportional", 0.2),
     ErrorModel("DV", "combined", 0.3, 0.1), ErrorModel("DV", "log", 0.5)],
    ids=lambda e: e.kind,
)  # fmt: skip
def test_the_likelihood_is_that_of_the_table(table, tmp_path, error) -> None:
    pk = pk_model("pk-1cmt-oral")
    for name, text in to_petab(table, pk, VALUES, error).items():
        (tmp_path / name).write_text(text)
    found = objective(read_petab(tmp_path / "problem.yaml"))
    prediction = predict_events(table, pk.name, VALUES)
    expected = -0.5 * minus_two_log_likelihood(table, prediction, error)
    if error.kind == "log":  # a density of the value itself, not of its logarithm
        expected -= math.fsum(table.value[table.counted])
    assert found.log_likelihood == pytest.approx(expected, rel=1e-7)


def test_a_folder_is_written_from_python(table, tmp_path) -> None:
    q.write_petab(
        tmp_path / "data.csv", "pk-1cmt-oral", VALUES, ErrorModel("DV", "additive", 0.4), tmp_path / "p"
    )
    found = q.evaluate_petab(tmp_path / "p/problem.yaml", {"CL": 3.0})
    assert found.simulations["simulation"].to_list() == pytest.approx(
        q.predict_events(table, "pk-1cmt-oral", {**VALUES, "CL": 3.0})["PRED"].to_list()[:-1], rel=1e-7
    )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("a,0,0,.,.,.,.,2,1\na,0,1,5,0,0,0,2,.\n", "before a dose of the same time"),
        ("a,0,1,5,0,12,0,2,.\n", ""),
    ],
)
def test_what_petab_cannot_say_is_refused(tmp_path, rows, why) -> None:
    (tmp_path / "d.csv").write_text(DATA.splitlines()[0] + "\n" + rows + "a,3,0,.,.,.,.,2,1\n")
    table = read_events(tmp_path / "d.csv")
    pk, error = pk_model("pk-1cmt-oral"), ErrorModel("DV", "additive", 1.0)
    if not why:
        assert to_petab(table, pk, VALUES, error)
        return
    with pytest.raises(InvalidInput, match=why):
        to_petab(table, pk, VALUES, error)


def test_limits_steady_states_and_other_parameters_are_refused(table, tmp_path) -> None:
    pk, error = pk_model("pk-1cmt-oral"), ErrorModel("DV", "additive", 1.0)
    heads = "ID,TIME,EVID,AMT,RATE,II,SS,CMT,DV,CENS\n"
    for rows, why in (
        ("a,0,1,5,0,12,1,2,.,0\na,1,0,.,.,.,.,2,1,0\n", "without end"),
        ("a,0,1,5,0,0,0,2,.,0\na,1,0,.,.,.,.,2,1,1\n", "limit of quantification"),
    ):
        (tmp_path / "d.csv").write_text(heads + rows)
        with pytest.raises(InvalidInput, match=why):
            to_petab(read_events(tmp_path / "d.csv"), pk, VALUES, error)
    with pytest.raises(InvalidInput, match="with KA, CL, V"):
        to_petab(table, pk, {"CL": 1.0}, error)
