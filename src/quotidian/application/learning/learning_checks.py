"""How far what was learnt can be trusted: two algorithms, weights of real runs, trials left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.learning.ensemble_runs import complete
from quotidian.application.learning.learning_run import Learnt
from quotidian.inference.ensemble.sampling import sample, synthetic_likelihood
from quotidian.inference.ensemble.summaries import Summaries
from quotidian.inference.resampling import pareto_k
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Z95 = 1.9599640
LEFT_OUT_DRAWS = 400
FEWEST_CONFIRMED = 25
"""Confirmed draws from which Pareto k and the error of the surrogate are computed."""


@dataclass(frozen=True, eq=False)
class RowSummary:
    """Every row before and after, on the unit of the row, [row] each.

    ``chance`` is the interval at the mean of the posterior, ``known`` adds parameter uncertainty,
    ``discrepancy`` what the model may miss. ``prior`` is the interval before any row was read.
    """

    expected: Floats
    prior: tuple[Floats, Floats]
    chance: tuple[Floats, Floats]
    known: tuple[Floats, Floats]
    discrepancy: tuple[Floats, Floats]


def row_summary(learnt: Learnt) -> RowSummary:
    """Central 95 % of each row by each source of uncertainty."""
    m, s = learnt.surrogate(learnt.scores), learnt.summaries
    chance, mean = np.diag(s.chance), m.mean(axis=0)
    ignorance = m.var(axis=0) + learnt.surrogate.error

    def interval(variance: Floats) -> tuple[Floats, Floats]:
        half = Z95 * np.sqrt(variance)
        return _in_unit(learnt, mean - half), _in_unit(learnt, mean + half)

    low, high = np.quantile(np.concatenate(learnt.first), (0.025, 0.975), axis=0)
    return RowSummary(
        _in_unit(learnt, mean),
        (_in_unit(learnt, low), _in_unit(learnt, high)),
        interval(chance),
        interval(chance + ignorance),
        interval(chance + ignorance + s.discrepancy),
    )


def _in_unit(learnt: Learnt, y: Floats) -> Floats:
    return np.array([row.summary.from_scale(y[i : i + 1])[0] for i, row in enumerate(learnt.rows)])


def agreement(learnt: Learnt) -> float | None:
    """Root mean square distance of smoother and surrogate over informed values, in posterior SD.

    None for a single draw, which has no SD.
    """
    informed = learnt.coverage.informed
    if not len(informed):
        return 0.0
    if len(learnt.scores) < 2:
        return None
    mean, sd = learnt.scores.mean(axis=0), learnt.scores.std(axis=0)
    away = (learnt.smoother.mean(axis=0) - mean) / sd
    return round(float(np.sqrt((away[informed] ** 2).mean())), 3)


def confirmed_k(learnt: Learnt) -> float:
    """Pareto k of the weights of real runs over the surrogate, over the draws that were run for real.

    The likelihood of real runs allows for their chance. With few trials a draw this chance alone makes k
    large: 0.5 to 1.5 with two trials of each and a surrogate without error, -0.1 to 0.6 with twenty.
    """
    ready = complete(learnt.confirmed)
    s, own = learnt.summaries, learnt.scores[: len(learnt.confirmed)][ready]
    noisy = Summaries(s.rows, (1.0 + 1.0 / learnt.confirmed.shape[1]) * s.chance, s.discrepancy)
    y = learnt.confirmed[ready].mean(axis=1)
    real = synthetic_likelihood(lambda _: y, noisy)(own)
    near = synthetic_likelihood(learnt.surrogate, s, learnt.surrogate.error)(own)
    return pareto_k(real - near)


def surrogate_error(learnt: Learnt) -> Floats:
    """SD of the surrogate's own error over that of chance, [row].

    From the confirmed draws where they suffice: they belong to the posterior, and no fit has seen them. The
    mean product of the residuals of two halves of their trials holds no chance. Else from runs left out.
    """
    chance = np.diag(learnt.summaries.chance)
    ready = complete(learnt.confirmed)
    half = learnt.confirmed.shape[1] // 2
    if ready.sum() < FEWEST_CONFIRMED or not half:
        return np.asarray(np.sqrt(learnt.surrogate.error / chance))
    expected = learnt.surrogate(learnt.scores[: len(learnt.confirmed)][ready])
    y = learnt.confirmed[ready]
    one, other = y[:, :half].mean(axis=1) - expected, y[:, half:].mean(axis=1) - expected
    return np.asarray(np.sqrt(np.maximum((one * other).mean(axis=0), 0.0) / chance))


def informative(learnt: Learnt) -> NDArray[np.bool_]:
    """Rows that the values move by more than half the SD of chance over the prior, [row]."""
    m = learnt.surrogate(learnt.prior.draw(Streams(learnt.request.seed), LEFT_OUT_DRAWS))
    return np.asarray(m.var(axis=0) > 0.25 * np.diag(learnt.summaries.chance))


@dataclass(frozen=True)
class LeftOut:
    """A trial that was left out: rows, and how many of them lie in the predicted 95 %."""

    trial: str
    rows: int
    by_chance: int
    known: int
    with_discrepancy: int


def left_out(learnt: Learnt) -> tuple[LeftOut, ...]:
    """Each trial predicted from the rows of the others, on the surrogate.

    The surrogate was learnt from runs that all rows had steered; its likelihood reads only the rows kept.
    """
    trials = np.array([row.summary.trial for row in learnt.rows])
    return tuple(_left_out(learnt, name, trials) for name in dict.fromkeys(trials.tolist()))


def _left_out(learnt: Learnt, trial: str, trials: NDArray[np.str_]) -> LeftOut:
    own, others = np.flatnonzero(trials == trial), np.flatnonzero(trials != trial)
    s, surrogate, streams = learnt.summaries, learnt.surrogate, Streams(learnt.request.seed)
    if len(others):
        kept, error = s.only(others.tolist()), surrogate.error[others]
        likelihood = synthetic_likelihood(lambda z: surrogate(z)[:, others], kept, error)
        z = sample(likelihood, learnt.prior, streams, LEFT_OUT_DRAWS).scores
    else:
        z = learnt.prior.draw(streams, LEFT_OUT_DRAWS)
    m = surrogate(z)[:, own]
    away = np.abs(s.data[own] - m.mean(axis=0))
    chance = np.diag(s.chance)[own]
    known = chance + m.var(axis=0) + surrogate.error[own]
    whole = known + s.discrepancy[own]
    inside = [int((away <= Z95 * np.sqrt(v)).sum()) for v in (chance, known, whole)]
    return LeftOut(trial, len(own), *inside)
