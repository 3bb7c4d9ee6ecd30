"""Tables of what a trial wrote down, held to the record itself and to what the trial reports."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.api.virtual_trial import VirtualTrial
from quotidian.errors import InvalidInput, UnknownName
from quotidian.trials.protocol.design import Arm
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.sampling import Kinetics

SMALL = replace(
    design("yokota-2008"), children=20, visits=(2, 4, 6, 10, 14, 18), kinetics=Kinetics(steady=4),
    periods=design("yokota-2008").periods[:2], taper=None,
)  # fmt: skip

SEED = 1  # children flare, leave before randomisation, and are not admitted


@cache
def done() -> VirtualTrial:
    return q.study(SMALL, replicates=2, seed=SEED, threads=1)


def test_a_row_a_child_and_visit_as_the_record_has_it() -> None:
    visits = done().visits
    assert len(visits) == 40 * 7 and visits.select("replicate", "child").n_unique() == 40
    record = done().records[0]
    week = visits.filter(pl.col("week") == 10).head(record.children)
    assert week["crp"].to_list() == record.core[10]["crp"].tolist()
    assert week["active_joints"].to_list() == record.core[10]["active_joints"].tolist()
    assert week["child"].to_list() == record.number.tolist()
    assert visits.filter(pl.col("week") == 0)["acr"].max() == 0
    assert set(visits["acr"].unique()) <= {0, 30, 50, 70, 90}


def test_what_is_counted_in_it_is_what_the_trial_reports() -> None:
    last = done().visits.filter(pl.col("week") == 4)  # before randomisation: all children
    share = last.group_by("replicate").agg((pl.col("acr") >= 70).mean() * 100)["acr"].median()
    row = done().endpoints.filter(pl.col("endpoint") == "acr70", pl.col("week") == 4)
    assert share == pytest.approx(row["virtual"][0])


def test_who_flares_is_away_and_who_is_not_randomised_has_no_arm() -> None:
    visits, events = done().visits, done().events
    flares = events.filter(pl.col("event") == "escape")
    assert len(flares) > 3 and flares["arm"].null_count() == 0
    after = visits.join(flares, on=["replicate", "child"]).filter(pl.col("week") >= pl.col("week_right"))
    assert not after["there"].any()
    out = events.filter(pl.col("event") == "not admitted")
    left = events.filter(pl.col("event") == "withdrawal", pl.col("week") <= 6)  # before randomisation
    assert len(out) + len(left) == visits.filter(pl.col("week") == 18)["arm"].null_count() > len(left) > 0
    there = visits.filter(pl.col("week") == 6, ~pl.col("there"))
    assert sorted(there["child"]) == sorted(left["child"])


def test_exposures_are_of_those_given_the_dose() -> None:
    table = done().exposures
    assert set(table["dose"]) == {"first", "steady"} and (table["cmax"] > table["ctrough"]).all()
    assert (
        table.filter(pl.col("dose") == "first")["auc"].to_list()
        == np.concatenate([r.exposure[0].auc for r in done().records]).tolist()
    )
    assert q.study(replace(SMALL, kinetics=None), replicates=1, threads=1).exposures.is_empty()


def test_arms_stand_side_by_side() -> None:
    table = done().compare("acr70", "crp", week=18)
    assert table.columns == ["endpoint", "week", "tocilizumab", "placebo"]
    assert table["endpoint"].to_list() == ["JIA ACR70, %", "CRP, mg/L"] and " to " in table["placebo"][0]
    with pytest.raises(InvalidInput, match="reports nothing on acr71"):
        done().compare("acr71")


def test_a_design_that_makes_no_sense_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidInput, match=r"arms\.placebo\.children: arm 'placebo' has a weight of 0"):
        q.study(replace(SMALL, arms={"placebo": Arm("none", 0)}))


def test_one_arm_holds_only_those_who_were_admitted() -> None:
    one = replace(SMALL, arms={"stays": SMALL.arms["tocilizumab"]}, kinetics=None)
    last = q.study(one, replicates=1, seed=SEED, threads=1).visits.filter(pl.col("week") == 18)
    both = done().visits.filter(pl.col("week") == 18, pl.col("replicate") == 0)
    assert last["arm"].is_null().to_list() == both["arm"].is_null().to_list()
    assert 0 < last["arm"].null_count() < 20


def test_a_table_is_told_in_aligned_lines() -> None:
    table = pl.DataFrame({"arm": ["drug", "placebo"], "share": [66.666, None], "n": [7, 12]})
    assert q.as_text(table) == "arm      share   n\ndrug      66.7   7\nplacebo      -  12"


def test_curves_are_drawn_into_a_file(tmp_path) -> None:
    place = q.draw(tmp_path / "x.svg", {"one": ([0, 1], [1, 2])}, across="weeks", up="CRP", alt="It rises.")
    assert place.read_text().startswith("<svg") and "It rises." in place.read_text()


def test_visits_say_who_came_and_what_was_given() -> None:
    trial, visits = done(), done().visits
    assert set(visits["sex"]) <= {"female", "male"} and visits["age"].is_between(2, 18).all()
    assert not visits.filter(pl.col("there"), pl.col("left") | pl.col("missed")).height
    assert visits.filter(pl.col("week") == 0)["dose"].min() > 0
    drawn = [child.severity for child in q.children(3, seed=SEED)]
    first = visits.filter(pl.col("replicate") == 0, pl.col("child").is_in(range(3)), pl.col("week") == 0)
    assert (
        first["severity"].to_list() == [drawn[i] for i in first["child"]] and trial.units["severity"] == "1"
    )
    assert trial.units["weight"] == "kg" and trial.units["crp"] == "mg/L" and trial.units["dose"] == "mg"
    assert set(trial.units) == set(visits.columns)
    frame = q.as_pandas(visits)
    assert list(frame.columns) == visits.columns and len(frame) == visits.height
    assert frame["crp"].mean() == pytest.approx(visits["crp"].mean())


def test_near_names_are_found_in_any_case() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'crp'"):
        q.cohort(3, "never", observables=["CRP"])
    assert q.describe(q.regimens.tocilizumab_iv).startswith("tocilizumab 12 mg/kg")
