"""The values that move an outcome, ranked: a bar for each, with its interval where the measure has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.errors import InvalidInput
from quotidian.reports.figures.chart import BARE
from quotidian.reports.figures.style import (
    BLUE,
    GRID,
    INK,
    MUTED,
    PAPER,
    SKY,
    VERMILLION,
    WIDE,
    axes_at,
    house_style,
    sheet,
)
from quotidian.version import RESEARCH_USE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 15
_LABELS, _ROW, _HEAD, _FOOT, _RIGHT = 3.5, 0.34, 0.62, 0.5, 0.15  # inches
_LETTERS = 58


@dataclass(frozen=True)
class RankedBar:
    """One value: what it means, its name, its measure, the ends of that, and a second measure to compare."""

    meaning: str
    name: str
    size: float
    low: float | None = None
    high: float | None = None
    second: float | None = None


def save_ranking(
    bars: Sequence[RankedBar], path: Path, kind: str, *, title: str, note: str, across: str, second: str = ""
) -> None:
    """Draw the bars, of which the first ``MOST`` are shown, to a file of ``kind`` svg, png or pdf.

    Parameters
    ----------
    title : the outcome and the child. note : method, below the title. across : label of the axis.
    second : what a dot beside a bar means; empty for none.

    Raises InvalidInput without a bar.
    """
    if not bars:
        raise InvalidInput(
            "There is nothing to draw.", "No value was ranked.", "Name values that are uncertain."
        )
    with house_style():
        figure = _draw(bars[:MOST], across, second)
        figure.set_facecolor(PAPER)
        _header(
            figure, title, note if len(bars) <= MOST else f"{note} The first {MOST} of {len(bars)} values."
        )
        figure.savefig(path, format=kind, dpi=200, metadata=BARE[kind], bbox_inches="tight", pad_inches=0.15)


def _draw(bars: Sequence[RankedBar], across: str, second: str) -> Figure:
    figure = sheet(WIDE, _HEAD + _ROW * len(bars) + _FOOT)
    axes = axes_at(figure, _LABELS, _HEAD, WIDE - _LABELS - _RIGHT, _ROW * len(bars))
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_yticks([])
    axes.axvline(0.0, color=MUTED, linewidth=0.7)
    for row, bar in enumerate(bars):
        colour = BLUE if bar.size >= 0.0 else VERMILLION
        axes.barh(row, bar.size, height=0.55, color=colour, alpha=0.85)
        if bar.low is not None and bar.high is not None:
            axes.plot([bar.low, bar.high], [row, row], color=INK, linewidth=0.9)
        if bar.second is not None:
            axes.plot(
                [bar.second], [row], "o", color=SKY, markeredgecolor=INK, markersize=4, markeredgewidth=0.6
            )
        _label(axes, row, bar)
    axes.grid(axis="x", color=GRID)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{across}; {second}" if second else across)
    return figure


def _label(axes: Axes, row: int, bar: RankedBar) -> None:
    """The meaning, and the name below it, left of the axis."""
    said = bar.meaning if len(bar.meaning) <= _LETTERS else f"{bar.meaning[: _LETTERS - 1].rstrip()}…"
    for text, shift, colour, size in ((said, 1, INK, 7.5), (bar.name, -5.0, MUTED, 6.0)):
        axes.annotate(
            text, (0.0, row), xycoords=("axes fraction", "data"), xytext=(-6, shift), fontsize=size,
            textcoords="offset points", ha="right", va="center" if shift < 0 else "bottom", color=colour,
        )  # fmt: skip


def _header(figure: Figure, title: str, note: str) -> None:
    height = float(figure.get_figheight())
    figure.text(0.0, 1.0 - 0.12 / height, title, fontsize=10, fontweight="bold", va="center", color=INK)
    figure.text(0.0, 1.0 - 0.34 / height, f"{note} {RESEARCH_USE}", fontsize=7.5, va="center", color=MUTED)
