"""Kaplan-Meier curves of remaining on the randomised treatment, with the numbers at risk below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import GRID, INK, MUTED, NARROW, WIDE, axes_at, legible, palette, sheet
from quotidian.reports.narrative import CHANCE_ONLY
from quotidian.reports.wording import arm_name
from quotidian.statistics.survival import Survival, kaplan_meier
from quotidian.trials.result import Stay, TrialResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT, _LEFT, _RIGHT, _HEAD, _FOOT, _LINE = 1.9, 0.95, 0.15, 0.12, 0.5, 0.17  # inches
_MOST_TICKS = 8
_STEPS = (1, 2, 4, 6, 8, 12, 26, 52)  # weeks; visits are in whole and mostly in even weeks


def staying(result: TrialResult) -> Picture | None:
    """The curves of every arm; None if no child escaped or flared."""
    if not result.stays:
        return None
    curves = {stay.arm: kaplan_meier(stay.weeks, stay.happened) for stay in result.stays}
    last = max(float(stay.weeks.max()) for stay in result.stays)
    said = "; ".join(f"{arm_name(a)} {100 * c.at(min(last, c.ends[-1])):.0f} %" for a, c in curves.items())
    many = result.replicates
    which = f"The first of {many} replicates" if many > 1 else "The only replicate"
    return picture(
        "staying",
        "Without escape or flare",
        lambda wide: _draw(result.stays, curves, last, WIDE if wide else NARROW),
        shows="The share of children who have neither escaped nor flared since they were "
        "randomised (Kaplan-Meier; shade: Greenwood's 95 %), with the numbers at risk below.",
        source=f"{which}, a trial of the published size; children who "
        "discontinue for other reasons are censored.",
        certainty=CHANCE_ONLY,
        alt=f"Without escape or flare at the end of follow-up: {said}.",
    )


def _draw(stays: Sequence[Stay], curves: Mapping[str, Survival], last: float, width: float) -> Figure:
    figure = sheet(width, _HEAD + _HEIGHT + _FOOT + _LINE * (len(curves) + 1))
    axes = axes_at(figure, _LEFT, _HEAD, width - _LEFT - _RIGHT, _HEIGHT)
    ticks = whole_weeks(last)
    axes.set_xlim(0, last * 1.02)
    axes.set_xticks(ticks)
    axes.set_ylim(0, 102)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_ylabel("children, %")
    axes.set_xlabel("weeks from randomisation")
    axes.grid(axis="y", color=GRID)
    axes.spines["left"].set_visible(False)
    colours = palette([stay.arm for stay in stays])
    for row, (arm, curve) in enumerate(curves.items()):
        _curve(axes, curve, last, colours.get(arm, INK))
        _numbers(axes, arm, curve, ticks, row, legible(colours.get(arm, INK)))
    return figure


def whole_weeks(last: float) -> NDArray[np.float64]:
    """At most eight ticks from 0, at equal steps of whole weeks, up to the last week."""
    step = next((s for s in _STEPS if last / s < _MOST_TICKS), 104)
    return np.arange(0.0, last + 1e-9, step)


def _curve(axes: Axes, curve: Survival, last: float, colour: str) -> None:
    until = min(last, float(curve.ends[-1]))
    weeks = [0.0, *curve.times.tolist(), until]
    share, low, high = ([100.0, *(100 * x).tolist()] for x in (curve.share, curve.low, curve.high))
    axes.fill_between(
        weeks, [*low, low[-1]], [*high, high[-1]], step="post", color=colour, alpha=0.15, linewidth=0
    )
    axes.step(weeks, [*share, share[-1]], where="post", color=colour)


def _numbers(
    axes: Axes, arm: str, curve: Survival, ticks: NDArray[np.float64], row: int, colour: str
) -> None:
    """A line of numbers at risk below the axis, which begins with the arm."""
    below = -(_FOOT + _LINE * (row + 0.6)) / _HEIGHT
    across = axes.get_xaxis_transform()
    if row == 0:
        axes.text(
            0, below + _LINE / _HEIGHT, "at risk", transform=across, fontsize=7, color=MUTED, ha="center"
        )
    axes.annotate(
        arm_name(arm), (0, below), xycoords=across, xytext=(-12, 0), textcoords="offset points", fontsize=7.5,
        color=colour, ha="right",
    )  # fmt: skip
    for tick, number in zip(ticks, curve.numbers_at_risk(ticks), strict=True):
        axes.text(
            float(tick), below, str(int(number)), transform=across, fontsize=7.5, color=colour, ha="center"
        )
