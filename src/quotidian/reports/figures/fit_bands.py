"""Measurements of one child with the course that they support, a panel for each analyte, in one SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.responsive_figure import to_svg
from quotidian.reports.figures.style import BLUE, INK, WIDE, axes_at, house_style, plain_log_axis, sheet
from quotidian.reports.wording import with_unit

Floats = NDArray[np.float64]
_HEIGHT, _LEFT, _GAP, _FOOT = 1.5, 0.7, 0.35, 0.4  # inches
LINEAR = ("temperature", "physician_global", "parent_global", "chaq", "active_joints", "limited_joints")


def fit_bands(
    days: Floats, observables: Sequence[str], bands: Floats, measured_days: Floats,
    analytes: Sequence[str], values: Floats, censored: NDArray[np.int64], units: Mapping[str, str],
) -> str:  # fmt: skip
    """The panels as one SVG element, the same bytes every time.

    Parameters
    ----------
    days : [time]. bands : [low/median/high, time, observable]. measured_days, analytes, values, censored :
        [measurement]; 0 is quantified. units : of each observable.
    """
    count = len(observables)
    with house_style():
        figure = sheet(WIDE, count * (_HEIGHT + _GAP) + _FOOT)
        for k, name in enumerate(observables):
            axes = axes_at(figure, _LEFT, 0.25 + k * (_HEIGHT + _GAP), WIDE - _LEFT - 0.1, _HEIGHT)
            low, middle, high = (np.asarray(bands)[i, :, k] for i in range(3))
            own = np.array([analyte == name for analyte in analytes])
            shown = np.concatenate([low, high, values[own]])
            if name not in LINEAR and shown.max() > 0:
                positive = shown[shown > 0]
                bottom = max(float(positive.min()), 1e-3 * float(positive.max()))
                plain_log_axis(axes, 0.8 * bottom, 1.25 * float(positive.max()))
                low, middle = np.maximum(low, 0.8 * bottom), np.maximum(middle, 0.8 * bottom)
            axes.fill_between(days, low, high, color=BLUE, alpha=0.2, linewidth=0)
            axes.plot(days, middle, color=BLUE)
            for marker, kind in (("o", 0), ("v", 1), ("^", -1)):
                rows = own & (censored == kind)
                axes.plot(measured_days[rows], values[rows], marker, color=INK, markersize=3)
            axes.set_title(with_unit(name, units[name]), loc="left", fontsize=9)
            axes.set_xlim(min(float(days[0]), float(measured_days.min())), float(days[-1]))
            if k == count - 1:
                axes.set_xlabel("day")
        return to_svg(figure, "fit", "Measurements and the fitted course, by analyte.")
