r"""Importance resampling of one subject's posterior from its modes.

The first proposals are normal about each mode with covariance :math:`s^2 H^{-1}`, mixed over modes and
widths s; the others follow a regression of the first predictions. Weights are posterior over proposal. The
tail of the weights decides whether they can be trusted: Pareto k below 0.7 (Vehtari A, et al. Pareto smoothed
importance sampling, J Mach Learn Res 2024;25:72), and enough effective draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of
from quotidian.inference.proposals import Mixture, Proposals, guided, log_posterior
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
SAME_MODE = 0.3  # of the posterior SD in every direction: modes that are closer are one
LEAST_ESS, MOST_K = 50.0, 0.7
ROUNDS = 4  # of proposals


@dataclass(frozen=True, eq=False)
class Resampled:
    """Draws of a posterior.

    Attributes
    ----------
    kept : [draw, effect] equally probable. objective : [draw] -2 times their log density, up to a constant.
    mean, sd : [effect] by the weights. variance_se : [effect] Monte Carlo standard error of the square of
    ``sd``. ess : effective number of proposals. pareto_k : shape of the tail of
    the weights. proposals : how many there were.
    """

    kept: Floats
    objective: Floats
    mean: Floats
    sd: Floats
    ess: float
    pareto_k: float
    proposals: int
    variance_se: Floats

    @property
    def trusted(self) -> bool:
        """Whether there were enough effective draws, without a heavy tail."""
        return bool(self.ess >= LEAST_ESS and self.pareto_k < MOST_K)


def distinct_modes(eta: Floats, objective: Floats, hessian: Floats) -> list[tuple[Floats, float, Floats]]:
    """Modes that differ by more than a part of the posterior SD, the best first."""
    found: list[tuple[Floats, float, Floats]] = []
    for i in np.argsort(objective, kind="stable"):
        away = [float(np.sqrt((eta[i] - e) @ h @ (eta[i] - e) / len(e))) for e, _, h in found]
        if all(a > SAME_MODE for a in away):
            found.append((eta[i], float(objective[i]), hessian[i]))
    return found


def resampled(
    model: MixedModel, at: Parameters, centres: Floats, hessians: Floats, probability: Floats,
    streams: Streams, draws: int, kept: int,
) -> Resampled:  # fmt: skip
    """Draw from the posterior of subject 0 about its modes.

    Parameters
    ----------
    centres : [mode, effect]. hessians : [mode, effect, effect]. probability : [mode], in any measure.
    draws, kept : proposals, and draws that are returned. Each third of the proposals guides the next; as many
        more are added where the weights cannot be trusted. All proposals count, weighed by the mixture of
        all rounds (Cornuet JM, et al. Scand J Stat 2012;39:798).
    """
    mixture = Mixture(centres, inverse_of(hessians), probability / probability.sum())
    proposals, counts = list[Proposals]([mixture]), [-(-draws // 3)]
    x, f = np.zeros((0, centres.shape[1])), np.zeros((0, model.data.value.shape[1]))
    for round_ in range(ROUNDS):
        new = proposals[-1].draw(streams, round_, counts[-1])
        who = np.zeros(len(new), dtype=np.int64)
        x = np.concatenate([x, new])
        f = np.concatenate([f, model.predictor.predict(who, model.predictors(who, new, at.theta))])
        log_p = log_posterior(model, at, f, x)
        log_w = log_p - _log_mean([own.log_density(x) for own in proposals], counts)
        w = np.exp(log_w - log_w.max())
        w /= w.sum()
        ess, k = 1.0 / float((w**2).sum()), pareto_k(log_w)
        if round_ == ROUNDS - 1 or (len(x) >= draws and ess >= LEAST_ESS and k < MOST_K):
            break
        proposals.append(guided(model, at, mixture, x, f, streams, ROUNDS + round_))
        counts.append(min(counts[0], draws - len(x)) if len(x) < draws else draws)
    mean = w @ x
    variance = w @ (x - mean) ** 2
    error = np.sqrt(w**2 @ ((x - mean) ** 2 - variance) ** 2)  # delta method, of self-normalised weights
    places = np.searchsorted(np.cumsum(w), (np.arange(kept) + 0.5) / kept)
    places = np.minimum(places, len(x) - 1)
    return Resampled(x[places], -2.0 * log_p[places], mean, np.sqrt(variance), ess, k, len(x), error)


def _log_mean(logs: list[Floats], counts: list[int]) -> Floats:
    """Logarithm of the mean of densities [draw] by these counts."""
    weighted = np.stack([log + np.log(n) for log, n in zip(logs, counts, strict=True)])
    return np.asarray(np.logaddexp.reduce(weighted, axis=0) - np.log(sum(counts)))


def pareto_k(log_weights: Floats) -> float:
    r"""Shape of the generalised Pareto distribution of the largest weights.

    The estimator of Zhang J, Stephens MA. Technometrics 2009;51:316, over the largest
    :math:`\min(n/5, 3\sqrt n)` weights.
    """
    finite = log_weights[np.isfinite(log_weights)]
    count = int(min(len(finite) / 5, 3 * np.sqrt(len(finite))))
    if count < 5:
        return float("inf")
    ordered = np.sort(np.exp(finite - finite.max()))
    x = ordered[-count:] - ordered[-count - 1]
    x = x[x > 0]
    n = len(x)
    if n < 5:
        return float("inf")
    m = 30 + int(np.sqrt(n))
    quartile = x[int(n / 4 + 0.5) - 1]
    theta = 1 / x[-1] + (1 - np.sqrt(m / (np.arange(1, m + 1) - 0.5))) / (3 * quartile)
    k = np.log1p(-theta[:, None] * x).mean(axis=1)
    profile = n * (np.log(-theta / k) - k - 1)
    weight = 1.0 / np.exp(profile[:, None] - profile[None]).T.sum(axis=1)
    best = float((weight * theta).sum() / weight.sum())
    shape = float(np.log1p(-best * x).mean())
    return (n * shape + 5.0) / (n + 10.0)
