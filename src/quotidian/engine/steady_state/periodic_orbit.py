r"""Where a driven system settles: the states that return after one period, found and not waited for.

The map :math:`G` marches a child through one period; its fixed point is found by Newton's correction with one
matrix for all children, and Anderson's acceleration (:mod:`.anderson`) for what the children
differ in:

.. math:: r = (I - J)^{-1} (G(x) - x)

:math:`J` is the derivative of the map for the typical child, from differences, made once for a model. A
pool that turns over in 120 days leaves a residual of a 120th of its distance, and :math:`r` is the distance.
One try costs one period. A child whose search does not end soon is marched through months from
where it began, and searched for once more from there with a matrix of its own.
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
March = Callable[[Floats, Integers, int], tuple[Floats, Bools]]

BLOCK = 512  # children whose memory stays near at hand
WARM_UP, PATIENCE = 2, 20  # periods marched plainly at first; periods after which a search begins anew
LONG_WARM_UP = 120  # periods marched plainly before the second search, which is the last
TYPICAL_WARM_UP = 10
STEP = 1e-3  # of a difference, as a share of the state
WORST = 1e9  # a correction larger than this multiple of what was seen is no correction


@dataclass(frozen=True)
class PeriodicStart:
    """States that return after a period, and how sure that is.

    Attributes
    ----------
    states : [child, state] at the start of the period; where not ``converged``, the last try.
    converged : [child] whether the last correction was within the accuracy asked for.
    correction : [child] largest share by which the last try moved a state; about the error before it.
    residual : [child] largest share by which a state missed itself after the last period marched.
    periods : [child] periods marched one after another (those of differences run side by side).
    reasons : [child] what stands against a child; empty where it converged.
    """

    states: Floats
    converged: Bools
    correction: Floats
    residual: Floats
    periods: Integers
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Lap:
    """The map: children marched from ``start`` (h) through periods, states that are ``held`` put back."""

    run: Callable[..., Outcome]
    period: float
    start: float
    held: tuple[int, ...]
    tolerance: Tolerance
    threads: int | None

    def __call__(
        self, table: Floats, inputs: Floats, begun: Floats, x: Floats, periods: int
    ) -> tuple[Floats, Bools]:
        """States after so many periods from ``x``, and who got there; ``begun`` has what is held."""
        end = self.run(
            table, [], observables=(), start=self.start, end=self.start + periods * self.period,
            states=x, inputs=inputs, tolerance=self.tolerance, threads=self.threads,
        )  # fmt: skip
        held = list(self.held)
        end.states[:, held] = begun[:, held]
        return end.states, end.status == FINISHED


def correction(
    lap: Lap, table: Floats, inputs: Floats, begun: Floats, x: Floats, scales: Floats
) -> Floats | None:
    """:math:`(I - J)^{-1}` of one child at ``x``, all tables [1, ...]; None where there is none of use."""
    n = x.shape[1]
    size = np.maximum(np.abs(x[0]), STEP * scales)
    tries = x + np.concatenate([np.zeros((1, n)), np.diag(STEP * size)])
    wide = [np.repeat(a, n + 1, axis=0) for a in (table, inputs, begun)]
    g, sounds = lap(wide[0], wide[1], wide[2], tries, 1)
    if not sounds.all():
        return None
    change = (g[1:] - g[0]).T / (STEP * size) * (size / size[:, None])
    found = inverse(np.eye(n) - change)
    if found is None or not np.max(np.abs(found)) < WORST:
        return None
    return np.asarray(found * (size[:, None] / size))


def settled(
    march: March,
    states: Floats,
    scales: Floats,
    accuracy: float,
    most: int,
    newton: Floats | None,
    own_newton: Callable[[int, Floats], Floats | None],
) -> PeriodicStart:
    """The fixed point of ``march(states, which, periods)`` for each child, from ``states`` [child, state].

    ``march`` gives states after so many periods and whether each child got there; ``which`` are its children.
    ``scales`` [state]: a state is told from 0 from ``accuracy`` times its scale on. ``newton`` is the
    correction for all, ``own_newton`` that of a child at a state [1, state].
    """
    children = len(states)
    found = PeriodicStart(
        states.copy(), np.zeros(children, dtype=bool), np.full(children, np.inf), np.full(children, np.inf),
        np.zeros(children, dtype=np.int64), (),
    )  # fmt: skip
    for first in range(0, children, BLOCK):
        own = np.arange(first, min(first + BLOCK, children))
        _begin_and_settle(found, march, own, WARM_UP, min(PATIENCE, most), accuracy, scales, lambda x: newton)
    left = ~(found.correction <= accuracy) & (found.periods + LONG_WARM_UP < most)
    for child in map(int, np.flatnonzero(left)):
        found.states[child], found.correction[child] = states[child], np.inf
        own, at = np.array([child]), partial(own_newton, child)
        _begin_and_settle(found, march, own, LONG_WARM_UP, most, accuracy, scales, at)
    found.converged[:] = found.correction <= accuracy
    reasons = tuple(map(_reason, found.converged, found.correction, found.periods))
    return replace(found, reasons=reasons)


def _begin_and_settle(
    found: PeriodicStart,
    march: March,
    which: Integers,
    warm_up: int,
    until: int,
    accuracy: float,
    scales: Floats,
    newton_at: Callable[[Floats], Floats | None],
) -> None:
    """Some children's rows of ``found``, searched for after a plain march through ``warm_up`` periods."""
    x, sound = march(found.states[which], which, warm_up)
    found.periods[which] += warm_up
    which, x = which[sound], x[sound]
    newton = newton_at(x) if len(which) else None
    floor = accuracy * scales[:, None]
    search: Search | None = None
    while len(which):
        g, sound = march(x, which, 1)
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
        return f"the solver lost the child within {periods} periods"
    return f"a state still moved by {moved:.1e} of its size after {periods} periods"
