"""The scoreboard as a request: published trials are run and stored, so that a later run can continue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from quotidian.application.executors import Executor, Here, Progress, Shares, WorkList, run_all
from quotidian.application.learning.knowledge import member_overlays, prior_overlays
from quotidian.application.process_executor import Processes
from quotidian.application.scoreboard_archive import ScoreboardRequest, keep_finished, read_finished
from quotidian.application.trial_run import blocks_on
from quotidian.engine import arithmetic, thread_count
from quotidian.evidence import Overlay
from quotidian.trials.benchmarks.labels import labelled
from quotidian.trials.benchmarks.scores import TrialScore, score
from quotidian.trials.protocol.library import design, names

PROCESSES = 2
"""Largest number of trials computed at the same time. The longest takes a quarter of the total, so more
would not be faster."""


def chosen(trials: Sequence[str]) -> tuple[str, ...]:
    """The designs of these names, once each, in the order of the library; all designs if no name is given.

    Raises UnknownName for a design that is not in the library.
    """
    wanted = {design(name).name for name in trials}
    return tuple(name for name in names() if not wanted or name in wanted)


def run_scoreboard(
    request: ScoreboardRequest,
    folder: Path | None = None,
    *,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[TrialScore, ...]:
    """Score the trials. Trials already finished in ``folder`` are read; new ones are stored there.

    Without an executor and with at least two threads, two trials are computed at the same time, each in a
    process. An executor computes blocks of replicates, one trial after another. The result is the same.

    ``progress`` is called with the completed share of children, 0 to 1. Raises UnknownName for a trial
    that is not in the library, OutputError where the folder cannot be written, SolverFailed for a trial
    without result.
    """
    order = chosen(request.trials)
    sizes = [float(design(name).size * (design(name).weeks + 4)) for name in order]
    overlays = member_overlays(request.members)
    ensemble = overlays, prior_overlays(request.members)
    asked = (request.replicates, request.seed, request.portable, folder, ensemble)
    if executor is not None:
        jobs = WorkList(partial(_scored, *asked, 1, executor), order, sizes)
        shares = Shares(jobs.weights, progress)
        found = [jobs.work(name, shares.of(position)) for position, name in enumerate(order)]
        return _judged(found)
    workers = thread_count() if threads is None else threads
    processes = min(PROCESSES, workers, len(order))
    local: Executor = Processes(processes) if processes > 1 else Here()
    work = partial(_scored, *asked, workers // processes, None)
    return _judged(run_all(local, WorkList(work, order, sizes), progress))


def _judged(scores: Sequence[TrialScore]) -> tuple[TrialScore, ...]:
    """Scores whose rows have a label and a skill, if an ensemble was run."""
    return tuple(replace(one, rows=labelled(one.rows)) for one in scores)


def _scored(
    replicates: int, seed: int, portable: bool, folder: Path | None,
    ensemble: tuple[tuple[Overlay, ...], tuple[Overlay, ...]], threads: int,
    executor: Executor | None, name: str, report: Progress,
) -> TrialScore:  # fmt: skip
    """The finished trial from the folder; if it is not there, it is run and stored.

    ``ensemble`` : members, and as many draws of their prior.
    """
    members, prior = ensemble
    asked = (name, replicates, seed, len(members), portable)
    earlier = None if folder is None else read_finished(folder, *asked)
    if earlier is not None:
        return earlier
    away = blocks_on(executor)
    with arithmetic(portable):
        found = score(name, replicates, seed, report, threads, elsewhere=away, members=members, prior=prior)
    if folder is not None:
        keep_finished(folder, found, portable)
    return found
