"""Panels in rows, and what panels of residuals share: points, a line of medians, reference lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.responsive_figure import to_svg
from quotidian.reports.figures.style import BLUE, INK, MUTED, VERMILLION, WIDE, axes_at, house_style, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Panel = tuple[str, Callable[["Axes"], None]]
LEFT, TOP, GAP_X, GAP_Y = 0.6, 0.3, 0.65, 0.75  # inches
FEWEST = 12  # points of a line of medians


def panels(parts: Sequence[Panel], name: str, alt: str, across: int = 2, height: float = 2.1) -> str:
    """Panels with their titles as one SVG element, the same bytes every time."""
    rows = ceil(len(parts) / across)
    width = (WIDE - LEFT - 0.1 - (across - 1) * GAP_X) / across
    with house_style():
        figure = sheet(WIDE, TOP + rows * (height + GAP_Y))
        for k, (title, draw) in enumerate(parts):
            axes = axes_at(
                figure,
                LEFT + (k % across) * (width + GAP_X),
                TOP + (k // across) * (height + GAP_Y),
                width,
                height,
            )
            draw(axes)
            axes.set_title(title, loc="left", fontsize=9)
        return to_svg(figure, name, alt)


def points(axes: Axes, x: Floats, y: Floats) -> None:
    """Observations as open circles."""
    axes.plot(
        x, y, "o", markersize=3, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=0.6, alpha=0.6
    )


def identity(axes: Axes, x: Floats, y: Floats) -> None:
    """The line of equality over the range of both."""
    both = np.concatenate([x, y])
    ends = (float(both.min()), float(both.max()))
    axes.plot(ends, ends, color=MUTED, linewidth=1.0)


def residual_lines(axes: Axes) -> None:
    """Zero, and the central 95 % of a standard normal distribution."""
    axes.axhline(0.0, color=MUTED, linewidth=1.0)
    for y in (-1.96, 1.96):
        axes.axhline(y, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))


def medians(axes: Axes, x: Floats, y: Floats) -> None:
    """A line through the medians of up to eight groups of about equal size; equal x are in one group."""
    count = min(8, len(x) // FEWEST)
    if count < 2:
        return
    cuts = np.sort(x)[[k * len(x) // count for k in range(1, count)]]
    place = np.searchsorted(cuts, x, side="right")
    groups = [place == k for k in np.unique(place)]
    axes.plot(
        [float(np.median(x[g])) for g in groups], [float(np.median(y[g])) for g in groups],
        color=VERMILLION,
    )  # fmt: skip


def band(axes: Axes, x: Floats, low: Floats, high: Floats, colour: str = BLUE) -> None:
    """A shaded band."""
    axes.fill_between(x, low, high, color=colour, alpha=0.22, linewidth=0)
