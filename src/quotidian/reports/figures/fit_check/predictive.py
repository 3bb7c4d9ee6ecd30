"""Visual predictive checks: quantiles of the data over the bands of those of simulated copies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.diagnostics import PredictiveCheck
from quotidian.reports.figures.fit_check.panels import band, panels, points
from quotidian.reports.figures.style import BLUE, INK, MUTED, VERMILLION, plain_log_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
WIDE = 100.0  # ratio of quantiles from which on an axis is logarithmic


def predictive_figure(
    kind: str, plain: PredictiveCheck, corrected: PredictiveCheck, x: Floats, y: Floats
) -> str:
    """Both checks of one kind of observation, and the share below quantification where there is one.

    x, y : [observation] the quantified observations, shown with the plain check.
    """
    parts = [
        ("Visual predictive check", partial(_quantiles, plain, (x, y), "observed (DV)")),
        ("Prediction-corrected", partial(_quantiles, corrected, None, "prediction-corrected DV")),
    ]
    if plain.below.any():
        parts.append(("Below the limit of quantification", partial(_share, plain)))
    inside, whole = plain.inside
    alt = f"Predictive check of {kind}: {inside} of {whole} observed quantiles within the simulated bands."
    return panels(parts, f"vpc-{kind}", alt, height=2.6)


def _quantiles(check: PredictiveCheck, shown: tuple[Floats, Floats] | None, label: str, axes: Axes) -> None:
    if shown is not None:
        points(axes, *shown)
    for k in range(3):
        colour = VERMILLION if k == 1 else BLUE
        band(axes, check.x, check.band[0, k], check.band[2, k], colour)
        line = "-" if k == 1 else (0, (4, 3))
        axes.plot(check.x, check.observed[k], color=INK, linestyle=line)
    drawn = _positive(check, shown)
    if drawn is not None:
        plain_log_axis(axes, 0.8 * drawn.min(), 1.25 * drawn.max())
    axes.set_xlabel("time")
    axes.set_ylabel(label)


def _positive(check: PredictiveCheck, shown: tuple[Floats, Floats] | None) -> Floats | None:
    """What is drawn, if it needs a logarithmic axis: all is positive, and the quantiles span two decades."""
    drawn = np.concatenate([check.observed.ravel(), check.band.ravel(), () if shown is None else shown[1]])
    drawn, quantiles = drawn[np.isfinite(drawn)], check.observed[np.isfinite(check.observed)]
    if not len(quantiles) or drawn.min() <= 0 or quantiles.max() <= WIDE * quantiles.min():
        return None
    return np.asarray(drawn)


def _share(check: PredictiveCheck, axes: Axes) -> None:
    band(axes, check.x, 100 * check.below_band[0], 100 * check.below_band[2])
    axes.plot(check.x, 100 * check.below_band[1], color=MUTED, linewidth=0.8)
    axes.plot(check.x, 100 * check.below, "o-", color=INK, markersize=3)
    axes.set_xlabel("time")
    axes.set_ylabel("% below")
