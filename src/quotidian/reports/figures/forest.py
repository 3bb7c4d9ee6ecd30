"""The rows of a forest plot of endpoints: columns, scales, and one row with its marks, numbers and
verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from quotidian.reports.figures.style import (
    GRID,
    INK,
    INSIDE,
    MUTED,
    NARROW,
    OUTSIDE,
    OUTSIDE_ROW,
    PAPER,
    PUBLISHED_SPAN,
    WIDE,
    legible,
)
from quotidian.reports.wording import (
    arm_name,
    published_cell,
    row_name,
    short_span,
    unit_sign,
    verdict,
    virtual_cell,
)
from quotidian.trials.rows import EndpointRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKS = {"inside": ("✓", INSIDE, "normal"), "outside": ("✕", OUTSIDE, "bold")}
_HALF, _APART = 0.47, 0.2  # of a row: half its shade; distance of the marks from its middle
_SMALL = 7.5
_LONG = 26  # longest name (characters) that is written beside its rows


@dataclass(frozen=True)
class Columns:
    """Positions of the columns, inches from the left edge; on a narrow sheet the numbers are left out."""

    width: float
    arm: float
    left: float
    axis: float
    verdict: float
    virtual: float | None = None
    published: float | None = None

    @property
    def names_above(self) -> bool:
        """Whether the name of an endpoint is written above its rows and not beside the first."""
        return self.virtual is None

    def share(self, inches: float) -> float:
        """A position on the sheet as a share of the axis, for text beside it."""
        return (inches - self.left) / self.axis


WIDE_COLUMNS = Columns(WIDE, arm=1.62, left=2.42, axis=1.8, verdict=6.46, virtual=5.27, published=6.35)
NARROW_COLUMNS = Columns(NARROW, arm=0.1, left=0.95, axis=1.9, verdict=2.93)


def group(row: EndpointRow) -> str:
    """The name of an endpoint, with its unit if the axis does not show it."""
    sign = "" if row.unit == "%" else unit_sign(row.unit)
    return f"{row_name(row)}, {sign}" if sign else row_name(row)


def stands_above(columns: Columns, name: str) -> bool:
    """Whether the name of an endpoint has a line of its own above its rows."""
    return columns.names_above or len(name) > _LONG


def numbers(row: EndpointRow) -> tuple[float, ...]:
    """Virtual, low, high, published, low, high, in the unit of the axis; nan for none.

    Percentages are drawn unchanged, all other values as ratios to the published value.
    """
    given = (row.virtual, row.low, row.high, row.published, row.published_low, row.published_high)
    scale = 1.0 if row.unit == "%" else row.published or 1.0
    return tuple(nan if value is None or not isfinite(value) else value / scale for value in given)


def scale_shares(axes: Axes) -> None:
    """An axis of percentages."""
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("children, %")
    _bare(axes)


def scale_ratios(axes: Axes, rows: tuple[EndpointRow, ...]) -> None:
    """An axis of ratios around 1, with room for every interval."""
    ends = [abs(end - 1.0) for row in rows for end in numbers(row) if isfinite(end)]
    reach = 0.05 * (int(max([*ends, 0.2]) / 0.05) + 1)
    axes.set_xlim(1.0 - reach, 1.0 + reach)
    axes.locator_params(axis="x", nbins=5)
    axes.axvline(1.0, color=MUTED, linewidth=0.7)
    axes.set_xlabel("ratio to the published mean")
    _bare(axes)


def _bare(axes: Axes) -> None:
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=GRID)


def headings(axes: Axes, columns: Columns, title: str) -> None:
    """Titles of the panel and of the columns of numbers."""
    beside = axes.get_yaxis_transform()
    axes.text(columns.share(0.0), -0.35, title, transform=beside, fontsize=9, fontweight="bold")
    for inches, text in ((columns.virtual, "virtual"), (columns.published, "published")):
        if inches is not None:
            look: dict[str, Any] = {"transform": beside, "ha": "right", "color": MUTED, "fontsize": _SMALL}
            axes.text(columns.share(inches), -0.35, text, **look)


def name(axes: Axes, columns: Columns, row: EndpointRow, y: float) -> None:
    """The name of an endpoint, beside its first row or above it."""
    height = y - 1.0 if stands_above(columns, group(row)) else y
    beside = axes.get_yaxis_transform()
    axes.text(columns.share(0.0), height, group(row), transform=beside, va="center", fontsize=8)


def draw_row(axes: Axes, columns: Columns, row: EndpointRow, y: float, colours: Mapping[str, str]) -> None:
    """The published interval as a shade, the published value as a diamond above, the virtual value as a
    dot below, and numbers and verdict beside them."""
    colour = colours.get(row.arm, INK)
    virtual, low, high, point, p_low, p_high = numbers(row)
    if row.inside is False:
        _shade(axes, columns, y)
    if isfinite(p_low) and isfinite(p_high):
        axes.fill_between([p_low, p_high], y - _HALF, y + _HALF, color=PUBLISHED_SPAN, lw=0, zorder=1)
        axes.plot([p_low, p_high], [y - _APART] * 2, color=INK, linewidth=1.0, zorder=3)
    free: dict[str, Any] = {"zorder": 4, "clip_on": False}
    axes.plot([point], [y - _APART], "D", color=INK, markerfacecolor=PAPER, markersize=4.2, **free)
    axes.plot([low, high], [y + _APART] * 2, color=colour, linewidth=1.8, **free)
    axes.plot([virtual], [y + _APART], "o", color=colour, markersize=4.6, **free)
    _words(axes, columns, row, y, legible(colour))


def _shade(axes: Axes, columns: Columns, y: float) -> None:
    """A tint of the whole row, which marks a row outside its interval."""
    across = [columns.share(0.0), columns.share(columns.width)]
    look: dict[str, Any] = {"color": OUTSIDE_ROW, "clip_on": False, "lw": 0, "zorder": 0}
    axes.fill_between(across, y - _HALF, y + _HALF, transform=axes.get_yaxis_transform(), **look)


def _words(axes: Axes, columns: Columns, row: EndpointRow, y: float, colour: str) -> None:
    """Arm, the two numbers if there is room, and the verdict as a sign and a word."""
    look: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": _SMALL}
    axes.text(columns.share(columns.arm), y, arm_name(row.arm), color=colour, **look)
    cells = ((columns.virtual, virtual_cell(row), INK), (columns.published, published_cell(row), MUTED))
    for inches, cell, shade in cells:
        if inches is not None:
            axes.text(columns.share(inches), y, short_span(cell), ha="right", color=shade, **look)
    said = verdict(row)
    mark, shade, weight = _MARKS.get(said, ("", MUTED, "normal"))
    axes.text(
        columns.share(columns.verdict), y, f"{mark} {said}".strip(), color=shade, fontweight=weight, **look
    )
