"""Learning from published results: smoother, surrogate, sampling and their checks, in that order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.executors import Executor, Progress
from quotidian.application.learning.ensemble_runs import EnsembleRuns, complete, countable
from quotidian.application.learning.learnt_rows import LearntRow, learnt_rows
from quotidian.application.learning.learnt_values import learnt_names, learnt_prior
from quotidian.application.provenance import digest, environment
from quotidian.errors import ComputationFailed, InvalidInput
from quotidian.inference.ensemble.coverage import Coverage, coverage
from quotidian.inference.ensemble.prior import Prior
from quotidian.inference.ensemble.sampling import sample, synthetic_likelihood
from quotidian.inference.ensemble.smoother import smoothed
from quotidian.inference.ensemble.summaries import Summaries, at_runs, chance_of_means, summaries_from
from quotidian.inference.ensemble.surrogate import Surrogate, surrogate_of
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
TRIALS = (
    "tender", "canakinumab-single", "canakinumab-febrile", "canakinumab-afebrile", "moscow-cohort",
    "anakinra",
)  # fmt: skip
"""Trials that are read by default: those with calibration rows of response, and of inflammation at entry.

The values of tofacitinib would have to be learnt with its rows. Trials of two years cost as much as all of
these, for three rows of withdrawal and safety and seven of growth.
"""
FIRST_REFINED = 1_000_000
"""Number of the first chain of refined members: beyond those of the final ones, so that none is shared."""
FEWEST = 8
"""Runs of a step, and at the centre of the prior, below which sampling variation is not estimated."""


@dataclass(frozen=True)
class LearningRequest:
    """What to learn, from what, and how large the ensemble is.

    Parameters
    ----------
    trials : whose calibration rows are read; ``leave_out`` are taken from them.
    values : full names of the values; empty for the default ones.
    members, steps : of the smoother. Without steps all members are of the prior, and the smoother moves them
        once without a further run, for comparison. replicates : trials at the centre that measure chance.
    repeats : trials of each design with each member; their differences measure chance at its values.
    refined : members drawn from the posterior of a first surrogate and run; the surrogate is then learnt
        anew from these runs as well. 0 keeps the first one.
    draws : members that are kept. confirmed : how many of these are run for real. confirmed_repeats :
        trials of each design with each of these; their chance must be small beside the surrogate's error.
    """

    trials: tuple[str, ...] = TRIALS
    leave_out: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    seed: int = 1
    members: int = 100
    steps: int = 4
    repeats: int = 2
    replicates: int = 40
    refined: int = 100
    draws: int = 200
    confirmed: int = 40
    confirmed_repeats: int = 20

    @property
    def at_centre(self) -> int:
        """Runs at the centre: so many that their repeats make up the replicates."""
        return -(-self.replicates // self.repeats)

    @property
    def runs(self) -> int:
        """Members that are run, all steps together."""
        return self.at_centre + self.members * (self.steps + 1) + self.refined + self.confirmed

    @property
    def trials_of_a_design(self) -> int:
        """Virtual trials of each design, all members together."""
        return (self.runs - self.confirmed) * self.repeats + self.confirmed * self.confirmed_repeats


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt.

    Attributes
    ----------
    members : [draw, value] values in the unit of the ledger. scores : the same as scores.
    first, last : statistics [member, repeat, row] of the prior's members and of the smoother's last step.
    confirmed : statistics [draw, repeat, row] of real runs of the first draws.
    smoother : [member, value] scores after the last step. misfit : of the mean by step, and of the refined
    members.
    """

    request: LearningRequest
    rows: tuple[LearntRow, ...]
    prior: Prior
    summaries: Summaries
    surrogate: Surrogate
    scores: Floats
    members: Floats
    first: Floats
    last: Floats
    confirmed: Floats
    smoother: Floats
    misfit: tuple[float, ...]
    coverage: Coverage
    failed: int
    identity: dict[str, Any] = field(default_factory=dict)


def identity_of(request: LearningRequest, rows: Sequence[LearntRow], prior: Prior) -> dict[str, Any]:
    """Everything that can change a number: request, rows with their data, priors, program and platform."""
    return {
        "request": {name: list(x) if isinstance(x, tuple) else x for name, x in asdict(request).items()},
        "rows": [[row.claim.id, row.summary.scale, row.summary.datum, row.summary.n] for row in rows],
        "prior": [[v.name, v.median, v.sd, v.shape, v.low, v.high] for v in prior.values],
        "correlation": digest({"r": prior.correlation.tolist()}),
        **environment(),
    }


def learn(
    request: LearningRequest, folder: Path | None = None, *, workers: int = 1,
    executor: Executor | None = None, progress: Progress | None = None,
) -> Learnt:  # fmt: skip
    """Learn the values from the rows. Parts already finished in ``folder`` are read.

    ``progress`` is called with the completed share. Raises UnknownName for an unknown trial or value,
    InvalidInput without rows or with fewer runs of a step than ``FEWEST``, ComputationFailed where most runs
    have no result.
    """
    _refuse_small(request)
    prior = learnt_prior(request.values or learnt_names())
    rows = learnt_rows(request.trials, request.leave_out)
    known = identity_of(request, rows, prior)
    own = digest({name: x for name, x in known.items() if name != "request"})
    runs = EnsembleRuns(rows, prior, request.seed, own, folder, workers, executor, request.repeats)
    share = _Shares(request, progress)
    streams = Streams(request.seed)
    count = request.at_centre
    centre = runs.run("centre", 0, np.zeros((count, len(prior.values))), share.next(count))
    kept = countable(rows, centre)
    rows = tuple(rows[i] for i in kept)
    ready = complete(centre[..., kept]) & (len(kept) > 0)
    _refuse_failed(ready)
    around = np.concatenate(centre[ready][..., kept])
    walk = _walked(
        request, runs, summaries_from([row.summary for row in rows], around), prior, streams, kept, share
    )
    smoother, last = walk.scores[-1], walk.statistics[-1]
    if request.refined:
        walk = _refined(request, runs, walk, prior, streams, kept, share)
    summaries, surrogate = _surrogate(walk)
    scores = _posterior(surrogate, summaries, prior, streams, request.draws)
    often = replace(runs, repeats=request.confirmed_repeats)
    number = request.steps + 3
    confirmed = often.run("confirmed", number, scores[: request.confirmed], share.of_confirmed())
    checked = _coverage(walk, summaries, prior)
    if not request.steps:
        means = last.mean(axis=1)
        smoother = smoothed(smoother, means, summaries, 1.0, streams, 0, repeats=request.repeats)
    confirmed = confirmed[..., kept]
    return Learnt(
        request, rows, prior, summaries, surrogate, scores, prior.at(scores), walk.statistics[0],
        last, confirmed, smoother, walk.misfit, checked,
        walk.failed + int((~ready).sum()) + int((~complete(confirmed)).sum()), known,
    )  # fmt: skip


def _coverage(walk: _Walk, summaries: Summaries, prior: Prior) -> Coverage:
    """Of the prior's members, with a surrogate that is learnt from the later steps, too."""
    (z, *later_z), (y, *later_y) = walk.scores, walk.statistics
    beside = (np.concatenate(later_z), np.concatenate(later_y)) if later_z else None
    return coverage(z, y, summaries, prior, beside)


def _surrogate(walk: _Walk) -> tuple[Summaries, Surrogate]:
    """Learnt from the runs of every step; chance and its error are those at the members of the last one."""
    summaries = at_runs(walk.summaries, walk.statistics[-1])
    z, y = np.concatenate(walk.scores), np.concatenate(walk.statistics)
    near = np.arange(len(z)) >= len(z) - len(walk.scores[-1])
    return summaries, surrogate_of(z, y.mean(axis=1), summaries, chance_of_means(y), near)


def _posterior(
    surrogate: Surrogate, summaries: Summaries, prior: Prior, streams: Streams, draws: int, first: int = 0
) -> Floats:
    """Scores [draw, value] drawn from the posterior of a surrogate; other draws for another ``first``."""
    likelihood = synthetic_likelihood(surrogate, summaries, surrogate.error)
    return sample(likelihood, prior, streams, draws, first=first).scores


@dataclass(frozen=True, eq=False)
class _Walk:
    """Scores and statistics of every step, complete runs only."""

    summaries: Summaries
    scores: list[Floats]
    statistics: list[Floats]
    misfit: tuple[float, ...]
    failed: int


def _walked(
    request: LearningRequest, runs: EnsembleRuns, summaries: Summaries, prior: Prior, streams: Streams,
    kept: NDArray[np.int64], share: _Shares,
) -> _Walk:  # fmt: skip
    """The smoother's steps. A member without a result is left out from then on."""
    z, misfit, failed = prior.draw(streams, request.members), list[float](), 0
    scores, found = list[Floats](), list[Floats]()
    for step in range(request.steps + 1):
        y = runs.run(f"step{step}", step + 1, z, share.next(request.members))[..., kept]
        ready = complete(y)
        _refuse_failed(ready)
        failed += int((~ready).sum())
        z, y = z[ready], y[ready]
        scores.append(z)
        found.append(y)
        misfit.append(_misfit(y.mean(axis=(0, 1)), summaries))
        if step < request.steps:
            z = smoothed(
                z, y.mean(axis=1), summaries, float(request.steps), streams, step, repeats=request.repeats
            )
    return _Walk(summaries, scores, found, tuple(misfit), failed)


def _refined(
    request: LearningRequest, runs: EnsembleRuns, walk: _Walk, prior: Prior, streams: Streams,
    kept: NDArray[np.int64], share: _Shares,
) -> _Walk:  # fmt: skip
    """The walk with a last step of independent draws from the posterior of a first surrogate.

    Members of the smoother's steps descend from each other, and fewer of them lie where the posterior is.
    """
    summaries, first = _surrogate(walk)
    z = _posterior(first, summaries, prior, streams, request.refined, FIRST_REFINED)
    y = runs.run("refined", request.steps + 2, z, share.next(request.refined))[..., kept]
    ready = complete(y)
    _refuse_failed(ready)
    z, y = z[ready], y[ready]
    misfit = (*walk.misfit, _misfit(y.mean(axis=(0, 1)), walk.summaries))
    failed = walk.failed + int((~ready).sum())
    return _Walk(walk.summaries, [*walk.scores, z], [*walk.statistics, y], misfit, failed)


def _misfit(mean: Floats, summaries: Summaries) -> float:
    """Squared distance of the data from expected statistics, in units of chance and discrepancy."""
    away = summaries.data - mean
    return float(away @ np.linalg.solve(summaries.covariance, away))


def _refuse_small(request: LearningRequest) -> None:
    if min(request.members, request.at_centre) < FEWEST:
        raise InvalidInput(
            f"The ensemble is too small: {request.members} members, and {request.at_centre} at the centre of "
            f"the prior ({request.replicates} replicates, {request.repeats} for each).",
            f"Sampling variation and the smoother need at least {FEWEST} of each.",
            f"Give at least {FEWEST} members, and {FEWEST * request.repeats} replicates.",
        )


def _refuse_failed(ready: NDArray[np.bool_]) -> None:
    if ready.mean() < 0.5 or ready.sum() < FEWEST:
        raise ComputationFailed(
            f"Only {int(ready.sum())} of {len(ready)} runs of the ensemble have a result.",
            "In the others too few children were eligible, or the solver failed.",
            "Learn fewer values, or narrow their uncertainty in the ledger.",
        )


class _Shares:
    """The completed share over the stages of a run."""

    def __init__(self, request: LearningRequest, progress: Progress | None) -> None:
        self._confirmed = request.confirmed * request.confirmed_repeats / request.repeats
        self._total = request.runs - request.confirmed + self._confirmed
        self._progress, self._done = progress, 0.0

    def of_confirmed(self) -> Callable[[float], None]:
        """The callable of the last stage, whose members are run more often."""
        return self.next(self._confirmed)

    def next(self, members: float) -> Callable[[float], None]:
        """The callable of a stage with so many members."""
        before, self._done = self._done, self._done + members

        def report(share: float) -> None:
            if self._progress is not None:
                self._progress(min((before + share * members) / self._total, 1.0))

        return report
