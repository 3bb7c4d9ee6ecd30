"""A few named curves on one axis, each with a range if it is known, as one SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.reports.figures.responsive_figure import to_svg
from quotidian.reports.figures.style import (
    GRID,
    MUTED,
    PAPER,
    SERIES,
    axes_at,
    house_style,
    legible,
    plain_log_axis,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve: TypeAlias = Sequence[ArrayLike]
"""Positions and values, and optionally the low and the high end of a range around them."""
_WIDTH, _HEIGHT, _LEFT, _HEAD, _FOOT = 7.2, 2.5, 0.6, 0.3, 0.5  # inches
_LETTER, _APART = 0.062, 0.085  # inches per letter of a label; share of the height between two labels


def curves(
    series: Mapping[str, Curve], *, across: str, up: str, alt: str, log: bool = False,
    within: tuple[float, float] | None = None,
) -> str:  # fmt: skip
    """The curves as one SVG element, the same bytes every time.

    Parameters
    ----------
    series : by name, in order of colour; at most six.
    across, up : labels of the axes, with units. alt : text for readers who cannot see the figure.
    log : whether the vertical axis is logarithmic. within : ends of the vertical axis; None takes them
        from the data.

    Raises InvalidInput for no curve, too many curves, or values that cannot be drawn.
    """
    drawn = {name: _checked(name, curve, log) for name, curve in series.items()}
    if not 1 <= len(drawn) <= len(SERIES):
        raise InvalidInput(
            f"{len(drawn)} curves cannot be drawn.", f"There are {len(SERIES)} colours.", "Draw fewer."
        )
    with house_style():
        return to_svg(_draw(drawn, across, up, log, within or _ends(drawn, log)), "curves", alt)


def _checked(name: str, curve: Curve, log: bool) -> list[NDArray[np.float64]]:
    arrays = [np.asarray(values, dtype=np.float64) for values in curve]
    fits = len(arrays) in (2, 4) and all(a.ndim == 1 and a.shape == arrays[0].shape for a in arrays)
    if not fits or not len(arrays[0]) or (log and not all((a > 0).all() for a in arrays[1:])):
        raise InvalidInput(
            f"The curve '{name}' cannot be drawn.",
            "It has positions and values, and optionally lower and upper bounds, all of the same length"
            f"{', all above 0' if log else ''}.",
            "Give two or four sequences of the same length.",
        )
    return arrays


def _ends(drawn: Mapping[str, Sequence[NDArray[np.float64]]], log: bool) -> tuple[float, float]:
    values = np.concatenate([a for arrays in drawn.values() for a in arrays[1:]])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low / 1.3, high * 1.3) if log else (min(low, 0.0), high * 1.05)


def _draw(
    drawn: Mapping[str, Sequence[NDArray[np.float64]]], across: str, up: str, log: bool,
    ends: tuple[float, float],
) -> Figure:  # fmt: skip
    right = 0.25 + _LETTER * max(map(len, drawn))
    figure = sheet(_WIDTH, _HEAD + _HEIGHT + _FOOT)
    figure.set_facecolor(PAPER)  # must be complete on any page
    axes = axes_at(figure, _LEFT, _HEAD, _WIDTH - _LEFT - right, _HEIGHT)
    if log:
        plain_log_axis(axes, *ends)
    else:
        axes.set_ylim(*ends)
    every = np.concatenate([arrays[0] for arrays in drawn.values()])
    axes.set_xlim(float(every.min()), float(every.max()))
    axes.set_xlabel(across)
    axes.set_title(up, loc="left", fontsize=8, color=MUTED, x=-0.06)
    axes.grid(axis="y", color=GRID)
    axes.spines["left"].set_visible(False)
    for (x, y, *span), colour in zip(drawn.values(), SERIES, strict=False):
        if span:
            low, high = span
            axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(x, y, color=colour)
    _labels(axes, drawn)
    return figure


def _labels(axes: Axes, drawn: Mapping[str, Sequence[NDArray[np.float64]]]) -> None:
    """Each name beside the end of its curve, moved if two would touch."""
    to_axes = axes.transData + axes.transAxes.inverted()
    ends = {name: to_axes.transform((arrays[0][-1], arrays[1][-1])) for name, arrays in drawn.items()}
    colours = dict(zip(drawn, SERIES, strict=False))
    upwards = sorted(ends, key=lambda name: float(ends[name][1]))
    for name, y in zip(upwards, apart([float(ends[name][1]) for name in upwards], _APART), strict=True):
        axes.annotate(
            name, (float(ends[name][0]), y), xycoords="axes fraction", xytext=(5, 0),
            textcoords="offset points", fontsize=8, color=legible(colours[name]), va="center",
        )  # fmt: skip


def apart(places: Sequence[float], gap: float, top: float = 1.0) -> list[float]:
    """Ascending positions, moved as little as needed to be a gap apart: first upwards, then down from the
    top."""
    found: list[float] = []
    for y in places:
        found.append(max(y, found[-1] + gap) if found else y)
    for i in reversed(range(len(found))):
        found[i] = min(found[i], top - gap * (len(found) - 1 - i))
    return found
