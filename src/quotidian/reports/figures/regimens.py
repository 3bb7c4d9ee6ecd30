"""One child on several regimens: a panel for each observable, a line for each regimen."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput
from quotidian.reports.figures.chart import BARE, CHARTED, LOGARITHMIC
from quotidian.reports.figures.style import (
    GRID,
    INK,
    MUTED,
    PAPER,
    SERIES,
    WIDE,
    axes_at,
    house_style,
    legible,
    plain_log_axis,
    sheet,
    weeks_axis,
)
from quotidian.reports.wording import spoken, unit_sign
from quotidian.trials.criteria import FEVER
from quotidian.trials.result import ChildChart
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Points: TypeAlias = Mapping[str, tuple[Floats, Floats]]
MOST = len(SERIES)
_DAILY = {"temperature": "highest of the day", "cortisol": "mean of the day", "il6": "mean of the day"}
"""Observables that swing within a day, and how a day is drawn in a longer course."""
_BY_HOUR = 14.0
"""Days up to which every hour is drawn."""
_FLOOR = 1e-2
_WIDE_SPAN = 20.0
"""Ratio of the highest to the lowest value from which an axis is logarithmic."""
_LEFT, _BETWEEN, _RIGHT, _ROW, _HEAD, _FOOT, _LINE, _MARKS = (
    0.42,
    0.5,
    0.12,
    0.95,
    0.3,
    0.45,
    0.155,
    0.14,
)  # inches


def save_comparison(arms: Sequence[ChildChart], path: Path, kind: str, points: Points | None = None) -> None:
    """Draw the regimens to a file of ``kind`` svg, png or pdf; the same arms give the same bytes.

    Parameters
    ----------
    arms : the child on each regimen, at the same days and with the same observables; one to six.
    points : measurements, days and values by observable, drawn as dots.

    Raises InvalidInput for another number of regimens.
    """
    if not 1 <= len(arms) <= MOST:
        raise InvalidInput(
            f"{len(arms)} regimens cannot be drawn in one chart.", f"There are {MOST} colours.", "Draw fewer."
        )
    with house_style():
        figure = _draw(arms, colours_of(arms), points or {})
        figure.set_facecolor(PAPER)
        figure.savefig(path, format=kind, dpi=200, metadata=BARE[kind], bbox_inches="tight", pad_inches=0.15)


def colours_of(arms: Sequence[ChildChart]) -> tuple[str, ...]:
    """A colour for each regimen; grey for the first one without a dose."""
    spare = iter(SERIES)
    untreated = next((i for i, arm in enumerate(arms) if not arm.doses), None)
    return tuple(MUTED if i == untreated else next(spare) for i in range(len(arms)))


def by_day(days: Floats, values: Floats, highest: bool) -> tuple[Floats, Floats]:
    """Noon of each complete day, and the highest or the mean value of the day."""
    day, readings = np.unique(np.floor(days + 1e-9), return_counts=True)
    whole = day[readings >= readings.max()]
    reduce = np.max if highest else np.mean
    return whole + 0.5, np.array([reduce(values[np.floor(days + 1e-9) == d]) for d in whole])


def _draw(arms: Sequence[ChildChart], colours: Sequence[str], points: Points) -> Figure:
    names = [name for name in CHARTED if name in arms[0].values]
    rows = -(-len(names) // 2)
    said = [line for arm, c in zip(arms, colours, strict=True) for line in _legend(arm, c)]
    said += [("● measured", INK)] if points else []
    top = 0.3 + _LINE * len(said) + 0.1 + _MARKS * len(arms)
    figure = sheet(WIDE, top + rows * (_ROW + _HEAD) + _FOOT)
    _header(figure, arms[0].label, said)
    width = (WIDE - _LEFT - _BETWEEN - _RIGHT) / 2
    for k, name in enumerate(names):
        row, column = divmod(k, 2)
        axes = axes_at(
            figure, _LEFT + column * (width + _BETWEEN), top + _HEAD + row * (_ROW + _HEAD), width, _ROW
        )
        _panel(axes, arms, name, colours, points.get(name))
        below = k + 2 >= len(names)
        weeks_axis(axes, float(arms[0].days[-1]), float(arms[0].days[0]), "Weeks" if below else "")
        if not below:
            axes.set_xticklabels([])
        if row == 0:
            _doses(axes, arms, colours)
    return figure


def _legend(arm: ChildChart, colour: str) -> list[tuple[str, str]]:
    """Lines of the legend with their colour; the first has a mark."""
    wrapped = textwrap.wrap(arm.arm, 100)
    return [(f"{'━' if i == 0 else '  '} {line}", colour) for i, line in enumerate(wrapped)]


def _header(figure: Figure, label: str, said: Sequence[tuple[str, str]]) -> None:
    height = float(figure.get_figheight())
    figure.text(
        _LEFT / WIDE, 1.0 - 0.14 / height, label, fontsize=10.5, fontweight="bold", va="center", color=INK
    )
    figure.text(
        1.0 - _RIGHT / WIDE,
        1.0 - 0.14 / height,
        RESEARCH_USE,
        fontsize=7,
        va="center",
        ha="right",
        color=MUTED,
    )
    for i, (line, colour) in enumerate(said):
        at = 1.0 - (0.36 + _LINE * i) / height
        figure.text(_LEFT / WIDE, at, line, fontsize=8, va="center", color=legible(colour))


def _panel(
    axes: Axes, arms: Sequence[ChildChart], name: str, colours: Sequence[str],
    measured: tuple[Floats, Floats] | None,
) -> None:  # fmt: skip
    """One observable; its title states the unit, and how a day is summarised."""
    long = float(arms[0].days[-1]) > _BY_HOUR
    daily = _DAILY.get(name, "") if long else ""
    drawn = []
    for arm in arms:
        days, values = arm.days, arm.values[name]
        drawn.append(by_day(days, values, daily.startswith("highest")) if daily else (days, values))
    seen = [measured[1]] if measured is not None and len(measured[1]) else []
    _scale(axes, name, [*(values for _, values in drawn), *seen])
    for (days, values), colour in zip(drawn, colours, strict=True):
        axes.plot(
            days, np.maximum(values, _FLOOR) if name in LOGARITHMIC else values, color=colour, linewidth=1.1
        )
    if measured is not None:
        axes.plot(*measured, "o", color=INK, markersize=3, markeredgewidth=0, zorder=4)
    if name == "temperature":
        axes.axhline(FEVER, color=INK, linewidth=0.6, dashes=(5, 3), zorder=1)
        axes.annotate(f"{FEVER:g} °C", (1.0, FEVER), (0, 2), ("axes fraction", "data"), "offset points",
                      ha="right", fontsize=6.5, color=MUTED)  # fmt: skip
    unit = "count" if name == "active_joints" else unit_sign(arms[0].units.get(name, "1"))
    axes.set_title(
        ", ".join(x for x in (spoken(name), unit, daily) if x), loc="left", fontsize=8, color=INK, pad=4
    )
    axes.grid(axis="y", color=GRID)
    axes.spines["left"].set_visible(False)


def _scale(axes: Axes, name: str, values: Sequence[Floats]) -> None:
    """The y axis of one observable."""
    low, high = min(float(v.min()) for v in values), max(float(v.max()) for v in values)
    if name in LOGARITHMIC and high > _WIDE_SPAN * max(low, _FLOOR):
        plain_log_axis(axes, 10 ** np.floor(np.log10(max(low, _FLOOR))), high * 1.5)
        return
    if name in ("temperature", "height"):
        axes.set_ylim(np.floor(low) - 0.2, np.ceil(high) + 0.2)
    else:
        axes.set_ylim(0.0, max(high, _FLOOR) * 1.08)
    axes.locator_params(axis="y", nbins=4)


def _doses(axes: Axes, arms: Sequence[ChildChart], colours: Sequence[str]) -> None:
    """A row of marks for each regimen that is given, above the panel."""
    given = [(arm, colour) for arm, colour in zip(arms, colours, strict=True) if arm.doses]
    for row, (arm, colour) in enumerate(reversed(given)):
        at = 1.0 + (_HEAD + 0.03 + _MARKS * row) / _ROW
        days = [day for day, _ in arm.doses]
        axes.plot(days, [at] * len(days), "v", color=colour, markersize=3.6, markeredgewidth=0,
                  transform=axes.get_xaxis_transform(), clip_on=False)  # fmt: skip
