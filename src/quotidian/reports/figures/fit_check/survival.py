"""Kaplan-Meier predictive check: the observed curve over the band of simulated ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from quotidian.inference.diagnostics import SurvivalCheck
from quotidian.reports.figures.fit_check.panels import panels
from quotidian.reports.figures.style import BLUE, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def survival_figure(check: SurvivalCheck, event: str) -> str:
    """One panel; ``event`` in words."""
    return panels(
        [(f"Without {event}", partial(_panel, check))], "km-vpc",
        f"Share without {event} by time: observed curve and simulated band.", across=1, height=2.4,
    )  # fmt: skip


def _panel(check: SurvivalCheck, axes: Axes) -> None:
    before = [0.0] if check.times[0] > 0 else []  # all are without the event at time 0
    times = np.concatenate([before, check.times])
    low, high, seen = (
        100 * np.concatenate([np.ones(len(before)), share])
        for share in (check.band[0], check.band[2], check.observed)
    )
    axes.fill_between(times, low, high, step="post", color=BLUE, alpha=0.22, linewidth=0)
    axes.step(times, seen, where="post", color=INK)
    axes.set_ylim(0.0, 102.0)
    axes.set_xlabel("time")
    axes.set_ylabel("% without")
