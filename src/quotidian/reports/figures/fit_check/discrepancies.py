"""NPDE: by normal quantile, as histogram, by time and by prediction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.fit_check.panels import identity, medians, panels, points, residual_lines
from quotidian.reports.figures.style import BLUE, VERMILLION
from quotidian.statistics.normal import normal_log_pdf, normal_quantile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]


def discrepancy_figure(table: Mapping[str, NDArray[Any]], kind: str) -> str:
    """Four panels of one kind of observation, censored ones included."""
    own = table["KIND"] == kind
    z, time, typical = (np.asarray(table[n][own], dtype=np.float64) for n in ("NPDE", "TIME", "PRED"))
    parts = [
        ("NPDE by normal quantile", partial(_by_quantile, z)),
        ("Histogram of NPDE", partial(_histogram, z)),
        ("NPDE by time", partial(_scatter, time, z, "time")),
        ("NPDE by population prediction", partial(_scatter, typical, z, "population prediction (PRED)")),
    ]
    return panels(parts, f"npde-{kind}", f"NPDE of {kind}: standard normal if the model is right.")


def _by_quantile(z: Floats, axes: Axes) -> None:
    x = normal_quantile((np.arange(len(z)) + 0.5) / len(z))
    points(axes, x, np.sort(z))
    identity(axes, x, z)
    axes.set_xlabel("normal quantile")
    axes.set_ylabel("NPDE")


def _histogram(z: Floats, axes: Axes) -> None:
    edges = np.linspace(-3.5, 3.5, 15)
    axes.hist(np.clip(z, -3.49, 3.49), bins=edges.tolist(), density=True, color=BLUE, alpha=0.3)
    x = np.linspace(-3.5, 3.5, 141)
    axes.plot(x, np.exp(normal_log_pdf(x)), color=VERMILLION)
    axes.set_xlabel("NPDE")
    axes.set_ylabel("density")


def _scatter(x: Floats, z: Floats, label: str, axes: Axes) -> None:
    points(axes, x, z)
    residual_lines(axes)
    medians(axes, x, z)
    axes.set_xlabel(label)
    axes.set_ylabel("NPDE")
