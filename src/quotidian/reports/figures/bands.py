"""A quantity by arm and day: median and bands over all virtual children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quotidian.reports.figures.responsive_figure import Picture, picture
from quotidian.reports.figures.style import (
    GRID,
    INK,
    MUTED,
    NARROW,
    WIDE,
    axes_at,
    legible,
    note,
    palette,
    plain_log_axis,
    sheet,
    weeks_axis,
)
from quotidian.reports.narrative import CHILDREN_NOT_MODEL, replicates_of
from quotidian.reports.wording import arm_name, number, spoken, unit_sign, with_unit
from quotidian.trials.criteria import FEVER
from quotidian.trials.result import Band, TrialResult
from quotidian.units import quantity_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT, _LEFT, _RIGHT, _GAP = 2.1, 0.55, 0.1, 0.25  # inches
_KEY, _HEAD, _FOOT = 0.32, 0.28, 0.46
_FAINTEST, _STRONGEST = 0.16, 0.34


@dataclass(frozen=True)
class _Look:
    """The drawing of a quantity: its reference line with label, and its axis."""

    line: float | None = None
    says: str = ""
    log: bool = False
    floor: float = 0.0


_LOOKS = {
    "temperature_max": _Look(FEVER, f"fever from {FEVER:g} °C"),
    "crp": _Look(10.0, "10 mg/L", log=True, floor=0.1),
}


def bands(result: TrialResult, quantity: str) -> Picture | None:
    """The bands of one quantity in every arm; None if the result does not contain it."""
    found = tuple(band for band in result.bands if band.quantity == quantity)
    if not found:
        return None
    look = _LOOKS.get(quantity, _Look())
    name = spoken(quantity)
    line = f" The dashed line marks {look.says}." if look.line is not None else ""
    return picture(
        quantity.replace("_", "-"),
        f"{name} by arm",
        lambda wide: _draw(found, look, result, wide),
        shows=f"{name}, {unit_sign(found[0].unit)}, over the weeks of the trial, one panel per arm: the line "
        f"is the median, the shades contain {_coverages(found[0])} of the children.{line}",
        source=f"{_often(found[0])} values of all children of {replicates_of(result)}, taken together; "
        "a child who escaped remains in its arm, on open-label drug.",
        certainty=CHILDREN_NOT_MODEL,
        alt=" ".join([f"{name} by arm.", *(_ends(band) for band in found)]),
    )


def _often(band: Band) -> str:
    """The sampling interval of the band, in words."""
    return "Daily" if len(band.days) < 2 or float(np.diff(band.days).max()) <= 1.0 else "Visit"


def _coverages(band: Band) -> str:
    return " and ".join(f"{round(100 * share)} %" for _, _, share in _pairs(band.levels))


def _ends(band: Band) -> str:
    """The median of an arm on the first and the last day."""
    median = band.quantiles[_middle(band.levels)]
    first, last = (quantity_text(number(float(median[i]), band.unit), unit_sign(band.unit)) for i in (0, -1))
    return f"{arm_name(band.arm)}: median {first} at day {band.days[0]:g}, {last} at day {band.days[-1]:g}."


def _pairs(levels: Sequence[float]) -> list[tuple[int, int, float]]:
    """Lower and upper quantile of each band with the share between them, widest first."""
    order = np.argsort(levels)
    return [
        (int(order[i]), int(order[-1 - i]), float(levels[order[-1 - i]] - levels[order[i]]))
        for i in range(len(levels) // 2)
    ]


def _middle(levels: Sequence[float]) -> int:
    return int(np.argsort(levels)[len(levels) // 2])


def _draw(found: Sequence[Band], look: _Look, result: TrialResult, wide: bool) -> Figure:
    width, columns = (WIDE, len(found)) if wide else (NARROW, 1)
    rows = -(-len(found) // columns)
    panel = (width - _LEFT - _RIGHT - _GAP * (columns - 1)) / columns
    figure = sheet(width, _KEY + rows * (_HEAD + _HEIGHT + _FOOT))
    _key(axes_at(figure, 0.0, 0.0, width, _KEY), found[0], width)
    colours = palette(tuple(result.children))
    limits = _limits(found, look)
    for i, band in enumerate(found):
        row, column = divmod(i, columns)
        left = _LEFT + column * (panel + _GAP)
        axes = axes_at(figure, left, _KEY + _HEAD + row * (_HEAD + _HEIGHT + _FOOT), panel, _HEIGHT)
        _axes(axes, band, look, limits, first=column == 0)
        colour = colours.get(band.arm, INK)
        axes.set_title(arm_name(band.arm), loc="left", color=legible(colour), fontsize=9, pad=5)
        _band(axes, band, look, colour)
    return figure


def _limits(found: Sequence[Band], look: _Look) -> tuple[float, float]:
    """One range for all arms that includes the reference line."""
    values = np.concatenate([band.quantiles.ravel() for band in found] + [np.array([look.line or np.nan])])
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if look.log:
        return max(look.floor, 10 ** np.floor(np.log10(max(low, look.floor)))), high * 1.4
    return np.floor(low * 2 - 0.1) / 2, np.ceil(high * 2 + 0.1) / 2


def _axes(axes: Axes, band: Band, look: _Look, limits: tuple[float, float], first: bool) -> None:
    if look.log:
        plain_log_axis(axes, *limits)
    else:
        axes.set_ylim(*limits)
        axes.locator_params(axis="y", nbins=6)
    weeks_axis(axes, float(band.days[-1]), float(min(band.days[0], 0.0)), "weeks from the first dose")
    axes.grid(axis="y", color=GRID)
    axes.spines["left"].set_visible(False)
    if first:
        axes.set_ylabel(with_unit(band.quantity, band.unit).replace("Daily maximum of b", "B"))
    else:
        axes.tick_params(labelleft=False)


def _band(axes: Axes, band: Band, look: _Look, colour: str) -> None:
    """The bands from the widest to the narrowest, the median, and the reference line above them."""
    values = np.maximum(band.quantiles, look.floor) if look.log else band.quantiles
    for low, high, share in _pairs(band.levels):
        axes.fill_between(band.days, values[low], values[high], color=colour, alpha=_alpha(share), lw=0)
    axes.plot(band.days, values[_middle(band.levels)], color=colour, linewidth=1.6)
    if look.line is not None:
        axes.axhline(look.line, color=INK, linewidth=0.8, dashes=(4, 3))
        note(axes, float(band.days[-1]), look.line, look.says, INK, (0, 2), ha="right", va="bottom")


def _alpha(share: float) -> float:
    return _STRONGEST - (_STRONGEST - _FAINTEST) * share


def _key(axes: Axes, band: Band, width: float) -> None:
    """Legend of line and bands, in grey because it applies to every arm."""
    from matplotlib.patches import Rectangle

    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, _KEY)
    x, y = 0.05, 0.2
    axes.plot([x, x + 0.22], [y, y], color=MUTED, linewidth=1.6)
    axes.text(x + 0.28, y, "median", va="center", fontsize=7.5, color=MUTED)
    x += 0.95
    for _, _, share in reversed(_pairs(band.levels)):
        axes.add_patch(Rectangle((x, y - 0.055), 0.22, 0.11, color=MUTED, alpha=_alpha(share) + 0.1, lw=0))
        axes.text(x + 0.28, y, f"{round(100 * share)} % of children", va="center", fontsize=7.5, color=MUTED)
        x += 1.32
