"""Endpoints of exposure over one dosing interval: peak, trough, area, accumulation; bands of weight."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BAND_KG = 30.0
"""kg; the dose of tocilizumab changes at this weight (US label of Actemra, section 2)."""


class Exposures(NamedTuple):
    """Exposure over one interval: peak and trough in the concentration's unit, area in that unit times
    day; (children,)."""

    cmax: Floats
    ctrough: Floats
    auc: Floats


def exposures(concentration: ArrayLike, days: ArrayLike) -> Exposures:
    """Peak, last value and trapezoidal area of a dosing interval.

    Parameters
    ----------
    concentration : (children, times). days : ascending, from the dose to the next, (times,).

    Raises InvalidInput for shapes that disagree, times that do not ascend, or values missing or negative.
    """
    c, t = np.asarray(concentration, dtype=np.float64), np.asarray(days, dtype=np.float64)
    if c.ndim != 2 or t.shape != c.shape[1:] or len(t) < 2 or np.any(np.diff(t) <= 0):
        raise InvalidInput(
            "Exposure cannot be computed.",
            f"Concentrations {c.shape} must be (children, times) and days {t.shape} ascend.",
            "Give one row per child and one column per sample, from the dose to the next.",
        )
    if not np.all(np.isfinite(c) & (c >= 0.0)):
        raise InvalidInput(
            "A concentration is missing or negative.",
            "Neither peak nor area exists then.",
            "Leave out the child, or set values below the limit of quantification by a stated rule.",
        )
    return Exposures(c.max(axis=1), c[:, -1], np.asarray(np.trapezoid(c, t, axis=1)))


def accumulation(first: ArrayLike, steady: ArrayLike) -> Floats:
    """Ratio of steady-state to first dose, (children,); not-a-number if that of the first dose is 0."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(steady, dtype=np.float64)
    return np.asarray(np.divide(b, a, out=np.full(a.shape, np.nan), where=a > 0.0))


def weight_bands(weight: ArrayLike) -> dict[str, Bools]:
    """Children below 30 kg and from 30 kg, by the name of the band in endpoints."""
    kg = np.asarray(weight, dtype=np.float64)
    return {"below_30_kg": kg < BAND_KG, "from_30_kg": kg >= BAND_KG}
