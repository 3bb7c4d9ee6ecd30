"""Observations of subjects, padded to one width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Observations:
    """Observations of subjects, padded to the same number.

    Attributes
    ----------
    value, limit : [subject, observation]. there : which are not padding. endpoint : number of the kind of
        observation. censored : 0 quantified, 1 below ``value``, -1 above it (and beyond ``limit`` if finite).
    """

    value: Floats
    there: NDArray[np.bool_]
    endpoint: NDArray[np.int64]
    censored: NDArray[np.int64]
    limit: Floats

    def of(self, who: NDArray[np.int64]) -> Observations:
        """Those of a batch of copies."""
        return Observations(*(part[who] for part in vars(self).values()))
