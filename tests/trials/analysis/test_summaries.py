"""Summaries where randomisation admits no child, or every child."""

from __future__ import annotations

import pytest

from quotidian.reports.figures.bands import bands as drawn
from quotidian.trials.protocol.design import Arm, Period, Trial
from quotidian.trials.protocol.rules import Entry
from quotidian.trials.run import run_design


def lead_in(level: int) -> Trial:
    """An untreated week, and randomisation of those with this JIA ACR response."""
    return Trial(
        name="lead-in", entry=Entry(joints=1), visits=(1, 2), primary_week=2,
        arms={"drug": Arm("tocilizumab-iv", 2), "placebo": Arm("none", 2)},
        periods=(Period("before", "open", 1, "none"), Period("blinded", "randomised", 1, admit_acr=level)),
    )  # fmt: skip


@pytest.mark.parametrize(("level", "arms"), [(100, ()), (0, ("drug", "placebo"))])
def test_an_arm_without_children_has_no_bands_and_shows_another_child(
    level: int, arms: tuple[str, ...]
) -> None:
    result = run_design(lead_in(level), 1, 1, threads=1)  # no child improves by 100 % in an untreated week
    assert tuple(dict.fromkeys(band.arm for band in result.bands)) == arms
    assert (drawn(result, "crp") is None) == (not arms)
    assert len(result.child.days) > 100
    assert result.account.enrolled == 4
