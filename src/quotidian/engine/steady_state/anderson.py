r"""Anderson's acceleration of an iteration, for many subjects at once and each by its own history.

With residuals :math:`r` of the last few tries and :math:`n = x + r`,

.. math:: x_{k+1} = n_k - \sum_j \gamma_j (n_{j+1} - n_j), \qquad
    \gamma = \arg\min \Big\| r_k - \sum_j \gamma_j (r_{j+1} - r_j) \Big\|

D. G. Anderson, Iterative procedures for nonlinear integral equations. J ACM 1965;12:547-560.
Tables are [state, subject], and sums over states are taken in one fixed order: bits do not depend on company.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DEPTH = 4  # differences remembered
DEPENDENT = 1e-7  # a difference that others explain to this share adds nothing but rounding
LEAP = 10.0  # most by which a positive state may differ from its value after the period, as a factor
WORSE = 4.0  # a residual that grew by this factor clears the memory


@dataclass
class Search:
    """State of the search: iterates ``x``, their images ``g``, and residuals ``r`` of the fixed point.

    ``floor`` is added to the magnitude of a state to give its scale. The newest difference comes first.
    """

    floor: Floats
    x: Floats
    g: Floats
    r: Floats
    moved: list[Floats] = field(default_factory=list)
    changed: list[Floats] = field(default_factory=list)

    @property
    def size(self) -> Floats:
        """Scale of the changes of each state."""
        return np.asarray(np.maximum(np.abs(self.g), np.abs(self.x)) + self.floor)

    def next(self) -> Floats:
        """The next accelerated iterate."""
        size = self.size
        shares = least_squares([d / size for d in self.changed], self.r / size)
        there = self.x + self.r
        for share, d in zip(shares, self.moved, strict=True):
            there -= share * d
        there = np.where(np.isfinite(there), there, self.g)
        bounded = np.maximum(np.minimum(there, self.g * LEAP), self.g / LEAP)
        return np.asarray(np.where(self.g > 0, bounded, there))

    def learn(self, x: Floats, g: Floats, r: Floats) -> None:
        """Add the newest iterate; the memory of subjects whose residual grew much is cleared."""
        self.moved.insert(0, (x + r) - (self.x + self.r))
        self.changed.insert(0, r - self.r)
        del self.moved[DEPTH:], self.changed[DEPTH:]
        before = norm(self.r / self.size)
        self.x, self.g, self.r = x, g, r
        sound = ~(norm(r / self.size) > WORSE * before)
        for memory in (self.moved, self.changed):
            memory[:] = [np.where(sound, d, 0.0) for d in memory]

    def keep(self, going: Bools) -> None:
        """Keep only the subjects whose search continues."""
        self.floor, self.x, self.g, self.r = (a[:, going] for a in (self.floor, self.x, self.g, self.r))
        self.moved, self.changed = ([d[:, going] for d in m] for m in (self.moved, self.changed))


def total(terms: Floats) -> Floats:
    """Pairwise sum over the first axis: the order of additions does not depend on the number of subjects."""
    while len(terms) > 1:
        half = (len(terms) + 1) // 2
        folded = terms[:half].copy()
        folded[: len(terms) - half] += terms[half:]
        terms = folded
    return np.asarray(terms[0])


def norm(x: Floats) -> Floats:
    """Euclidean norm of each subject, [subject]."""
    return np.asarray(np.sqrt(total(x * x)))


def product(matrix: Floats, x: Floats) -> Floats:
    """``matrix`` [state, state] times [state, subject], term by term in one order."""
    found = np.zeros_like(x)
    for column, row in zip(matrix.T, x, strict=True):
        found += column[:, None] * row
    return found


def least_squares(columns: list[Floats], right: Floats) -> list[Floats]:
    """Least-squares coefficients [subject] of columns [state, subject], by modified Gram-Schmidt."""
    q: list[Floats] = []
    r: dict[tuple[int, int], Floats] = {}
    onto: list[Floats] = []
    for j, rest in enumerate(columns):
        before = norm(rest)
        for i, direction in enumerate(q):
            r[i, j] = total(direction * rest)
            rest = rest - r[i, j] * direction
        left = norm(rest)
        r[j, j] = np.where(left > DEPENDENT * before, left, np.inf)
        q.append(rest / r[j, j])
        onto.append(total(q[j] * right))
        right = right - onto[j] * q[j]
    shares = [np.zeros_like(x) for x in onto]
    for j in reversed(range(len(columns))):
        known = onto[j]
        for i in range(j + 1, len(columns)):
            known = known - r[j, i] * shares[i]
        shares[j] = known / r[j, j]
    return shares


def inverse(matrix: Floats) -> Floats | None:
    """Inverse by Gauss-Jordan elimination, row by row in a fixed order; None where a pivot is zero."""
    n = len(matrix)
    a = np.concatenate([matrix, np.eye(n)], axis=1)
    for i in range(n):
        p = i + int(np.argmax(np.abs(a[i:, i])))
        if not abs(a[p, i]) > 0:
            return None
        a[[i, p]] = a[[p, i]]
        a[i] /= a[i, i]
        factors = a[:, i].copy()
        factors[i] = 0.0
        a -= factors[:, None] * a[i]
    return a[:, n:]
