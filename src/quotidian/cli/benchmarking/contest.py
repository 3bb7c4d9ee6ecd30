"""This engine and other solvers on the same children at the same error, timed in alternation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import product
from typing import TypeAlias

from quotidian.cli.benchmarking.amici_peer import Amici
from quotidian.cli.benchmarking.benchmark_case import EXACT, Floats, Task
from quotidian.cli.benchmarking.diffsol import Diffsol
from quotidian.cli.benchmarking.measure import Search, Setting, Solver, cpu_us, measures, search
from quotidian.cli.benchmarking.roadrunner import RoadRunner
from quotidian.engine.tolerance import TIGHTEST_RTOL, Precision, Tolerance
from quotidian.errors import InvalidInput, how_to_install
from quotidian.version import __version__

TARGETS = (5e-5, 1e-6)
ROUNDS = 3
COPIES = 8
"""Our engine is timed on so many copies of the children: one copy is too short for the clock."""


class Ours:
    """Our engine on one thread, in double precision like every peer."""

    name = "quotidian"
    shares: tuple[float, ...] = (1e-1, 1e-2, 1e-3)
    tightest = 0.0
    precision: Precision = "double"

    def __init__(self, task: Task) -> None:
        self.task = task

    def solve(self, rtol: float, atol: float) -> Floats:
        """States, [child, time, state]."""
        return self.task.solve(Tolerance(rtol=rtol, atol=atol, precision=self.precision))


class OursInSingle(Ours):
    """The same with the stages of a step in single precision."""

    name = "quotidian single"
    tightest = TIGHTEST_RTOL
    precision: Precision = "single"


Peer: TypeAlias = "type[RoadRunner] | type[Diffsol] | type[Amici]"
PEERS: tuple[Peer, ...] = (RoadRunner, Diffsol, Amici)


@dataclass(frozen=True)
class Line:
    """One solver at one target error.

    ``cpu_us`` a child, ``ratio`` to ours in double precision; both None where ``why`` says what kept it from
    being measured.
    ``measure`` names the error, empty for the usual one. ``failed`` counts the tolerances at which the solver
    stopped with an error or returned values that are not finite, while its tolerance was searched.
    """

    name: str
    version: str
    target: float
    setting: Setting | None = None
    cpu_us: float | None = None
    ratio: float | None = None
    why: str = ""
    measure: str = ""
    failed: int = 0


@dataclass(frozen=True)
class Entrant:
    """A solver that takes part, with itself on the children of the clock; or none, and why."""

    name: str
    version: str
    solver: Solver | None = None
    timed: Solver | None = None
    children: int = 0
    why: str = ""


def entrants(task: Task) -> list[Entrant]:
    """Our engine first, in both precisions, then every peer, absent ones with a reason."""
    copies = task.repeated(COPIES)
    ours = [
        Entrant(kind.name, __version__, kind(task), kind(copies), copies.children)
        for kind in (Ours, OursInSingle)
    ]
    return [*ours, *(_peer(kind, task) for kind in PEERS)]


def missing(extra: str) -> str:
    """What is said of a peer that is not installed."""
    return f"not installed. {how_to_install(extra)}"


def _peer(kind: Peer, task: Task) -> Entrant:
    try:
        solver = kind(task)
        return Entrant(kind.name, metadata.version(kind.package), solver, solver, task.children)
    except (ImportError, metadata.PackageNotFoundError):
        return Entrant(kind.name, "", why=missing(kind.extra))
    except InvalidInput as error:  # the exporter lacks a package, or a peer its compiler
        return Entrant(kind.name, "", why=f"{error.what} {error.remedy}")


def contest(
    task: Task,
    targets: Sequence[float] = TARGETS,
    rounds: int = ROUNDS,
    report: Callable[[str], None] = lambda _: None,
) -> list[Line]:
    """One line for each target, measure and solver. ``report`` receives the current step."""
    report("reference")
    reference = task.solve(EXACT)
    lines = []
    everybody = entrants(task)
    for target, measure in product(targets, measures(task)):
        chosen: dict[str, Setting] = {}
        failed: dict[str, int] = {}
        for one in everybody:
            report(f"{one.name}: tolerance for an error of {target:g} {measure.name}".strip())
            if one.solver is not None:
                tried = search(one.solver, reference, target, measure)
                failed[one.name] = tried.failed
                if tried.settings:
                    chosen[one.name] = _cheapest(one.solver, tried, len(reference))
        report(f"clock at an error of {target:g}")
        found = _lines(everybody, target, chosen, _clocked(everybody, chosen, rounds))
        lines += [replace(line, measure=measure.name, failed=failed.get(line.name, 0)) for line in found]
    return lines


def _cheapest(solver: Solver, tried: Search, children: int) -> Setting:
    if len(tried.settings) == 1:
        return tried.settings[0]
    return min(tried.settings, key=lambda setting: cpu_us(solver, setting, children))


def _clocked(everybody: Sequence[Entrant], chosen: Mapping[str, Setting], rounds: int) -> dict[str, float]:
    """Best CPU of each, in turns: a busy moment of the machine meets all alike."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for one in everybody:
            if one.name in chosen and one.timed is not None:
                cost = cpu_us(one.timed, chosen[one.name], one.children)
                best[one.name] = min(cost, best.get(one.name, cost))
    return best


def _lines(
    everybody: Sequence[Entrant], target: float, chosen: Mapping[str, Setting], best: Mapping[str, float]
) -> list[Line]:
    ours = best.get(everybody[0].name)
    lines = []
    for one in everybody:
        cost = best.get(one.name)
        ratio = cost / ours if cost is not None and ours else None
        why = one.why or ("" if cost is not None else "no tolerance reaches this error")
        lines.append(Line(one.name, one.version, target, chosen.get(one.name), cost, ratio, why))
    return lines
