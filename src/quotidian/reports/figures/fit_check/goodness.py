"""Goodness of fit: observations by predictions, and weighted residuals by prediction and time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.fit_check.panels import identity, medians, panels, points, residual_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]


def goodness_figure(table: Mapping[str, NDArray[Any]], kind: str) -> str:
    """Four panels of the quantified observations of one kind; two where there are no CWRES."""
    own = (table["KIND"] == kind) & (table["CENS"] == 0)
    columns = {name: np.asarray(table[name][own], dtype=np.float64) for name in COLUMNS}
    parts = [
        ("Observed by population prediction", partial(_equality, columns, "PRED")),
        ("Observed by individual prediction", partial(_equality, columns, "IPRED")),
    ]
    weighted = [
        ("CWRES by population prediction", partial(_residual, columns, "PRED", "CWRES")),
        ("CWRES by time", partial(_residual, columns, "TIME", "CWRES")),
    ]
    alt = f"Goodness of fit of {kind}: observations lie about the line of equality if the model is right."
    some = np.isfinite(columns["CWRES"]).any()
    return panels([*parts, *weighted] if some else parts, f"gof-{kind}", alt)


COLUMNS = ("TIME", "DV", "PRED", "IPRED", "CWRES")
LABELS = {"TIME": "time", "PRED": "population prediction (PRED)", "IPRED": "individual prediction (IPRED)"}


def _equality(columns: Mapping[str, Floats], by: str, axes: Axes) -> None:
    x, y = columns[by], columns["DV"]
    points(axes, x, y)
    identity(axes, x, y)
    medians(axes, x, y)
    axes.set_xlabel(LABELS[by])
    axes.set_ylabel("observed (DV)")


def _residual(columns: Mapping[str, Floats], by: str, residual: str, axes: Axes) -> None:
    x, y = columns[by], columns[residual]
    points(axes, x, y)
    residual_lines(axes)
    medians(axes, x, y)
    axes.set_xlabel(LABELS[by])
    axes.set_ylabel(residual)
