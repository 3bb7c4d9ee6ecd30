"""Visual predictive checks: quantiles of the data over the bands of those of simulated copies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.diagnostics import PredictiveCheck
from quotidian.reports.figures.fit_check.panels import band, panels, points
from quotidian.reports.figures.style import BLUE, INK, MUTED, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]


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
    axes.set_xlabel("time")
    axes.set_ylabel(label)


def _share(check: PredictiveCheck, axes: Axes) -> None:
    band(axes, check.x, 100 * check.below_band[0], 100 * check.below_band[2])
    axes.plot(check.x, 100 * check.below_band[1], color=MUTED, linewidth=0.8)
    axes.plot(check.x, 100 * check.below, "o-", color=INK, markersize=3)
    axes.set_xlabel("time")
    axes.set_ylabel("% below")
