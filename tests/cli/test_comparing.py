"""``simulate`` with several regimens: a column and a line for each; ``--set`` on the commands that run."""

from __future__ import annotations

import csv

import pytest

ASK = "simulate --age 6 --sex female --weight 20 --weeks 6 --every 1d --observables crp,tocilizumab"
TWO = "--regimen none --regimen 'tocilizumab-iv:8mg/kg/2wk missing=2'"


def test_treated_and_untreated_stand_in_one_table_and_one_chart(quotidian, tmp_path) -> None:
    ran = quotidian(f"{ASK} {TWO} --output {tmp_path}/t.csv --plot {tmp_path}/t.svg")
    assert ran.code == 0 and "no drug against tocilizumab 8 mg/kg" in ran.out
    with (tmp_path / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    ends = {row["regimen"]: row for row in rows if row["time_day"] == "42"}
    assert list(ends) == ["none", "tocilizumab-iv:8mg/kg/2wk missing=2"]
    untreated, treated = ends.values()
    assert float(treated["crp [mg/L]"]) < 10.0 < float(untreated["crp [mg/L]"])
    assert float(untreated["tocilizumab [ug/mL]"]) == 0.0 and len(rows) == 2 * 43
    text = (tmp_path / "t.svg").read_text()
    assert "no drug" in text and "without dose 2" in text and "CRP" in text
    again = quotidian(f"{ASK} {TWO} --plot {tmp_path}/u.svg")
    assert again.code == 0 and (tmp_path / "u.svg").read_text() == text


def test_one_regimen_alone_gives_the_numbers_of_the_comparison(quotidian) -> None:
    both = quotidian(f"{ASK} {TWO} --output -").out.splitlines()
    alone = quotidian(f"{ASK} --regimen none --output -").out.splitlines()
    assert both[0] == f"regimen,{alone[0]}" and both[1:44] == [f"none,{row}" for row in alone[1:]]


def test_exposure_has_a_table_for_each_regimen_that_gives_a_drug(quotidian) -> None:
    ran = quotidian(f"{ASK} {TWO} --regimen tocilizumab-sc --exposure")
    assert ran.code == 0 and ran.out.count("Exposure to tocilizumab") == 2


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("--regimen none --regimen ' none '", "occurs twice"),
        ("--set crpp=3", "No ledger contains 'crpp'"),
        ("--set tocilizumab.CL", "--set cannot be"),
        ("--set tocilizumab.CL=4 --set tocilizumab.CL=5", "stated twice"),
        ("--set anakinra.CL=4", "does not read"),
    ],
)
def test_mistakes_are_refused(quotidian, tmp_path, more: str, why: str) -> None:
    ran = quotidian(f"{ASK} {more} --output {tmp_path}/t.csv")
    assert ran.code == 2 and why in ran.err and not list(tmp_path.iterdir())


def test_a_value_that_is_set_is_stated(quotidian) -> None:
    line = f"{ASK} --regimen tocilizumab-iv --output - --set drugs.tocilizumab.CL='0.2 L/day'"
    ran = quotidian(line)
    assert ran.code == 0 and "Set: drugs.tocilizumab.CL = 8.33333 mL/h (ledger: 4.18)" in ran.err
    assert ran.out != quotidian(line.split(" --set")[0]).out
    drawn = f"{ASK} --seed 3 --output -"
    moved = quotidian(f"{drawn} --set patients.variability.age_mean=5")
    assert moved.code == 0 and moved.out != quotidian(drawn).out
    trial = quotidian("trial yokota-2005 --replicates 1 --set drugs.tocilizumab.CL=9")
    assert trial.code == 0 and "1 replicate," in trial.out
