"""Accumulation from the first dose to steady state, and bands of weight in which exposure is reported."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BAND_KG = 30.0
"""kg; the dose of tocilizumab changes at this weight (US label of Actemra, section 2)."""


def accumulation(first: ArrayLike, steady: ArrayLike) -> Floats:
    """Ratio of steady-state to first dose, (children,); not-a-number if that of the first dose is 0."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(steady, dtype=np.float64)
    return np.asarray(np.divide(b, a, out=np.full(a.shape, np.nan), where=a > 0.0))


def weight_bands(weight: ArrayLike) -> dict[str, Bools]:
    """Children below 30 kg and from 30 kg, by the name of the band in endpoints."""
    kg = np.asarray(weight, dtype=np.float64)
    return {"below_30_kg": kg < BAND_KG, "from_30_kg": kg >= BAND_KG}
