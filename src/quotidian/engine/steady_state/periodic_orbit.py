r"""Periodic orbits of a driven system: states that return after one period, as a fixed point.

The map :math:`G` integrates a subject through one period. Its fixed point is found by Newton's correction
with one matrix for all subjects, and Anderson acceleration (:mod:`.anderson`) for the differences between
subjects:

.. math:: r = (I - J)^{-1} (G(x) - x)

:math:`J` is the derivative of the map for the typical subject, from differences, computed once for a model.
A pool with a turnover of 120 days has a residual of 1/120 of its distance from the fixed point, whereas
:math:`r` estimates the distance. One iteration costs one period. A subject that does not converge soon is
integrated through some months from its initial state, and the search is repeated with its own matrix. Where
that search leaves the model, as near a tipping point, ten years of integration come before a last one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import FINISHED
from quotidian.engine.outcome import Outcome
from quotidian.engine.steady_state.anderson import Bools, Floats, Search, inverse, product
from quotidian.engine.tolerance import Tolerance

Integers = NDArray[np.int64]
Advance = Callable[[Floats, Integers, int], tuple[Floats, Bools]]

BLOCK = 512  # subjects whose iterates fit the cache
WARM_UP, PATIENCE = 2, 20  # periods integrated before the first search; periods after which it is given up
LONG_WARM_UP = 120  # periods integrated before the second search
YEARS_WARM_UP = 3650  # periods integrated before the last search
TYPICAL_WARM_UP = 10
STEP = 1e-3  # of a difference, as a share of the state
WORST = 1e9  # a correction with larger entries is not used


@dataclass(frozen=True)
class PeriodicStart:
    """States that return after a period, with the evidence of convergence.

    Attributes
    ----------
    states : [subject, state] at the start of the period; where not ``converged``, the last iterate.
    converged : [subject] whether the last correction was within the requested accuracy.
    correction : [subject] largest relative correction of a state in the last iteration.
    residual : [subject] largest relative change of a state over the last period.
    periods : [subject] number of periods integrated in sequence, without those of the finite differences.
    reasons : [subject] why the search failed; empty where it converged.
    """

    states: Floats
    converged: Bools
    correction: Floats
    residual: Floats
    periods: Integers
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PeriodMap:
    """The map: integrate from ``start`` (h) through periods, and reset the states that are ``held``."""

    run: Callable[..., Outcome]
    period: float
    start: float
    held: tuple[int, ...]
    tolerance: Tolerance
    threads: int | None

    def __call__(
        self, table: Floats, inputs: Floats, begun: Floats, x: Floats, periods: int
    ) -> tuple[Floats, Bools]:
        """States after so many periods from ``x``, and who reached them; ``begun`` has the held values."""
        end = self.run(
            table, [], observables=(), start=self.start, end=self.start + periods * self.period,
            states=x, inputs=inputs, tolerance=self.tolerance, threads=self.threads,
        )  # fmt: skip
        held = list(self.held)
        end.states[:, held] = begun[:, held]
        return end.states, end.status == FINISHED


def newton_correction(
    period_map: PeriodMap, table: Floats, inputs: Floats, begun: Floats, x: Floats, scales: Floats
) -> Floats | None:
    """:math:`(I - J)^{-1}` of one subject at ``x``, all tables [1, ...]; None where it is not usable."""
    n = x.shape[1]
    size = np.maximum(np.abs(x[0]), STEP * scales)
    tries = x + np.concatenate([np.zeros((1, n)), np.diag(STEP * size)])
    wide = [np.repeat(a, n + 1, axis=0) for a in (table, inputs, begun)]
    g, sounds = period_map(wide[0], wide[1], wide[2], tries, 1)
    if not sounds.all():
        return None
    change = (g[1:] - g[0]).T / (STEP * size) * (size / size[:, None])
    found = inverse(np.eye(n) - change)
    if found is None or not np.max(np.abs(found)) < WORST:
        return None
    return np.asarray(found * (size[:, None] / size))


def find_fixed_point(
    advance: Advance,
    states: Floats,
    scales: Floats,
    accuracy: float,
    most: int,
    newton: Floats | None,
    own_newton: Callable[[int, Floats], Floats | None],
) -> PeriodicStart:
    """Find the fixed point of ``advance(states, which, periods)``, starting from ``states`` [subject, state].

    ``advance`` gives the states of the subjects ``which`` after so many periods, and whether each reached
    them. ``scales`` [state]: values below ``accuracy`` times the scale count as 0. ``newton`` is the
    correction for all subjects, ``own_newton`` that of one subject at a state [1, state].
    """
    subjects = len(states)
    found = PeriodicStart(
        states.copy(), np.zeros(subjects, dtype=bool), np.full(subjects, np.inf), np.full(subjects, np.inf),
        np.zeros(subjects, dtype=np.int64), (),
    )  # fmt: skip
    for first in range(0, subjects, BLOCK):
        own = np.arange(first, min(first + BLOCK, subjects))
        _search(found, advance, own, WARM_UP, min(PATIENCE, most), accuracy, scales, lambda x: newton)
    left = ~(found.correction <= accuracy) & (found.periods + LONG_WARM_UP < most)
    for subject in map(int, np.flatnonzero(left)):
        own, at = np.array([subject]), partial(own_newton, subject)
        for warm_up, until in ((LONG_WARM_UP, most), (YEARS_WARM_UP, YEARS_WARM_UP + 2 * most)):
            found.states[subject], found.correction[subject] = states[subject], np.inf
            _search(found, advance, own, warm_up, until, accuracy, scales, at)
            if np.isfinite(found.correction[subject]):
                break
    found.converged[:] = found.correction <= accuracy
    reasons = tuple(map(_reason, found.converged, found.correction, found.periods))
    return replace(found, reasons=reasons)


def _search(
    found: PeriodicStart,
    advance: Advance,
    which: Integers,
    warm_up: int,
    until: int,
    accuracy: float,
    scales: Floats,
    newton_at: Callable[[Floats], Floats | None],
) -> None:
    """Fill rows of ``found`` by a search that starts after ``warm_up`` periods of plain integration."""
    x, sound = advance(found.states[which], which, warm_up)
    found.periods[which] += warm_up
    which, x = which[sound], x[sound]
    newton = newton_at(x) if len(which) else None
    floor = accuracy * scales[:, None]
    search: Search | None = None
    while len(which):
        g, sound = advance(x, which, 1)
        found.periods[which] += 1
        found.correction[which[~sound]] = np.inf
        x_t, g_t = np.ascontiguousarray(x.T), np.ascontiguousarray(g.T)
        missed = g_t - x_t
        r = missed if newton is None else product(newton, missed)
        if search is None:
            search = Search(np.broadcast_to(floor, x_t.shape), x_t, g_t, r)
        else:
            search.learn(x_t, g_t, r)
        there, own = search.next(), which[sound]
        size = np.abs(there) + search.floor
        found.residual[own] = np.max(np.abs(missed) / size, axis=0)[sound]
        found.correction[own] = np.max(np.abs(there - x_t) / size, axis=0)[sound]
        found.states[own] = there.T[sound]
        going = sound & ~(found.correction[which] <= accuracy) & (found.periods[which] < until)
        search.keep(going)
        which, x = which[going], np.ascontiguousarray(there.T[going])


def _reason(converged: bool, moved: float, periods: int) -> str:
    if converged:
        return ""
    if not np.isfinite(moved):
        return f"the integration failed within {periods} periods"
    return f"a state still moved by {moved:.1e} of its size after {periods} periods"
