"""Responder curves: the share of children at each visit who meet each JIA ACR level, by arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import (
    GRID,
    INK,
    NARROW,
    PAPER,
    WIDE,
    axes_at,
    legible,
    note,
    palette,
    sheet,
)
from quotidian.reports.narrative import CHANCE_ONLY, replicates_of
from quotidian.reports.wording import arm_name, in_order, number, spoken
from quotidian.trials.result import TrialResult
from quotidian.trials.rows import EndpointRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT, _LEFT, _RIGHT, _GAP, _HEAD, _FOOT = 1.75, 0.5, 0.12, 0.16, 0.3, 0.46  # inches
LEVELS = ("acr30", "acr50", "acr70", "acr90")
_MOST_TICKS = 8
_ASIDE = 0.35  # weeks; the published diamond is drawn beside the virtual point, not over it


def responders(result: TrialResult) -> Picture | None:
    """The curves of every ACR level that was assessed at more than one visit; None if there is none."""
    rows = [row for row in result.by_arm if row.endpoint in LEVELS]
    names = [n for n in in_order(row.endpoint for row in rows) if len(_weeks(rows, n)) > 1]
    if not names:
        return None
    curves = {name: [row for row in rows if row.endpoint == name] for name in names}
    return picture(
        "responders",
        "Responders by visit",
        lambda wide: _draw(curves, palette(tuple(result.children)), wide),
        shows="Children who meet each JIA ACR level at each visit, one panel per level: line and "
        "shade are the median and the central 95 % of the replicates, diamonds the published numbers with "
        "their 95 % intervals.",
        source=f"{replicates_of(result)}; a child who escaped to open-label drug counts as a non-responder.",
        certainty=CHANCE_ONLY,
        alt="Responders by visit. " + " ".join(_last(own) for own in curves.values()),
    )


def _weeks(rows: Sequence[EndpointRow], endpoint: str) -> set[int]:
    return {row.week for row in rows if row.endpoint == endpoint}


def _last(rows: Sequence[EndpointRow]) -> str:
    week = max(row.week for row in rows)
    said = ", ".join(f"{arm_name(r.arm)} {number(r.virtual, r.unit)} %" for r in rows if r.week == week)
    return f"{spoken(rows[0].endpoint)} at week {week}: {said}."


def _draw(curves: Mapping[str, Sequence[EndpointRow]], colours: Mapping[str, str], wide: bool) -> Figure:
    width, columns = (WIDE, min(4, len(curves))) if wide else (NARROW, 2)
    rows = -(-len(curves) // columns)
    panel = (width - _LEFT - _RIGHT - _GAP * (columns - 1)) / columns
    figure = sheet(width, rows * (_HEAD + _HEIGHT + _FOOT))
    for i, (name, own) in enumerate(curves.items()):
        row, column = divmod(i, columns)
        left, top = _LEFT + column * (panel + _GAP), _HEAD + row * (_HEAD + _HEIGHT + _FOOT)
        axes = axes_at(figure, left, top, panel, _HEIGHT)
        _axes(axes, own, spoken(name), first=column == 0)
        for arm in in_order(row.arm for row in own):
            visits = sorted((row for row in own if row.arm == arm), key=lambda row: row.week)
            _curve(axes, visits, colours.get(arm, INK), labelled=i == 0)
    return figure


def _axes(axes: Axes, rows: Sequence[EndpointRow], title: str, first: bool) -> None:
    weeks = sorted({row.week for row in rows})
    axes.set_xlim(weeks[0] - 0.8, weeks[-1] + 0.9)
    step = next((s for s in (4, 8, 12, 26, 52) if weeks[-1] <= s * _MOST_TICKS), 104)
    axes.set_xticks(weeks if len(weeks) < 5 else range(0, weeks[-1] + 1, step))
    axes.set_xlabel("week")
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.grid(axis="y", color=GRID)
    axes.spines["left"].set_visible(False)
    axes.set_title(title, loc="left", fontsize=9, pad=6)
    if first:
        axes.set_ylabel("children, %")
    else:
        axes.tick_params(labelleft=False)


def _curve(axes: Axes, visits: Sequence[EndpointRow], colour: str, labelled: bool) -> None:
    """One arm: shade, line, and the published diamonds beside it."""
    weeks = [row.week for row in visits]
    axes.fill_between(weeks, [r.low for r in visits], [r.high for r in visits], color=colour, alpha=0.2, lw=0)
    axes.plot(weeks, [r.virtual for r in visits], "-o", color=colour, markersize=2.6)
    for row in visits:
        if row.published is None:
            continue
        x = row.week + _ASIDE
        if row.published_low is not None and row.published_high is not None:
            axes.plot([x, x], [row.published_low, row.published_high], color=colour, linewidth=0.9)
        diamond: dict[str, Any] = {"markerfacecolor": PAPER, "markersize": 3.6, "clip_on": False}
        axes.plot([x], [row.published], "D", color=colour, **diamond)
    if labelled:
        _name(axes, visits[-1], legible(colour))


def _name(axes: Axes, row: EndpointRow, colour: str) -> None:
    """The name of an arm at the end of its curve, on the side with more room."""
    high = row.virtual > 50
    y, shift, side = (row.low, -4, "top") if high else (row.high, 3, "bottom")
    note(axes, row.week, y, arm_name(row.arm), colour, (0, shift), ha="right", va=side)
