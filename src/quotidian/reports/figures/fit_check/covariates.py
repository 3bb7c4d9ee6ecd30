"""Random effects by covariate, with the least-squares line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.diagnostics import Slope
from quotidian.reports.figures.fit_check.panels import panels, points
from quotidian.reports.figures.style import MUTED, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]


def covariate_figure(
    eta: Mapping[str, Floats], covariates: Mapping[str, Floats], lines: Mapping[tuple[str, str], Slope]
) -> str:
    """A panel for each effect and covariate. eta (not-a-number: unused), covariates : [subject] by name."""
    parts = [
        (f"{effect} by {name}", partial(_panel, x, y, lines[effect, name], name, effect))
        for effect, y in eta.items()
        for name, x in covariates.items()
    ]
    return panels(parts, "eta", "Random effects by covariate.", across=3, height=1.6)


def _panel(x: Floats, y: Floats, line: Slope, name: str, effect: str, axes: Axes) -> None:
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    points(axes, x, y)
    axes.axhline(0.0, color=MUTED, linewidth=0.8)
    if np.isfinite(line.slope):
        ends = np.array([x.min(), x.max()])
        axes.plot(ends, y.mean() + line.slope * (ends - x.mean()), color=VERMILLION)
        axes.set_title(f"p {line.p:.2g}", loc="right", fontsize=8, color=MUTED)
    axes.set_xlabel(name)
    axes.set_ylabel(f"ETA {effect}")
