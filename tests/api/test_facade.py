"""Names of the command line from Python: populations, cohorts, power, scoreboard, catalogues; mistakes."""

from __future__ import annotations

import polars as pl
import pytest

import quotidian as q
from quotidian.errors import InvalidInput, UnknownName

GIRL = q.Child(age="6 years", sex="female", weight="20 kg")


def test_children_are_those_of_their_number() -> None:
    five = q.children(5, seed=3)
    assert q.children(2, seed=3, first=3) == five[3:] and q.children(1, seed=4)[0] != five[0]
    for wrong in (0, 2.5, True, 10**9):
        with pytest.raises(InvalidInput, match="whole number"):
            q.children(wrong)


def test_a_cohort_from_python_is_completed_and_read(tmp_path) -> None:
    done = q.cohort(3, tmp_path / "c", regimen="tocilizumab-iv", weeks=1, observables=["crp"])
    assert done.children.height == 3 and done.summary.earlier == 0
    last = done.courses.filter(pl.col("time_day") == 7.0).collect()
    assert last.columns == ["child", "time_day", "crp [mg/L]"] and last.height == 3
    again = q.cohort(3, tmp_path / "c", regimen="tocilizumab-iv", weeks=1, observables=["crp"])
    assert again.summary.earlier == 1
    with pytest.raises(UnknownName, match="'crpp'"):
        q.cohort(3, tmp_path / "d", observables=["crpp"])
    for wrong in (
        {"model": "adult_ra"}, {"observables": []}, {"observables": "crp"}, {"weeks": -1},
        {"weeks": float("nan")}, {"every": 0}, {"regimen": q.regimens.tocilizumab_iv}, {"children": 0},
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            q.cohort(**{"children": 3, "output": tmp_path / "d", **wrong})
    assert not (tmp_path / "d").exists()


def test_power_is_a_table_by_size() -> None:
    table = q.power("yokota-2008", "flare_free", sizes=[10, 40], replicates=2)
    assert table["randomised"].to_list() == [10, 40] and table["power"][1] > table["power"][0]


def test_the_scoreboard_is_a_table_of_rows() -> None:
    table = q.scoreboard("yokota-2005", replicates=1)
    assert set(table["trial"]) == {"yokota-2005"} and {"virtual", "published", "role", "unit"} <= {
        *table.columns
    }
    with pytest.raises(UnknownName):
        q.scoreboard("yokota-1905")
    with pytest.raises(InvalidInput, match="replicates=0"):
        q.scoreboard("yokota-2005", replicates=0)


def test_catalogues() -> None:
    assert "tocilizumab-sc" in set(q.preparations()["name"])
    assert "sgp130-low" in set(q.scenarios()["name"])
    assert q.equations("healthy_child").startswith("#")
    assert q.regimens["tocilizumab-iv"] == q.regimens.tocilizumab_iv
    with pytest.raises(UnknownName, match="tocilizumab-iv"):
        q.regimens["tocilizumab-vi"]


def test_mistakes_are_explained() -> None:
    assert q.simulate(GIRL, weeks="7 days", every="1 day", observables=["crp"]).sizes["time"] == 8
    with pytest.raises(InvalidInput, match="It must be a child"):
        q.simulate({"age": 6}, weeks=1)
    with pytest.raises(InvalidInput, match="children=5 is refused"):
        q.simulate(5, weeks=1)
    with pytest.raises(UnknownName, match="No entry of the ledger"):
        q.ledger("zzzz")
    with pytest.raises(InvalidInput, match="of what"):
        q.simulate(GIRL, weeks="12 of what")
