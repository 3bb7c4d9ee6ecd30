"""IL-1 acts on the joint itself: its blockers calm arthritis faster than by the loop alone."""

from __future__ import annotations

import numpy as np

from quotidian.drugs.catalogue import regimen
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate


def joints(plan: str, need: float = 1.0) -> float:
    """Arthritis after four weeks, relative to the first day; ``need`` is a factor on the ledger's value."""
    girl = child(age=6, sex="female", weight=20, random_effects={"joints.il1_need": need})
    run = simulate(girl, regimen(plan), days=28, every_hours=24.0, observables=["joint_activity"])
    return float(run["joint_activity"][0, -1] / run["joint_activity"][0, 0])


def test_a_blocker_calms_the_joint_itself() -> None:
    assert joints("canakinumab") < 0.9 * joints("canakinumab", need=1e-9)


def test_without_a_blocker_of_il1_it_changes_nothing() -> None:
    for plan in ("none", "tocilizumab-iv"):
        np.testing.assert_allclose(joints(plan), joints(plan, need=1e-9), rtol=1e-9)
