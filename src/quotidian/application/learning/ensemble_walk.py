"""The steps of an ensemble: from the prior by the smoother, then to draws of a first posterior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.executors import Progress
from quotidian.application.learning.ensemble_runs import EnsembleRuns, complete
from quotidian.application.learning.learning_request import FEWEST, LearningRequest
from quotidian.errors import ComputationFailed
from quotidian.inference.ensemble.prior import Prior
from quotidian.inference.ensemble.sampling import sample, synthetic_likelihood
from quotidian.inference.ensemble.smoother import smoothed
from quotidian.inference.ensemble.summaries import Summaries, at_runs, chance_of_means
from quotidian.inference.ensemble.surrogate import Surrogate, surrogate_of
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
FIRST_REFINED = 1_000_000
"""Number of the first chain of refined members: beyond those of the final ones, so that none is shared."""


@dataclass(frozen=True, eq=False)
class Walk:
    """Scores and statistics of every step, complete runs only."""

    summaries: Summaries
    scores: list[Floats]
    statistics: list[Floats]
    misfit: tuple[float, ...]
    failed: int


def walked(
    request: LearningRequest, runs: EnsembleRuns, summaries: Summaries, prior: Prior, streams: Streams,
    kept: NDArray[np.int64], share: Shares,
) -> Walk:  # fmt: skip
    """The smoother's steps. A member without a result is left out from then on."""
    z, misfit, failed = prior.draw(streams, request.members), list[float](), 0
    scores, found = list[Floats](), list[Floats]()
    for step in range(request.steps + 1):
        y = runs.run(f"step{step}", step + 1, z, share.next(request.members))[..., kept]
        ready = complete(y)
        refuse_failed(ready)
        failed += int((~ready).sum())
        z, y = z[ready], y[ready]
        scores.append(z)
        found.append(y)
        misfit.append(_misfit(y.mean(axis=(0, 1)), summaries))
        if step < request.steps:
            z = smoothed(
                z, y.mean(axis=1), summaries, float(request.steps), streams, step, repeats=request.repeats
            )
    return Walk(summaries, scores, found, tuple(misfit), failed)


def refined_walk(
    request: LearningRequest, runs: EnsembleRuns, walk: Walk, prior: Prior, streams: Streams,
    kept: NDArray[np.int64], share: Shares,
) -> Walk:  # fmt: skip
    """The walk with a last step of independent draws from the posterior of a first surrogate.

    Members of the smoother's steps descend from each other, and fewer of them lie where the posterior is.
    """
    summaries, first = surrogate_at(walk)
    z = posterior_draws(first, summaries, prior, streams, request.refined, FIRST_REFINED)
    y = runs.run("refined", request.steps + 2, z, share.next(request.refined))[..., kept]
    ready = complete(y)
    refuse_failed(ready)
    z, y = z[ready], y[ready]
    misfit = (*walk.misfit, _misfit(y.mean(axis=(0, 1)), walk.summaries))
    failed = walk.failed + int((~ready).sum())
    return Walk(walk.summaries, [*walk.scores, z], [*walk.statistics, y], misfit, failed)


def _misfit(mean: Floats, summaries: Summaries) -> float:
    """Squared distance of the data from expected statistics, in units of chance and discrepancy."""
    away = summaries.data - mean
    return float(away @ np.linalg.solve(summaries.covariance, away))


def surrogate_at(walk: Walk) -> tuple[Summaries, Surrogate]:
    """Learnt from the runs of every step; chance and its error are those at the members of the last one."""
    summaries = at_runs(walk.summaries, walk.statistics[-1])
    z, y = np.concatenate(walk.scores), np.concatenate(walk.statistics)
    near = np.arange(len(z)) >= len(z) - len(walk.scores[-1])
    return summaries, surrogate_of(z, y.mean(axis=1), summaries, chance_of_means(y), near)


def posterior_draws(
    surrogate: Surrogate, summaries: Summaries, prior: Prior, streams: Streams, draws: int, first: int = 0
) -> Floats:
    """Scores [draw, value] drawn from the posterior of a surrogate; other draws for another ``first``."""
    likelihood = synthetic_likelihood(surrogate, summaries, surrogate.error)
    return sample(likelihood, prior, streams, draws, first=first).scores


def refuse_failed(ready: NDArray[np.bool_]) -> None:
    """Raises ComputationFailed where most of the runs [member] have no result."""
    if ready.mean() < 0.5 or ready.sum() < FEWEST:
        raise ComputationFailed(
            f"Only {int(ready.sum())} of {len(ready)} runs of the ensemble have a result.",
            "In the others too few children were eligible, or the solver failed.",
            "Learn fewer values, or narrow their uncertainty in the ledger.",
        )


class Shares:
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
