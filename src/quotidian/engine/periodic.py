r"""Where a driven system settles: the states that return after one period, found and not waited for.

The map :math:`G` marches a child through one period. Its fixed point :math:`x = G(x)` is found by Anderson's
acceleration: with residuals :math:`f = G(x) - x` of the last few tries,

.. math:: x_{k+1} = g_k - \sum_j \gamma_j (g_{j+1} - g_j), \qquad
    \gamma = \arg\min \Big\| f_k - \sum_j \gamma_j (f_{j+1} - f_j) \Big\|

D. G. Anderson, Iterative procedures for nonlinear integral equations. J ACM 1965;12:547-560. A pool that
turns over once in 120 days leaves a residual of a 120th of its distance; the differences of residuals tell
the distance from it. One try costs one period of marching, and no derivative.

Every child has its own history, and sums over states are taken in one fixed order: bits do not depend on
company.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
March = Callable[[Floats, NDArray[np.int64], int], tuple[Floats, Bools]]

BLOCK = 512  # children whose memory stays near at hand
WARM_UP = 2  # periods in which what is fast is forgotten
DEPTH = 8  # differences remembered
DEPENDENT = 1e-7  # a difference that others explain to this share adds nothing but rounding
LEAP = 10.0  # a positive state changes at most by this factor in one try
WORSE = 4.0  # a residual that grew by this factor starts the memory anew


@dataclass(frozen=True)
class PeriodicStart:
    """States that return after a period, and how sure that is.

    Attributes
    ----------
    states : [child, state] at the start of the period; where not ``converged``, the best that was found.
    converged : [child] whether the last correction was within the accuracy asked for.
    correction : [child] largest share by which the last try moved a state; what is left is smaller.
    residual : [child] largest share by which a state misses itself after the period.
    periods : [child] periods marched.
    reasons : [child] what stands against a child; empty where it converged.
    """

    states: Floats
    converged: Bools
    correction: Floats
    residual: Floats
    periods: NDArray[np.int64]
    reasons: tuple[str, ...]


@dataclass
class _Search:
    """The children still under way, state by child: memory of tries, newest first."""

    x: Floats
    floor: Floats
    g: Floats
    f: Floats
    dg: list[Floats] = field(default_factory=list)
    df: list[Floats] = field(default_factory=list)

    def try_next(self) -> Floats:
        """The accelerated next try."""
        size = np.maximum(np.abs(self.g), np.abs(self.x)) + self.floor
        shares = _least_squares([d / size for d in self.df], self.f / size)
        there = self.g.copy()
        for share, d in zip(shares, self.dg, strict=True):
            there -= share * d
        grows = self.g > 0
        bounded = np.clip(there, self.g / LEAP, self.g * LEAP, where=grows, out=there.copy())
        return np.asarray(np.where(np.isfinite(bounded), bounded, self.g))

    def learn(self, x: Floats, g: Floats) -> None:
        """What the newest try has shown; the memory of children that got much worse is dropped."""
        f = g - x
        self.dg.insert(0, g - self.g)
        self.df.insert(0, f - self.f)
        del self.dg[DEPTH:], self.df[DEPTH:]
        size = np.maximum(np.abs(g), np.abs(x)) + self.floor
        sound = ~(_norm(f / size) > WORSE * _norm(self.f / size))
        for memory in (self.dg, self.df):
            memory[:] = [np.where(sound, d, 0.0) for d in memory]
        self.x, self.g, self.f = x, g, f

    def keep(self, going: Bools) -> None:
        """Only the children that go on."""
        self.x, self.floor, self.g, self.f = (a[:, going] for a in (self.x, self.floor, self.g, self.f))
        self.dg, self.df = ([d[:, going] for d in memory] for memory in (self.dg, self.df))


def _sum(terms: Floats) -> Floats:
    """Sum over the first axis by halves: the same order of additions whatever the number of children."""
    while len(terms) > 1:
        half = (len(terms) + 1) // 2
        total = terms[:half].copy()
        total[: len(terms) - half] += terms[half:]
        terms = total
    return np.asarray(terms[0])


def _norm(x: Floats) -> Floats:
    return np.asarray(np.sqrt(_sum(x * x)))


def _least_squares(columns: list[Floats], right: Floats) -> list[Floats]:
    """Shares of each column [state, child] that leave least of ``right``, by modified Gram and Schmidt."""
    q: list[Floats] = []
    r: dict[tuple[int, int], Floats] = {}
    onto: list[Floats] = []
    for j, column in enumerate(columns):
        rest, before = column, _norm(column)
        for i, direction in enumerate(q):
            r[i, j] = _sum(direction * rest)
            rest = rest - r[i, j] * direction
        left = _norm(rest)
        useful = left > DEPENDENT * before
        r[j, j] = np.where(useful, left, np.inf)
        q.append(rest / r[j, j])
        onto.append(_sum(q[j] * right))
        right = right - onto[j] * q[j]
    shares = [np.zeros_like(x) for x in onto]
    for j in reversed(range(len(columns))):
        known = onto[j]
        for i in range(j + 1, len(columns)):
            known = known - r[j, i] * shares[i]
        shares[j] = known / r[j, j]
    return shares


def settled(march: March, states: Floats, scales: Floats, accuracy: float, most: int) -> PeriodicStart:
    """The fixed point of ``march(states, which, periods)`` for each child, from ``states`` [child, state].

    ``march`` gives states after so many periods and whether each child got there; ``which`` are its children.
    ``scales`` [state]: a state is told from 0 from ``accuracy`` times its scale on.
    """
    children = len(states)
    found = PeriodicStart(
        states.copy(), np.zeros(children, dtype=bool), np.full(children, np.inf), np.full(children, np.inf),
        np.zeros(children, dtype=np.int64), (),
    )  # fmt: skip
    for first in range(0, children, BLOCK):
        own = np.arange(first, min(first + BLOCK, children))
        _settle(found, march, own, accuracy * scales[:, None], accuracy, most)
    found.converged[:] = found.correction <= accuracy
    reasons = tuple(map(_reason, found.converged, found.correction, found.periods))
    return replace(found, reasons=reasons)


def _settle(
    found: PeriodicStart, march: March, which: NDArray[np.int64], floor: Floats, accuracy: float, most: int
) -> None:
    """Some children's rows of ``found``."""
    x, sound = march(found.states[which], which, WARM_UP)
    found.periods[which] = WARM_UP
    which, x = which[sound], x[sound]
    search: _Search | None = None
    while len(which):
        g, sound = march(x, which, 1)
        found.periods[which] += 1
        found.correction[which[~sound]] = np.inf
        x_t, g_t = np.ascontiguousarray(x.T), np.ascontiguousarray(g.T)
        if search is None:
            search = _Search(x_t, np.broadcast_to(floor, x_t.shape), g_t, g_t - x_t)
        else:
            search.learn(x_t, g_t)
        there = search.try_next()
        size = np.abs(there) + search.floor
        own, misses = which[sound], np.abs(search.f) / size
        found.residual[own] = np.max(misses, axis=0)[sound]
        found.correction[own] = np.max(np.abs(there - x_t) / size, axis=0)[sound]
        found.states[own] = there.T[sound]
        going = sound & ~(found.correction[which] <= accuracy) & (found.periods[which] < most)
        search.keep(going)
        which, x = which[going], np.ascontiguousarray(there.T[going])


def _reason(converged: bool, correction: float, periods: int) -> str:
    if converged:
        return ""
    if not np.isfinite(correction):
        return f"the solver lost the child within {periods} periods"
    return f"a state still moved by {correction:.1e} of its size after {periods} periods"
