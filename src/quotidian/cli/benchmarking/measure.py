"""Error and CPU: the loosest tolerances of a solver that reach an error, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Protocol

import numpy as np

from quotidian.cli.benchmarking.benchmark_case import Floats

TARGETS = (5e-5, 1e-6)
SMALL = 1e-6
"""Added to the reference's size, so that what is nearly nothing need not be exact."""
RTOLS = tuple(10 ** (-3 - k / 4) for k in range(25))  # 1e-3 to 1e-9
BEYOND = 2


class Solver(Protocol):
    """Something that solves the task; ``shares`` of rtol are the absolute tolerances it is tried with."""

    @property
    def shares(self) -> Sequence[float]: ...

    def solve(self, rtol: float, atol: float) -> Floats:
        """States, [child, time, state]."""
        ...


@dataclass(frozen=True)
class Setting:
    """Tolerances, and the error they led to."""

    rtol: float
    atol: float
    error: float


def error(found: Floats, reference: Floats) -> float:
    r"""Largest :math:`|x - x_{ref}| / (|x_{ref}| + 10^{-6})`; infinite where a value is not a number."""
    worst = float(np.max(np.abs(found - reference) / (np.abs(reference) + SMALL)))
    return worst if np.isfinite(worst) else float("inf")


def loosest(solve: Callable[[float], float], target: float) -> tuple[float, float] | None:
    """The largest of ``RTOLS`` with an error up to ``target``, and that error, by halving.

    ``solve`` gives the error of an rtol. It wobbles from one to the next: what is returned has reached the
    target, and ``BEYOND`` looser ones have been tried besides.
    """
    found, low, high = None, 0, len(RTOLS) - 1
    while low <= high:
        middle = (low + high) // 2
        reached = solve(RTOLS[middle])
        if reached <= target:
            found, high = (RTOLS[middle], reached), middle - 1
        else:
            low = middle + 1
    for rtol in reversed(RTOLS[max(0, low - 1 - BEYOND) : max(0, low - 1)]):
        reached = solve(rtol)
        if reached <= target:
            found = (rtol, reached)
    return found


def settings(solver: Solver, reference: Floats, target: float) -> list[Setting]:
    """For each share of the solver the loosest tolerances that reach the target, if any do."""
    found = []
    for share in solver.shares:
        best = loosest(lambda rtol, share=share: _error_of(solver, rtol, rtol * share, reference), target)  # type: ignore[misc]
        if best is not None:
            found.append(Setting(best[0], best[0] * share, best[1]))
    return found


def _error_of(solver: Solver, rtol: float, atol: float, reference: Floats) -> float:
    """A solver that gives up has not reached anything."""
    try:
        return error(solver.solve(rtol, atol), reference)
    except Exception:
        return float("inf")


def cpu_us(solver: Solver, setting: Setting, children: int) -> float:
    """Microseconds of processor time a child, all threads together."""
    begin = process_time()
    solver.solve(setting.rtol, setting.atol)
    return 1e6 * (process_time() - begin) / children
