"""IL-1 acts on the joint itself: its blockers calm arthritis faster than by the loop alone."""

from __future__ import annotations

import numpy as np

from quotidian.biology import joints as joint_laws
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


def turnover(established: float, need: float = 0.5, blocked: float = 0.0) -> float:
    """Turnover of infiltrating cells, 1/h, from 0.04 (new) to 0.001 (established); ``blocked``: B_1."""
    return float(joint_laws.cell_turnover(0.04, 0.001, established, 1.0, need, blocked))


def test_stays_of_cells_are_multiplied_as_arthritis_becomes_established() -> None:
    np.testing.assert_allclose([turnover(0.0), turnover(1.0)], [0.04, 0.001])
    np.testing.assert_allclose(turnover(0.5), np.sqrt(0.04 * 0.001))


def test_a_blocker_of_il1_frees_cells_as_far_as_the_joint_needs_it() -> None:
    np.testing.assert_allclose(turnover(1.0, blocked=1e9), np.sqrt(0.04 * 0.001), rtol=1e-6)
    np.testing.assert_allclose(turnover(1.0, need=1e-9, blocked=1e9), 0.001, rtol=1e-6)
