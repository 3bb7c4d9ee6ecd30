"""Nominal level of predictive intervals against the share of published rows that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import (
    BLUE,
    GREEN,
    GRID,
    MUTED,
    NARROW,
    VERMILLION,
    axes_at,
    legible,
    sheet,
)
from quotidian.trials.benchmarks.calibration_curve import ROLE, Calibration

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIDE, _LEFT, _HEAD, _FOOT = 2.7, 0.6, 0.15, 0.5  # inches
_ASSUMED = " The discrepancy is assumed: SD 0.2 on the logit of a proportion, 10 % of other numbers."


def calibration_figure(found: Calibration | None) -> Picture | None:
    """The two curves, and a third one with discrepancy where each row has it; None without an ensemble."""
    if found is None:
        return None
    third = _discrepancy(found)
    marks = "over replicates (crosses), with parameter uncertainty (dots), and with discrepancy too (squares)"
    if not third:
        marks = "over replicates (crosses), and with parameter uncertainty (dots)"
    said = "; ".join(
        f"{one.nominal} %: {one.chance:.0f}, {one.known:.0f}{f', {x:.0f}' if x is not None else ''} %"
        for one in found.curve
        for x in (one.discrepancy if third else None,)
    )
    return picture(
        "calibration-curve",
        "Coverage of published results by predictive intervals",
        lambda _: _draw(found),
        shows=f"For each nominal level, the share of {found.rows} {ROLE} rows whose published number lies in "
        f"the central predictive interval of that level: {marks}. On the grey line the width of the "
        "intervals is right; above it they are too wide, below it too narrow.",
        source="Virtual trials of the published sizes; for the second curve, each has another parameter "
        "set of the ensemble." + (_ASSUMED if third else ""),
        certainty="Rows of one trial share children, so the curve varies more than one of independent rows.",
        alt=f"Share of {ROLE} rows inside, {marks}, at nominal level {said}.",
    )


def _discrepancy(found: Calibration) -> list[float]:
    """Shares with discrepancy; none where a row has no such interval."""
    shares = [one.discrepancy for one in found.curve if one.discrepancy is not None]
    return shares if len(shares) == len(found.curve) else []


def _draw(found: Calibration) -> Figure:
    figure = sheet(NARROW, _HEAD + _SIDE + _FOOT)
    axes = axes_at(figure, _LEFT, _HEAD, _SIDE, _SIDE)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xlabel("nominal level of the interval, %")
    axes.set_ylabel(f"{ROLE} rows inside, %")
    axes.grid(color=GRID)
    axes.plot([0, 100], [0, 100], color=MUTED, linewidth=0.9)
    levels = [one.nominal for one in found.curve]
    _line(axes, levels, [one.chance for one in found.curve], VERMILLION, "X", "over replicates", -12)
    _line(axes, levels, [one.known for one in found.curve], BLUE, "o", "with parameter uncertainty", 8)
    if third := _discrepancy(found):
        _line(axes, levels, third, GREEN, "s", "and discrepancy", 22)
    return figure


def _line(
    axes: Axes, levels: list[int], shares: list[float], colour: str, mark: str, said: str, shift: float
) -> None:
    axes.plot(levels, shares, marker=mark, color=colour, linewidth=1.2, markersize=4.5, clip_on=False)
    middle = len(levels) // 2
    axes.annotate(
        said, (levels[middle], shares[middle]), xytext=(-6 if shift > 0 else 6, shift),
        textcoords="offset points", ha="right" if shift > 0 else "left", fontsize=7.5, color=legible(colour),
    )  # fmt: skip
