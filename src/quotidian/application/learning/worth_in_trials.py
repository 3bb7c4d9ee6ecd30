"""What members of an ensemble expect of the rows of a trial, by a surrogate learnt from their runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from quotidian.application.executors import Executor, Here, Progress, WorkList, run_all
from quotidian.application.learning.worth_request import TrialKey
from quotidian.application.process_executor import Processes
from quotidian.errors import InvalidInput, SolverFailed
from quotidian.evidence import Overlay
from quotidian.inference.ensemble.summaries import Summaries, SummaryRow, summaries_from
from quotidian.inference.ensemble.surrogate import surrogate_of
from quotidian.statistics.near_normal import scale_of
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.protocol.library import design
from quotidian.trials.rows import EndpointRow
from quotidian.trials.run import follow

Floats = NDArray[np.float64]
CENTRE_RUNS = 16
"""Trials with the mean values of the members, which measure chance."""
FEWEST = 0.9
"""Share of runs in which a row must have a number."""
Numbers = dict[tuple[str, str, int], tuple[float, str]]


@dataclass(frozen=True)
class Job:
    """One virtual trial with the values of one member."""

    overlay: Overlay
    seed: int


@dataclass(frozen=True, eq=False)
class TrialRows:
    """Expected rows by member.

    Attributes
    ----------
    keys, summaries : of the rows. expected : [member, row] on their scales. error : [row] variance of the
        surrogate's own error. outcome : place of the outcome. failed : runs without a result.
    """

    keys: tuple[TrialKey, ...]
    summaries: Summaries
    expected: Floats
    error: Floats
    outcome: int
    failed: int


def trial_rows(
    key: TrialKey, members: Sequence[Overlay], centre: Overlay, scores: Floats, seed: int,
    executor: Executor | None = None, workers: int = 1, progress: Callable[[float], None] | None = None,
) -> TrialRows:  # fmt: skip
    """Run the trial once with the values of each member, and learn what is expected of its rows.

    Parameters
    ----------
    scores : [member, value]; those of ``centre`` are 0. The rows are those with a published number, and the
        outcome itself.

    Raises InvalidInput where the outcome has no number in nine of ten runs, or half of the runs have no
    result.
    """
    seeds = range(seed * 1_000_003, seed * 1_000_003 + CENTRE_RUNS + len(members))
    jobs = [Job(one, s) for one, s in zip([centre] * CENTRE_RUNS + list(members), seeds, strict=True)]
    where = executor or (Processes(min(workers, len(jobs))) if workers > 1 else Here())
    found = run_all(where, WorkList(partial(_numbers, key), jobs), progress)
    ran = np.array([bool(numbers) for numbers in found])
    if ran.mean() < 0.5:
        raise InvalidInput(
            f"Only {ran.sum()} of {len(ran)} runs of '{key.trial}' have a result.",
            "At least half are needed.",
            "Choose another trial.",
        )
    rows, y = _gathered(key, found, ran)
    ready = np.asarray(np.isfinite(y).all(axis=1))
    summaries = summaries_from([row for _, row in rows], y[:CENTRE_RUNS][ready[:CENTRE_RUNS]])
    own = ready[CENTRE_RUNS:]
    surrogate = surrogate_of(scores[own], y[CENTRE_RUNS:][own], summaries)
    keys = tuple(one for one, _ in rows)
    return TrialRows(
        keys, summaries, surrogate(scores), surrogate.error, keys.index(key), int((~ready).sum())
    )


def _numbers(key: TrialKey, job: Job, report: Progress) -> Numbers:
    """Rows of one trial: the published ones and the outcome; none where the run failed."""
    plan = design(key.trial)
    try:
        records = follow(plan, 1, job.seed, threads=1, overlay=job.overlay).records
    except (SolverFailed, InvalidInput):
        return {}
    report(1.0)
    return {
        (row.arm, row.endpoint, row.week): (row.virtual, row.unit)
        for row in endpoint_rows(plan, records, entry=True)
        if row.published is not None or _is(row, key)
    }


def _is(row: EndpointRow, key: TrialKey) -> bool:
    return (row.arm, row.endpoint, row.week) == (key.arm, key.endpoint, key.week)


def _gathered(
    key: TrialKey, found: Sequence[Numbers], ran: NDArray[np.bool_]
) -> tuple[list[tuple[TrialKey, SummaryRow]], Floats]:
    """Rows that have a number in nine of ten runs, and their statistics [run, row] on their scales."""
    plan = design(key.trial)
    rows, columns = [], []
    for place in dict.fromkeys(p for numbers in found for p in numbers):
        arm, endpoint, week = place
        x = np.array([numbers.get(place, (np.nan, ""))[0] for numbers in found])
        known = np.isfinite(x)
        if known[ran].mean() < FEWEST or np.ptp(x[known]) == 0.0:
            continue
        unit = next(numbers[place][1] for numbers in found if place in numbers)
        children = plan.arms[arm].children if arm in plan.arms else plan.size
        own = TrialKey(key.trial, endpoint, arm, week)
        scale = scale_of(endpoint, unit, float(x[known].min()))
        row = SummaryRow(str(own), key.trial, scale, float(np.median(x[known])), children)
        rows.append((own, row))
        columns.append(row.on_scale(x))
    if key not in [one for one, _ in rows]:
        raise InvalidInput(
            f"'{key}' lacks a value in more than 10 % of the runs, or has the same value in all.",
            "The design does not record it there, or no child has the finding.",
            "Choose another endpoint, arm or --week.",
        )
    return rows, np.column_stack(columns)
