"""Children who cannot be followed are listed, counted and left empty; nobody else notices."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import polars
import pytest

from quotidian.application import cohort_part
from quotidian.application.cohort_run import run_cohort
from quotidian.dosing import Bands, infusion
from quotidian.drugs import catalogue
from quotidian.patients.population import draw
from quotidian.statistics.streams import Streams

LOST = {21: "tocilizumab.V_c", 37: "joints.articular_gain"}  # breaks at the first dose; at the very start
FACTOR = {21: 1e-30, 37: 1e300}


@pytest.fixture
def planted(monkeypatch) -> None:
    """Two children whose parameters no solver can follow."""

    def drawn(streams, replicate, numbers, population):
        children = draw(streams, replicate, numbers, population)
        return [
            replace(c, random_effects={**c.random_effects, LOST[n]: FACTOR[n]}) if n in LOST else c
            for n, c in zip(numbers, children, strict=True)
        ]

    monkeypatch.setattr(cohort_part, "draw", drawn)


def test_lost_children_are_listed_counted_and_null(planted, asked, whole, tmp_path) -> None:
    summary = run_cohort(asked(), tmp_path)
    stiff = "the step became too small: the equations are too stiff or discontinuous there"
    assert summary.lost == {"a value was not finite": 1, stiff: 1}
    with (tmp_path / "failures.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"child": "21", "reached_day": "0.375", "reason": stiff},
        {"child": "37", "reached_day": "-28", "reason": "a value was not finite"},
    ]
    account = json.loads((tmp_path / "manifest.json").read_bytes())["children"]
    assert account == {"asked": 40, "followed_to_the_end": 38, "failed": summary.lost}

    table = polars.read_parquet(tmp_path / "part-*.parquet")
    known = table.filter(polars.col("crp [mg/L]").is_not_null())
    assert known.filter(polars.col("child") == 21)["time_day"].to_list() == [0.0]
    assert known.filter(polars.col("child") == 37).is_empty()
    assert not table["crp [mg/L]"].is_nan().any()
    unharmed = ~polars.col("child").is_in(list(LOST))
    others = polars.read_parquet(whole / "part-*.parquet").filter(unharmed)
    assert table.filter(unharmed).equals(others)
    who = polars.read_parquet(tmp_path / "children-*.parquet")
    assert who.filter(~polars.col("complete"))["child"].to_list() == list(LOST)


def test_a_child_outside_the_bands_is_lost_and_not_the_cohort(monkeypatch, asked, whole, tmp_path) -> None:
    banded = infusion(Bands({"20 kg and above": "8 mg/kg"}), of="tocilizumab", over="1 hour")
    monkeypatch.setattr(catalogue, "REGIMENS", {"banded": banded.every("14 day")})
    request = asked(regimen="banded")
    summary = run_cohort(request, tmp_path)
    who = polars.read_parquet(whole / "children-*.parquet")
    light = who.filter(polars.col("weight [kg]") < 20)["child"].to_list()
    assert 0 < len(light) < 40
    assert summary.lost == {cohort_part.NO_DOSE: len(light)}
    table = polars.read_parquet(tmp_path / "part-*.parquet")
    assert table.filter(polars.col("crp [mg/L]").is_null())["child"].unique().sort().to_list() == light


def test_a_child_that_would_grow_up_is_lost_and_not_the_cohort(asked, tmp_path) -> None:
    request = asked(children=6, days=7300.0, every_hours=24.0 * 365, regimen="none")
    summary = run_cohort(request, tmp_path)
    ages = [child.age_years for child in draw(Streams(3), 0, range(6), request.population)]
    old = [str(i) for i, age in enumerate(ages) if age + 7300 / 365.25 > 25]
    assert 0 < len(old) < 6 and summary.lost == {
        "the course would go on beyond the age of 25 years": len(old)
    }
    with (tmp_path / "failures.csv").open() as file:
        assert [row["child"] for row in csv.DictReader(file)] == old


def test_a_part_without_anyone_to_dose_is_still_a_part(monkeypatch, asked, tmp_path) -> None:
    banded = infusion(Bands({"900 kg and above": "8 mg/kg"}), of="tocilizumab", over="1 hour")
    monkeypatch.setattr(catalogue, "REGIMENS", {"banded": banded})
    assert run_cohort(asked(regimen="banded", children=3), tmp_path).lost == {cohort_part.NO_DOSE: 3}
    assert polars.read_parquet(tmp_path / "part-00000.parquet")["crp [mg/L]"].null_count() == 24
