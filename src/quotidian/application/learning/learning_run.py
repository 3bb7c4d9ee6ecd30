"""Learning from published results: smoother, surrogate, sampling and their checks, in that order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.executors import Executor, Progress
from quotidian.application.learning.ensemble_runs import EnsembleRuns, complete, countable
from quotidian.application.learning.ensemble_walk import (
    Shares,
    Walk,
    posterior_draws,
    refined_walk,
    refuse_failed,
    surrogate_at,
    walked,
)
from quotidian.application.learning.learning_request import LearningRequest, refuse_small
from quotidian.application.learning.learnt_rows import LearntRow, learnt_rows
from quotidian.application.learning.learnt_values import learnt_names, learnt_prior
from quotidian.application.provenance import digest, environment
from quotidian.inference.ensemble.coverage import Coverage, coverage
from quotidian.inference.ensemble.prior import Prior
from quotidian.inference.ensemble.smoother import smoothed
from quotidian.inference.ensemble.summaries import Summaries, summaries_from
from quotidian.inference.ensemble.surrogate import Surrogate
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt.

    Attributes
    ----------
    members : [draw, value] values in the unit of the ledger. scores : the same as scores.
    first : statistics [member, repeat, row] of the prior's members.
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
    refuse_small(request)
    prior = learnt_prior(request.values or learnt_names())
    rows = learnt_rows(request.trials, request.leave_out)
    known = identity_of(request, rows, prior)
    own = digest({name: x for name, x in known.items() if name != "request"})
    runs = EnsembleRuns(rows, prior, request.seed, own, folder, workers, executor, request.repeats)
    share = Shares(request, progress)
    streams = Streams(request.seed)
    count = request.at_centre
    centre = runs.run("centre", 0, np.zeros((count, len(prior.values))), share.next(count))
    kept = countable(rows, centre)
    rows = tuple(rows[i] for i in kept)
    ready = complete(centre[..., kept]) & (len(kept) > 0)
    refuse_failed(ready)
    around = np.concatenate(centre[ready][..., kept])
    walk = walked(
        request, runs, summaries_from([row.summary for row in rows], around), prior, streams, kept, share
    )
    smoother, last = walk.scores[-1], walk.statistics[-1]
    if request.refined:
        walk = refined_walk(request, runs, walk, prior, streams, kept, share)
    summaries, surrogate = surrogate_at(walk)
    scores = posterior_draws(surrogate, summaries, prior, streams, request.draws)
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
        confirmed, smoother, walk.misfit, checked,
        walk.failed + int((~ready).sum()) + int((~complete(confirmed)).sum()), known,
    )  # fmt: skip


def _coverage(walk: Walk, summaries: Summaries, prior: Prior) -> Coverage:
    """Of the prior's members, with a surrogate that is learnt from the later steps, too."""
    (z, *later_z), (y, *later_y) = walk.scores, walk.statistics
    beside = (np.concatenate(later_z), np.concatenate(later_y)) if later_z else None
    return coverage(z, y, summaries, prior, beside)
