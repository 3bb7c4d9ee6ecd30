"""Accuracy of a trial: its first replicate, conducted again at a hundredth of the tolerance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.accuracy.cohort_check import largest_errors, tighter
from quotidian.engine import Tolerance, arithmetic
from quotidian.errors import SolverFailed
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.schedule import conduct
from quotidian.trials.conduct.setting import Execution
from quotidian.trials.protocol.design import Trial
from quotidian.trials.result import AccuracyCheck
from quotidian.trials.run import conductor_of

Floats = NDArray[np.float64]
FIRST = range(1)
"""The replicate that is conducted again."""


def check_trial(
    trial: Trial,
    seed: int,
    threads: int | None = None,
    portable: bool = False,
    tolerance: Tolerance | None = None,
    overlay: Overlay = NO_OVERLAY,
) -> AccuracyCheck:
    """Conduct the first replicate at the tolerance of trials and at a hundredth of it, with the same draws.

    ``tolerance`` replaces that of trials, ``overlay`` values of the ledgers. The errors are those of what
    visits record, temperature readings included. A child whose visit was decided otherwise takes another
    course, so it is counted and not compared.
    """
    with arithmetic(portable):
        conductor = conductor_of(trial, seed, threads, overlay=overlay)
        usual = replace(conductor.setting, tolerance=tolerance or conductor.setting.tolerance)
        finer = tighter(usual.tolerance)
        try:
            first, second = (
                conduct(setting, Execution(threads), conductor.selection, FIRST).record
                for setting in (usual, replace(usual, tolerance=finer))
            )
        except SolverFailed as error:
            return AccuracyCheck(finer.rtol, finer.atol, 0, 0, {}, error.what)
    same = _same_course(first, second)
    here, there = (np.array([pair[i] for pair in same], dtype=np.int64) for i in (0, 1))
    found, exact = _values(first, here), _values(second, there)
    errors = {name: _error(found[name], exact[name]) for name in found if name in exact and len(same)}
    return AccuracyCheck(finer.rtol, finer.atol, len(same), first.children - len(same), errors)


def _same_course(first: CaseRecord, second: CaseRecord) -> list[tuple[int, int]]:
    """Places in both records of the children with the same arm and the same events at the same visits."""
    places = {int(number): i for i, number in enumerate(second.number)}
    here, there = _courses(first), _courses(second)
    pairs = [(i, places[int(n)]) for i, n in enumerate(first.number) if int(n) in places]
    return [(i, k) for i, k in pairs if here[i] == there[k] and first.arm[i] == second.arm[k]]


def _courses(record: CaseRecord) -> dict[int, list[tuple[int, str]]]:
    """The events of each child as (week, kind), in order."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for event in record.events:
        found[event.child].append((event.week, event.kind))
    return found


def _values(record: CaseRecord, who: NDArray[np.int64]) -> dict[str, Floats]:
    """What visits recorded of some children, by observable, [child, visit]; temperature, [child, reading]."""
    weeks = list(record.observed.values())
    names = [name for name in weeks[0] if all(name in week for week in weeks)]
    found = {name: np.stack([week[name][who] for week in weeks], axis=1) for name in names}
    return found | {"temperature": np.concatenate([chart[who] for chart in record.charts], axis=1)}


def _error(values: Floats, exact: Floats) -> float:
    """The largest relative error of one observable where both records have a number."""
    both = np.isfinite(values) & np.isfinite(exact)
    found = largest_errors(np.where(both, values, 0.0)[:, :, None], np.where(both, exact, 0.0)[:, :, None])
    return float(found[0])


def as_plain(found: AccuracyCheck) -> dict[str, Any]:
    """A check in the form of a manifest, errors to three digits."""
    errors = {name: float(f"{error:.3g}") for name, error in found.errors.items()}
    fields = asdict(found) | {"replicate": FIRST[0], "largest_relative_error": errors}
    del fields["errors"]
    return {key: value for key, value in fields.items() if value != ""}
