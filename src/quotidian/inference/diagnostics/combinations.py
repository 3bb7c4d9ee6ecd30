r"""Combinations of parameters that data determine badly or well.

Eigenvectors of the covariance of the estimates: along a vector v with variance s^2 the objective rises by one
over the distance s. On coordinates that are logarithms s is a relative error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALL = 0.2  # of the largest part: smaller parts of a combination are left out
BADLY = 0.25  # SD from which a combination counts as badly determined


@dataclass(frozen=True)
class Combination:
    """A direction: its SD, and the change of each parameter over that distance (of the coordinate)."""

    sd: float
    changes: tuple[tuple[str, float, bool], ...]

    @property
    def badly(self) -> bool:
        """Whether the data determine it badly."""
        return self.sd >= BADLY

    @property
    def words(self) -> str:
        """``KA +40 % with V -12 %``."""
        return " with ".join(
            f"{name} {100 * np.expm1(change):+.0f} %" if relative else f"{name} {change:+.2g}"
            for name, change, relative in self.changes
        )


def combinations(covariance: Floats, names: Sequence[str], relative: Sequence[bool]) -> list[Combination]:
    """Combinations in ascending order of what the data say, the worst first.

    Parameters
    ----------
    covariance : [coordinate, coordinate]. names : of the coordinates. relative : which are logarithms.
    """
    values, vectors = np.linalg.eigh(covariance)
    found = []
    for value, vector in zip(values[::-1], vectors.T[::-1], strict=True):
        sd = float(np.sqrt(max(value, 0.0)))
        v = vector * np.sign(vector[np.argmax(np.abs(vector))])
        order = np.argsort(-np.abs(v), kind="stable")
        kept = [int(k) for k in order if abs(v[k]) >= SMALL * np.abs(v).max()]
        found.append(Combination(sd, tuple((names[k], float(sd * v[k]), relative[k]) for k in kept)))
    return found
