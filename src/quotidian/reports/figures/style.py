"""The style of all figures: colours, type, lines. An arm has the same colour in every figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE, NARROW = 7.2, 3.6
"""Widths in inches: a page or a screen, and a telephone held upright."""

INK, MUTED, GRID, PAPER = "#1b1f24", "#59626d", "#e4e7eb", "#ffffff"
PUBLISHED_SPAN = "#eceef1"
INSIDE, OUTSIDE, OUTSIDE_ROW = "#00664b", "#a02710", "#fbeee9"

# Okabe M, Ito K. Color Universal Design, 2008: eight colours distinct for any colour vision.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, SKY, ORANGE = "#CC79A7", "#56B4E9", "#E69F00"
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
"""Colours of lines that are not arms of a trial, in order."""
_ARMS = {"tocilizumab": BLUE, "placebo": VERMILLION}
_SPARE = (GREEN, PURPLE, SKY, ORANGE)

FONT = "Inter, 'Helvetica Neue', 'Segoe UI', Roboto, Arial, sans-serif"
"""Fonts of a browser. Positions are computed with DejaVu Sans, which is wider than all of these."""


def palette(arms: Sequence[str]) -> Mapping[str, str]:
    """A colour for each arm: fixed for known arms, the remaining colours in order for others."""
    strangers = [arm for arm in arms if arm not in _ARMS]
    return _ARMS | {arm: _SPARE[i % len(_SPARE)] for i, arm in enumerate(strangers)}


def settings() -> dict[str, Any]:
    """Matplotlib settings of all figures."""
    return {
        "font.family": ["DejaVu Sans"],
        "font.size": 8.5,
        "text.color": INK,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "axes.labelsize": 8,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.facecolor": "none",
        "axes.axisbelow": True,
        "axes.grid": False,
        "figure.facecolor": "none",
        "grid.color": GRID,
        "grid.linewidth": 0.7,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "xtick.major.size": 3,
        "ytick.major.size": 0,
        "xtick.minor.size": 0,
        "ytick.minor.size": 0,
        "lines.linewidth": 1.4,
        "lines.solid_capstyle": "round",
        "path.simplify": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "quotidian",
        "text.parse_math": False,
    }


@contextmanager
def house_style() -> Iterator[None]:
    """A context in which the settings above replace those of Matplotlib."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for name, value in settings().items():
            matplotlib.rcParams[name] = value  # type: ignore[index]
        yield


def sheet(width: float, height: float) -> Figure:
    """An empty figure, inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a position in inches from the upper left corner of the figure."""
    full_width, full_height = figure.get_size_inches()
    box = (left / full_width, 1.0 - (top + height) / full_height, width / full_width, height / full_height)
    return figure.add_axes(box)


def plain_log_axis(axes: Axes, low: float, high: float) -> None:
    """A logarithmic y axis from low to high with plain numbers: 1, 10, 100; where only one of them or none
    lies on the axis, also 2, 5, 20 and so on.
    """
    from matplotlib.ticker import NullLocator

    axes.set_yscale("log")
    axes.set_ylim(low, high)
    powers = range(ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9) + 1)
    ticks = [10.0**power for power in powers]
    if len(ticks) < 2:
        between = [m * 10.0**p for p in range(powers.start - 1, powers.stop + 1) for m in (1.0, 2.0, 5.0)]
        ticks = [tick for tick in between if low <= tick <= high]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.yaxis.set_minor_locator(NullLocator())


def weeks_axis(axes: Axes, last_day: float, first_day: float = 0.0, label: str = "Weeks") -> None:
    """An x axis in days with as many labels in weeks as there is room for."""
    import numpy as np

    span = last_day - first_day
    step = 7 if span <= 42 else next((s for s in (14, 28, 56, 84, 182) if span <= 10 * s), 364)
    ticks = np.arange(np.ceil(first_day / step) * step, last_day + 1e-6, step) + 0.0  # no "-0"
    axes.set_xlim(first_day, last_day)
    axes.set_xticks(ticks, [f"{day / 7:g}" for day in ticks])
    axes.set_xlabel(label)


def legible(colour: str) -> str:
    """The colour a third darker, for small text: the colours of the palette are too light on white."""
    parts = (round(0.7 * int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def tint(colour: str, strength: float) -> str:
    """The colour mixed with white; strength 1 leaves it, 0 gives white."""
    parts = (round(255 - strength * (255 - int(colour[i : i + 2], 16))) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def note(
    axes: Axes, x: float, y: float, text: str, color: str, shift: tuple[float, float], **more: Any
) -> None:
    """A small label at a position in the data, shifted by a distance in points."""
    look: dict[str, Any] = {"color": color, "fontsize": 7.5} | more
    axes.annotate(text, (x, y), xytext=shift, textcoords="offset points", annotation_clip=False, **look)
