"""Members of an ensemble in the simulation of one child."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import quotidian as q
from quotidian.api import simulation
from quotidian.application.learning.knowledge import Knowledge


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
