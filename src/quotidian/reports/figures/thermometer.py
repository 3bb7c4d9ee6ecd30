"""The temperature of one child on the ruled paper of a hospital chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import BLUE, INK, MUTED, NARROW, WIDE, axes_at, note, sheet
from quotidian.reports.wording import arm_name, number
from quotidian.trials.criteria import FEVER
from quotidian.trials.result import ChildChart, TrialResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RED, SHEET, FINE, STRONG = "#b3202c", "#fffbf8", "#f5e6de", "#e6c5b7"
HIGH = 39.0
"""degC; daily spikes of systemic disease reach it."""
ONE_CHILD = "One sampled child, not a forecast; other children differ."
LEFT, RIGHT = 0.36, 0.5
"""Margins in inches, for the labels of the axis and of the two marks."""
_ZOOM, _HEIGHT = 7.0, 2.3  # days, inches


def first_week(result: TrialResult) -> Picture | None:
    """The first seven days by the hour and the recorded days before day 0; None without temperature."""
    child = result.child
    if "temperature" not in child.values or not child.days.size:
        return None
    return picture(
        "first-week",
        "The same child's temperature in the first week",
        lambda wide: _draw(child, WIDE if wide else NARROW),
        shows="Body temperature, °C, one dot per hour; strong lines are days, fine lines 6 hours and 0.2 °C. "
        f"The dashed lines mark {FEVER:g} °C, fever in most endpoints, and {HIGH:g} °C.",
        source=f"The same virtual child, {child.label}, arm {arm_name(child.arm)}; no measurement error.",
        certainty=ONE_CHILD,
        alt=f"Temperature of {child.label} by the hour to day {_ZOOM:g}. {daily_peaks(child)}",
    )


def daily_peaks(child: ChildChart) -> str:
    """``Highest of each day: 39.6, 38.1, 37.0 °C.`` for the days of the enlarged chart."""
    days, readings = child.days, child.values["temperature"]
    inside = (days >= 0.0) & (days < _ZOOM)
    peaks = [readings[inside & (np.floor(days) == day)] for day in range(int(_ZOOM))]
    said = ", ".join(number(float(peak.max()), "degC") for peak in peaks if peak.size)
    return f"Highest of each day from day 0: {said} °C." if said else "No reading in the first week."


def _draw(child: ChildChart, width: float) -> Figure:
    figure = sheet(width, 0.24 + _HEIGHT + 0.45)
    axes = axes_at(figure, LEFT, 0.24, width - LEFT - RIGHT, _HEIGHT)
    start = float(min(child.days[0], 0.0))
    temperature(axes, child, (start, _ZOOM), fine=0.25, dots=True)
    days = np.arange(np.ceil(start), _ZOOM + 1)
    axes.set_xticks(days, [f"{day:g}" for day in days])
    axes.set_xlabel("day of the trial")
    note(axes, start, axes.get_ylim()[1], "Body temperature, °C", RED, (0, 5), fontsize=8)
    given = [(day, mg) for day, mg in child.doses if day <= _ZOOM]
    for day, mg in given:
        axes.axvline(day, color=BLUE, linewidth=1.0)
        note(axes, day, axes.get_ylim()[1], f"dose, {number(mg, 'mg')} mg", BLUE, (4, -4), va="top")
    return figure


def temperature(
    axes: Axes, child: ChildChart, window: tuple[float, float], *, fine: float, dots: bool
) -> None:
    """The temperature as a red line on paper ruled every `fine` days, with two marks; the caller labels
    the x axis."""
    days, readings = child.days, child.values["temperature"]
    shown = (days >= window[0]) & (days <= window[1])
    days, readings = days[shown], readings[shown]
    low = min(36.0, np.floor(readings.min(initial=36.0) * 2) / 2)
    high = max(40.0, np.ceil(readings.max(initial=40.0) * 2) / 2)
    axes.set_xlim(*window)
    axes.set_ylim(low, high)
    axes.set_yticks(np.arange(np.ceil(low), high + 0.1))
    axes.set_facecolor(SHEET)
    axes.vlines(np.arange(window[0], window[1], fine), low, high, color=FINE, linewidth=0.45, zorder=0.5)
    axes.hlines(np.arange(low, high, 0.2), *window, color=FINE, linewidth=0.45, zorder=0.5)
    axes.grid(color=STRONG, linewidth=0.8)
    for mark in (FEVER, HIGH):
        axes.axhline(mark, color=INK, linewidth=0.7, dashes=(5, 3), zorder=2)
        note(axes, window[1], mark, f"{mark:g} °C", INK, (3, 0), va="center")
    axes.plot(days, readings, color=RED, linewidth=1.1 if dots else 0.75, zorder=3)
    if dots:
        axes.plot(days, readings, ".", color=RED, markersize=4.5, markeredgewidth=0, zorder=4)
    for side in axes.spines.values():
        side.set_visible(True)
        side.set_color(STRONG)
    axes.tick_params(axis="x", color=MUTED)
