"""A cohort that is also followed with the values of members of an ensemble."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.application.cohort_request import CohortRequest, identity
from quotidian.application.cohort_run import run_cohort
from quotidian.application.learning.cohort_intervals import COLUMNS, FILE, last_lines
from quotidian.application.learning.knowledge import read_knowledge
from quotidian.drugs.catalogue import regimen
from quotidian.errors import InvalidInput
from quotidian.patients.population import TYPICAL, draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

REQUEST = CohortRequest(
    12, 3, "tocilizumab-iv", "sjia", 7.0, 84.0, {"crp": "mg/L", "active_joints": "1"}, part=5, members=4
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("known") / "out"
    run_cohort(REQUEST, place, threads=1)
    return place


def test_each_child_has_the_values_of_its_member(folder: Path) -> None:
    overlay = read_knowledge().overlay(2)
    own = [2, 6, 10]
    children = draw(Streams(3), 0, own, TYPICAL.overlaid(overlay))
    run = simulate(
        children, regimen("tocilizumab-iv"), days=7, every_hours=84.0, observables=["crp"], threads=1,
        overlay=overlay, narrow=True,
    )  # fmt: skip
    found = pl.read_parquet(folder / "known-*.parquet").filter(pl.col("child").is_in(own))
    np.testing.assert_array_equal(found["crp [mg/L]"].to_numpy().reshape(3, 3), run["crp"])


def test_the_other_files_are_those_of_a_cohort_without_members(folder: Path, tmp_path: Path) -> None:
    alone = replace(REQUEST, members=0)
    run_cohort(alone, tmp_path / "alone", threads=1)
    for name in ("part-00001.parquet", "children-00002.parquet"):
        assert (folder / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()
    assert "members" not in identity(alone)["request"]
    assert identity(REQUEST)["request"]["members"] == 4
    assert not (tmp_path / "alone" / FILE).exists() and last_lines(tmp_path / "alone") == []


def test_the_size_of_parts_changes_no_interval(folder: Path, tmp_path: Path) -> None:
    run_cohort(replace(REQUEST, part=12), tmp_path / "one", threads=1)
    assert (tmp_path / "one" / FILE).read_bytes() == (folder / FILE).read_bytes()


def test_intervals_are_quantiles_of_children(folder: Path) -> None:
    table = pl.read_csv(folder / FILE)
    assert table.columns == list(COLUMNS) and table.height == 6
    row = table.filter(pl.col("observable") == "crp").row(-1, named=True)
    for stem, low, high in (("part", "low", "high"), ("known", "low_known", "high_known")):
        crp = pl.read_parquet(folder / f"{stem}-*.parquet").filter(pl.col("time_day") == 7.0)["crp [mg/L]"]
        assert (row[low], row[high]) == pytest.approx(tuple(np.quantile(crp.to_numpy(), (0.025, 0.975))))
    first = last_lines(folder)[0]
    assert first.startswith("crp, day 7: median ") and "with parameter uncertainty" in first


def test_python_reads_them_or_says_that_there_are_none(tmp_path: Path) -> None:
    asked = {"weeks": 1, "every": "7d", "observables": ["crp"], "threads": 1}
    some = q.cohort(4, tmp_path / "some", members=2, **asked)  # type: ignore[arg-type]
    assert some.intervals["low_known"].is_not_null().all()
    none = q.cohort(4, tmp_path / "none", **asked)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="without members"):
        _ = none.intervals
