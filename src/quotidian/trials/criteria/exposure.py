"""Endpoints of exposure over one dosing interval: peak, trough, area, accumulation; bands of weight."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BAND_KG = 30.0
"""Tocilizumab's doses change at it (US label of Actemra, section 2)."""


class Exposures(NamedTuple):
    """Of one interval: peak and trough in the concentration's unit, area in that times day; (children,)."""

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
            "An exposure cannot be read.",
            f"Concentrations {c.shape} must be (children, times) and days {t.shape} ascend.",
            "Give one row a child and one column a sample, from the dose to the next.",
        )
    if not np.all(np.isfinite(c) & (c >= 0.0)):
        raise InvalidInput(
            "A concentration is missing or negative.",
            "Neither peak nor area exists then.",
            "Leave out the child, or set values below the limit of quantification by a stated rule.",
        )
    return Exposures(c.max(axis=1), c[:, -1], np.asarray(np.trapezoid(c, t, axis=1)))


def accumulation(first: ArrayLike, steady: ArrayLike) -> Floats:
    """Steady over first dose, (children,); not-a-number where the first left nothing."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(steady, dtype=np.float64)
    return np.asarray(np.divide(b, a, out=np.full(a.shape, np.nan), where=a > 0.0))


def weight_bands(weight: ArrayLike) -> dict[str, Bools]:
    """Who weighs less than 30 kg and who does not, by the band's name as endpoints carry it."""
    kg = np.asarray(weight, dtype=np.float64)
    return {"below_30_kg": kg < BAND_KG, "from_30_kg": kg >= BAND_KG}
