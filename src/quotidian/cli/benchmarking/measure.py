"""Error and CPU: the loosest tolerances of a solver that reach an error, and what they cost."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from time import process_time
from typing import Protocol

import numpy as np

from quotidian.cli.benchmarking.benchmark_case import Floats, Task

SMALL = 1e-6
"""Added to the reference's size, so that what is nearly nothing need not be exact."""
SHARE = 0.01
"""Of a state's usual size: the same for an error that asks for no more than is seen."""
RTOLS = tuple(10 ** (-3 - k / 4) for k in range(25))  # 1e-3 to 1e-9
BEYOND = 2


class Solver(Protocol):
    """Something that solves the task.

    ``shares`` of rtol are the absolute tolerances it is tried with, ``tightest`` the smallest rtol it takes.
    """

    @property
    def shares(self) -> Sequence[float]: ...

    @property
    def tightest(self) -> float: ...

    def solve(self, rtol: float, atol: float) -> Floats:
        """States, [child, time, state]."""
        ...


@dataclass(frozen=True)
class Setting:
    """Tolerances, the error they led to, and the state that sets it."""

    rtol: float
    atol: float
    error: float
    state: str = ""


@dataclass(frozen=True)
class Measure:
    r"""An error of states, :math:`\max |x - x_{ref}| / (|x_{ref}| + s)`, with a floor s of each state."""

    name: str
    states: tuple[str, ...]
    floors: Floats

    def of(self, found: Floats, reference: Floats) -> tuple[float, str]:
        """The error, and its state; infinite where a value is not a number."""
        each = np.max(np.abs(found - reference) / (np.abs(reference) + self.floors), axis=(0, 1))
        worst = int(np.argmax(np.where(np.isnan(each), np.inf, each)))
        return (float(each[worst]) if np.isfinite(each[worst]) else float("inf")), self.states[worst]


def measures(task: Task) -> tuple[Measure, Measure]:
    """With a floor of ``SMALL``, and with ``SHARE`` of each state's usual size."""
    system = task.machine.ode_system
    small, usual = np.full(len(system.states), SMALL), SHARE * np.array(system.scales)
    return Measure("", system.states, small), Measure("1 % of usual size as floor", system.states, usual)


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


@dataclass(frozen=True)
class Search:
    """The loosest tolerances that reach an error, one setting for each share, and how many tries failed.

    A try has failed when the solver stopped with an error, or returned values that are not finite.
    """

    settings: tuple[Setting, ...]
    failed: int


def search(solver: Solver, reference: Floats, target: float, measure: Measure) -> Search:
    """For each share of the solver the loosest tolerances that reach the target, if any do."""
    found, failed = [], 0
    for share in solver.shares:
        tried: dict[float, Setting] = {}

        def reached(rtol: float, share: float = share, tried: dict[float, Setting] = tried) -> float:
            taken = max(rtol, solver.tightest)
            tried[rtol] = _tried(solver, taken, taken * share, reference, measure)
            return tried[rtol].error

        best = loosest(reached, target)
        if best is not None:
            found.append(tried[best[0]])
        failed += sum(not isfinite(setting.error) for setting in tried.values())
    return Search(tuple(found), failed)


def _tried(solver: Solver, rtol: float, atol: float, reference: Floats, measure: Measure) -> Setting:
    """A solver that gives up has not reached anything."""
    try:
        with _silent():
            found = solver.solve(rtol, atol)
        return Setting(rtol, atol, *measure.of(found, reference))
    except Exception:
        return Setting(rtol, atol, float("inf"))


@contextmanager
def _silent() -> Iterator[None]:
    """Discard what compiled solvers write to the error stream of the process: failed tries are counted."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def cpu_us(solver: Solver, setting: Setting, children: int) -> float:
    """Microseconds of processor time a child, all threads together."""
    begin = process_time()
    solver.solve(setting.rtol, setting.atol)
    return 1e6 * (process_time() - begin) / children
