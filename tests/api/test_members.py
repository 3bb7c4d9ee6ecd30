"""Members of an ensemble in the simulation of one child."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.api import simulation
from quotidian.application.learning.knowledge import Knowledge
from quotidian.errors import InvalidInput


def test_members_are_a_dimension_that_spreads_the_course(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.array([[1.24, 5.0], [4.0, 3.0]])
    names = ("biology.joints.count_steepness", "drugs.tocilizumab.CL")
    known = Knowledge(names, values, {}, Path("nowhere"))
    monkeypatch.setattr(simulation, "read_knowledge", lambda: known)
    girl = q.Child(age="6 years", sex="female", weight="20 kg")
    one = q.simulate(girl, "tocilizumab-iv", weeks=3, every="1 day")
    run = q.simulate(girl, "tocilizumab-iv", weeks=3, every="1 day", members=2)
    assert run.crp.dims == ("member", "time")
    levels = run.tocilizumab.isel(time=-1).values
    assert levels[0] < float(one.tocilizumab.isel(time=-1)) < levels[1]
    assert run.active_joints.std("member").max() > 0.01
    assert run.crp.units == one.crp.units


def test_a_trial_keeps_the_children_of_each_member() -> None:
    done = q.trial("tender", replicates=1, members=2)
    last = done.visits_known.filter(pl.col("week") == 12)
    found = last.group_by("arm", "replicate").agg(x=(pl.col("there") & (pl.col("acr") >= 30)).mean() * 100)
    ends = found.group_by("arm").agg(low=pl.col("x").min(), high=pl.col("x").max()).sort("arm")
    rows = done.endpoints.filter(
        pl.col("endpoint") == "acr30", pl.col("week") == 12, pl.col("arm") != "all"
    ).sort("arm")
    assert found["replicate"].n_unique() == 2 and rows["arm"].to_list() == ends["arm"].to_list()
    assert rows["low_known"].to_list() == pytest.approx(ends["low"].to_list())
    assert rows["high_known"].to_list() == pytest.approx(ends["high"].to_list())
    own = done.measure("acr30").endpoints.filter(pl.col("week") == 12, pl.col("arm") != "all").sort("arm")
    assert own["low_known"].to_list() == pytest.approx(ends["low"].to_list())


def test_children_of_members_that_were_not_run_are_refused() -> None:
    with pytest.raises(InvalidInput, match="without them"):
        _ = q.trial("tender", replicates=1).visits_known
