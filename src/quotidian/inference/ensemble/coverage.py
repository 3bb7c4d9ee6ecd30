r"""Is a posterior calibrated? Truths drawn from the prior, data simulated, the truth's place in the answer.

The rank of a truth in its posterior is uniform if prior, likelihood and algorithm agree (Talts S, et al.
arXiv 1804.06788; recalled).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.prior import Prior
from quotidian.inference.ensemble.summaries import Summaries, chance_of_means
from quotidian.inference.ensemble.surrogate import Surrogate, surrogate_of

Floats = NDArray[np.float64]
Z90 = 1.6448536
FOLDS = 4


@dataclass(frozen=True, eq=False)
class Coverage:
    """Share of truths within the central 90 %, and the mean share of the prior's SD that is left, [value]."""

    inside: Floats
    left: Floats

    @property
    def informed(self) -> NDArray[np.int64]:
        """Values of which the data say something, the best known first: less than 0.9 of the SD is left."""
        order = np.argsort(self.left, kind="stable")
        return order[self.left[order] < 0.9]


def coverage(
    scores: Floats, statistics: Floats, summaries: Summaries, prior: Prior,
    beside: tuple[Floats, Floats] | None = None,
) -> Coverage:  # fmt: skip
    """Fit each run of the prior as if it were published, with a surrogate that was learnt from the others.

    Parameters
    ----------
    scores : [run, value] drawn from the prior. statistics : [run, repeat, row] of one trial each. The first
        repeat stands for the published results; the surrogate is learnt from all repeats of other runs.
    beside : scores and statistics of further runs, drawn from anywhere, of which the surrogate is learnt too.
    """
    runs = np.arange(len(scores))
    z = scores if beside is None else np.concatenate([scores, beside[0]])
    y = statistics if beside is None else np.concatenate([statistics, beside[1]])
    means, measured, of_prior = y.mean(axis=1), chance_of_means(y), np.arange(len(z)) < len(scores)
    inside, left = np.zeros(scores.shape), np.zeros(scores.shape)
    for fold in range(FOLDS):
        kept = ~of_prior | (np.arange(len(z)) % FOLDS != fold)
        chance = None if measured is None else measured[kept]
        learnt = surrogate_of(z[kept], means[kept], summaries, chance, of_prior[kept])
        for i in runs[runs % FOLDS == fold]:
            mean, covariance = laplace(learnt, statistics[i, 0], summaries.chance, prior)
            sd = np.sqrt(np.diag(covariance))
            inside[i], left[i] = np.abs(scores[i] - mean) <= Z90 * sd, sd
    return Coverage(inside.mean(axis=0), left.mean(axis=0))


def laplace(surrogate: Surrogate, data: Floats, covariance: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Mean and covariance of the scores about the mode, by Gauss-Newton on the surrogate."""
    weight = np.linalg.inv(covariance + np.diag(surrogate.error))
    precision = np.linalg.inv(prior.correlation)
    z = np.zeros(len(precision))

    def cost(x: Floats) -> float:
        away = data - surrogate(x[None])[0]
        return float(away @ weight @ away + x @ precision @ x)

    for _ in range(12):
        j, away = _slopes(surrogate, z), data - surrogate(z[None])[0]
        step = np.linalg.solve(j.T @ weight @ j + precision, j.T @ weight @ away - precision @ z)
        length = 1.0
        while length > 1e-3 and cost(z + length * step) > cost(z):
            length *= 0.5
        z = z + length * step
    j = _slopes(surrogate, z)
    return z, np.linalg.inv(j.T @ weight @ j + precision)


def _slopes(surrogate: Surrogate, z: Floats) -> Floats:
    """Jacobian [row, value]; central differences are exact for a quadratic."""
    h = 1e-3
    around = np.concatenate([z + h * np.eye(len(z)), z - h * np.eye(len(z))])
    m = surrogate(around)
    return np.asarray((m[: len(z)] - m[len(z) :]).T / (2.0 * h))
