"""One child by the hour: stacked panels on one time axis."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quotidian.errors import InvalidInput
from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import (
    BLUE,
    GREEN,
    GRID,
    INK,
    MUTED,
    NARROW,
    ORANGE,
    PAPER,
    PURPLE,
    SKY,
    VERMILLION,
    WIDE,
    axes_at,
    house_style,
    legible,
    plain_log_axis,
    sheet,
    weeks_axis,
)
from quotidian.reports.figures.thermometer import LEFT, ONE_CHILD, RED, RIGHT, daily_peaks, temperature
from quotidian.reports.wording import arm_name, counted, in_order, listed, number, spoken, unit_sign, within
from quotidian.trials.result import ChildChart, TrialResult
from quotidian.units import quantity_text
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEAD, _GAP, _FOOT = 0.24, 0.1, 0.45  # inches
_FLOOR = 1e-2  # in the unit of the panel; lower end of a logarithmic axis
_COUNTS = {"active_joints": "count"}


@dataclass(frozen=True)
class _Panel:
    """One panel: the observables that share its axis with their colours, and the height in inches."""

    observables: tuple[tuple[str, str], ...]
    height: float
    log: bool = False


_PANELS = (
    _Panel((("temperature", RED),), 1.65),
    _Panel((("tocilizumab", BLUE),), 0.95),
    _Panel((("prednisolone", BLUE), ("cortisol", ORANGE)), 0.8),
    _Panel((("il6", GREEN), ("sil6r_total", PURPLE)), 1.05, log=True),
    _Panel((("crp", ORANGE), ("esr", INK)), 1.05),
    _Panel((("ferritin", VERMILLION), ("il18", GREEN), ("cxcl9", PURPLE)), 1.05, log=True),
    _Panel((("platelets", PURPLE),), 0.8),
    _Panel((("neutrophils", SKY),), 0.8),
    _Panel((("haemoglobin", VERMILLION),), 0.8),
    _Panel((("active_joints", INK),), 0.8),
    _Panel((("height", GREEN),), 0.8),
)


CHARTED = tuple(name for panel in _PANELS for name, _ in panel.observables)
"""Observables that a chart can show."""
LOGARITHMIC = frozenset(name for panel in _PANELS if panel.log for name, _ in panel.observables)
"""Those on a logarithmic axis."""
BARE: Mapping[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""Fields of a file that would differ from run to run, by kind: left out."""


def chart(result: TrialResult) -> Picture | None:
    """The chart of the child that the report of a trial shows."""
    return child_chart(result.child)


def child_chart(child: ChildChart) -> Picture | None:
    """All panels for which the child has observables, on one time axis; None if there is none."""
    panels = _panels_of(child)
    if not panels or not child.days.size:
        return None
    names = [within(name) for panel in panels for name, _ in panel.observables]
    return picture(
        "chart",
        "One child, hour by hour",
        lambda wide: _draw(child, panels, WIDE if wide else NARROW),
        shows=f"{child.label}, arm {arm_name(child.arm)}. From top to bottom: {listed(names)}. "
        f"{_marked(child)}",
        source="One virtual child; values of the model without measurement error.",
        certainty=ONE_CHILD,
        alt=f"Chart of one virtual child, {child.label}, arm {arm_name(child.arm)}; {doses_text(child)}. "
        f"{_course(child)}",
    )


def save_chart(child: ChildChart, path: Path, kind: str) -> None:
    """Draw the chart to a file of ``kind`` svg, png or pdf; the same result gives the same bytes.

    Raises InvalidInput for a child without any observable that a chart can show.
    """
    panels = _panels_of(child)
    if not panels:
        raise InvalidInput(
            "There is nothing to draw.",
            f"A chart can show {', '.join(CHARTED)}.",
            "Ask for one of them.",
        )
    with house_style():
        figure = _draw(child, panels, WIDE)
        figure.set_facecolor(PAPER)
        _header(figure, child)
        figure.savefig(path, format=kind, dpi=200, metadata=BARE[kind], bbox_inches="tight", pad_inches=0.15)


def _header(figure: Figure, child: ChildChart) -> None:
    """Child, treatment and disclaimer above the first panel."""
    height = float(figure.get_figheight())
    shades = "Shaded: central 95 % from parameter uncertainty.  " if child.known else ""
    said = textwrap.wrap(f"{child.arm}. {shades}{RESEARCH_USE}" if child.arm else RESEARCH_USE, 105)
    left, low = LEFT / WIDE, 1.0 + 0.06 / height
    for i, line in enumerate(reversed(said)):
        figure.text(left, low + 0.13 * i / height, line, fontsize=7.5, va="bottom", color=MUTED)
    top = low + (0.13 * len(said) + 0.05) / height
    figure.text(left, top, child.label, fontsize=10.5, fontweight="bold", va="bottom", color=INK)


def _panels_of(child: ChildChart) -> list[_Panel]:
    return [panel for panel in (_kept(panel, child) for panel in _PANELS) if panel.observables]


def doses_text(child: ChildChart) -> str:
    """``6 doses of 240 mg``; the amounts in order where they differ; ``no dose``."""
    amounts = [f"{number(mg, 'mg')} mg" for _, mg in child.doses]
    if not amounts:
        return "no dose"
    return f"{counted(len(amounts), 'dose')} of {listed(in_order(amounts))}"


def _marked(child: ChildChart) -> str:
    return f"Triangles and upright lines mark {doses_text(child)}." if child.doses else "No dose was given."


def _course(child: ChildChart) -> str:
    """First and last value of each observable, and the highest temperatures of the first days."""
    said = [daily_peaks(child)] if "temperature" in child.values else []
    for name, values in child.values.items():
        if name != "temperature" and values.size:
            sign = unit_sign(child.units.get(name, "1"))
            first, last = (quantity_text(number(float(values[i]), "x"), sign) for i in (0, -1))
            said.append(f"{spoken(name)} {first} at the start, {last} at the end.")
    return " ".join(said)


def _kept(panel: _Panel, child: ChildChart) -> _Panel:
    """The panel, reduced to the observables that the child has."""
    kept = tuple((name, colour) for name, colour in panel.observables if name in child.values)
    return _Panel(kept, panel.height, panel.log)


def _draw(child: ChildChart, panels: Sequence[_Panel], width: float) -> Figure:
    figure = sheet(width, sum(_HEAD + panel.height + _GAP for panel in panels) + _FOOT)
    window = (float(min(child.days[0], 0.0)), float(child.days[-1]))
    top = _HEAD
    for i, panel in enumerate(panels):
        axes = axes_at(figure, LEFT, top, width - LEFT - RIGHT, panel.height)
        weeks_axis(axes, window[1], window[0], "weeks from day 0" if i == len(panels) - 1 else "")
        _panel(axes, child, panel, window)
        _doses(axes, child, marked=panel.observables[0][0] == "tocilizumab")
        axes.tick_params(labelbottom=i == len(panels) - 1)
        _title(axes, panel, child)
        top += panel.height + _GAP + _HEAD
    return figure


def _panel(axes: Axes, child: ChildChart, panel: _Panel, window: tuple[float, float]) -> None:
    """Grid, axis and lines of one panel."""
    if panel.observables[0][0] == "temperature":
        temperature(axes, child, window, fine=1.0, dots=False)
        _shade(axes, child, "temperature", RED, 0.0)
        return
    values = {name: child.values[name] for name, _ in panel.observables}
    ends = [end for name in values for end in child.known.get(name, ())]
    drawn = [*values.values(), *ends]
    peak = max([float(np.max(v, initial=0.0)) for v in drawn] + [_FLOOR])
    if panel.log:
        values = {name: np.maximum(v, _FLOOR) for name, v in values.items()}
        low = min(max(float(np.min(v, initial=peak)), _FLOOR) for v in drawn)
        plain_log_axis(axes, 10 ** np.floor(np.log10(low)), peak * 1.5)
    else:
        axes.set_ylim(0.0, peak * (1.2 if "tocilizumab" in values else 1.08))
        axes.locator_params(axis="y", nbins=4)
    axes.grid(axis="y", color=GRID)
    axes.spines["left"].set_visible(False)
    for name, colour in panel.observables:
        _shade(axes, child, name, colour, _FLOOR if panel.log else 0.0)
        axes.plot(child.days, values[name], color=colour, linewidth=1.1)


def _shade(axes: Axes, child: ChildChart, name: str, colour: str, floor: float) -> None:
    """The interval of parameter uncertainty, where the child has one."""
    if name in child.known:
        low, high = (np.maximum(end, floor) for end in child.known[name])
        axes.fill_between(child.days, low, high, color=colour, alpha=0.18, linewidth=0)


def _doses(axes: Axes, child: ChildChart, *, marked: bool) -> None:
    """A vertical line at each dose in every panel; triangles and amounts in the panel of the drug."""
    for day, _ in child.doses:
        axes.axvline(day, color=BLUE, linewidth=0.5, alpha=0.45, zorder=1)
    if marked and child.doses:
        days = [day for day, _ in child.doses]
        top = axes.get_xaxis_transform()
        axes.plot(days, [0.95] * len(days), "v", color=BLUE, markersize=4.5, transform=top, clip_on=False)
        top_right: dict[str, Any] = {"xycoords": axes.transAxes, "textcoords": "offset points", "ha": "right"}
        said = f"▼ {doses_text(child)}"
        axes.annotate(said, (1, 1), xytext=(0, 4), color=legible(BLUE), fontsize=7.5, **top_right)


def _title(axes: Axes, panel: _Panel, child: ChildChart) -> None:
    """Names and units above the panel, each in the colour of its line."""
    across: Any = axes.transAxes
    for i, (name, colour) in enumerate(panel.observables):
        unit = _COUNTS.get(name, unit_sign(child.units.get(name, "1")))
        across = axes.annotate(
            f"{spoken(name)}, {unit}" if unit else spoken(name),
            (min(i, 1), 1),
            xycoords=(across, axes.transAxes),
            xytext=(12 if i else 0, 4),
            textcoords="offset points",
            color=legible(colour),
            fontsize=8,
        )
