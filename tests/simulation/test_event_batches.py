"""Whole columns of an event table give the very events and outputs that its rows give one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.data import EventTable, read_events
from quotidian.data.dosing_records import Dosing, timeline
from quotidian.errors import InvalidData
from quotidian.models.pk_shelf import pk_model
from quotidian.simulation.event_actions import bisected
from quotidian.simulation.event_batches import PlainBatch
from quotidian.simulation.event_columns import RunColumns
from quotidian.simulation.event_parameters import compartments_by_row
from quotidian.simulation.event_timeline import Carried, OccasionBuilder

PK = pk_model("pk-2cmt-oral")
STARTS = dict.fromkeys(PK.compartments, 0.0)
INSTANTS = [0.0, 0.1, 0.3, 0.30000000000000004, 1.0, 4.0, 8.0, 12.0]
NO_STEADY = np.zeros((0, 3))


def names(moving: tuple[str, ...]) -> tuple[str, ...]:
    return (*PK.compartments, *PK.infusions, *(f"{name}(t)" for name in moving), "")


def random_table(file: Path, rng: np.random.Generator, subjects: int = 40) -> EventTable:
    """Doses of every kind, many at one instant with others and with records."""
    lines = ["ID,TIME,AMT,RATE,II,ADDL,EVID,CMT,WT"]
    for subject in range(subjects):
        for time in np.sort(rng.choice(INSTANTS, 7)).tolist():
            weight = rng.choice([50, 60])
            if rng.random() < 0.5:
                lines.append(f"{subject},{time!r},0,0,0,0,{rng.choice([0, 0, 2])},{rng.integers(4)},{weight}")
                continue
            rate = rng.choice([0, 0, 25, 1000, -1, -2])
            more = f"{rng.choice(['0.1', '4', '0.7'])},{rng.integers(1, 5)}" if rng.random() < 0.5 else "0,0"
            amount, compartment = rng.choice([10, 70]), rng.integers(1, 4)
            lines.append(f"{subject},{time!r},{amount},{rate},{more},1,{compartment},{weight}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_events(file)


def batch(table: EventTable, dosing: Dosing, carried: Carried, moving: tuple[str, ...]) -> PlainBatch:
    edges = np.flatnonzero(np.diff(table.occasion, prepend=-1, append=-1))
    weight = table.covariate("WT")
    values = {"CL": weight / 7.0, "V": np.where(weight > 55, 30.0, 20.0)}
    return PlainBatch(
        table, edges, compartments_by_row(table, PK), dosing, PK, values, moving, carried, names(moving)
    )


@pytest.mark.parametrize("carried", ["backward", "forward"])
@pytest.mark.parametrize("moving", [(), ("CL",), ("CL", "V")])
@pytest.mark.parametrize("lag", [0.0, 0.2, 4.0])
def test_columns_are_those_of_the_rows(
    tmp_path: Path, carried: Carried, moving: tuple[str, ...], lag: float
) -> None:
    rng = np.random.default_rng([int(10 * lag), len(moving), carried == "forward"])
    table = random_table(tmp_path / "events.csv", rng)
    share = rng.choice([0.0, 0.5, 1.0], len(table.time))
    dosing = Dosing(
        {1: share, 2: 0.25}, {1: lag, 3: 0.1}, {1: 0.5, 2: 2.0, 3: 0.7}, {1: 30.0, 2: 9.0, 3: 500.0}
    )
    b = batch(table, dosing, carried, moving)
    found, plain = b.columns()
    chosen = np.flatnonzero(plain)
    builder, runs = OccasionBuilder(PK, b.values, moving, carried, STARTS), []
    for occasion in chosen.tolist():
        rows = list(range(b.edges[occasion], b.edges[occasion + 1]))
        line = timeline(table, rows, b.compartments, dosing)
        runs.append(builder.build(rows, table.time[rows], line, NO_STEADY))
    wanted = RunColumns.of(runs, chosen, names(moving))
    assert 5 < len(chosen) < len(plain) and len(found.time) > 100 and np.isinf(found.at).any()
    for name, column in vars(wanted).items():
        assert np.array_equal(column, vars(found)[name]), name


def test_steady_states_resets_and_overlaps_are_not_plain(tmp_path: Path) -> None:
    rows = [
        "1,0,10,0,0,0,1,1,0", "2,0,10,0,8,0,1,1,1", "3,0,10,0,0,0,4,1,0", "4,0,10,1,0,0,1,2,0",
        "4,5,10,1,0,0,1,2,0", "5,0,10,1,0,0,1,2,0", "5,5,10,1,0,0,1,1,0", "5,10,10,1,0,0,1,2,0",
    ]  # fmt: skip
    file = tmp_path / "events.csv"
    file.write_text("\n".join(["ID,TIME,AMT,RATE,II,ADDL,EVID,CMT,SS", *rows]) + "\n", encoding="utf-8")
    table = read_events(file)
    edges = np.flatnonzero(np.diff(table.occasion, prepend=-1, append=-1))
    b = PlainBatch(table, edges, compartments_by_row(table, PK), Dosing(), PK, {}, (), "backward", names(()))
    assert b.columns()[1].tolist() == [True, False, False, False, True]


def test_a_record_that_stands_for_too_many_doses_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("ID,TIME,AMT,II,ADDL,EVID,WT\n1,0,10,1e-6,999999999,1,50\n1,9,0,0,0,0,50\n")
    with pytest.raises(InvalidData, match=r"row 1, column ADDL"):
        batch(read_events(file), Dosing(), "backward", ()).columns()


def test_a_place_in_a_stretch_is_that_of_bisect() -> None:
    values = np.array([1.0, 2.0, 2.0, 3.0, 0.0, 2.0])
    begin, end = np.array([0, 0, 4, 6]), np.array([4, 4, 6, 6])
    at = np.array([2.0, 9.0, -1.0, 1.0])
    assert bisected(values, begin, end, at, right=False).tolist() == [1, 4, 4, 6]
    assert bisected(values, begin, end, at, right=True).tolist() == [3, 4, 4, 6]
