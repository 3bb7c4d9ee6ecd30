r"""Importance resampling of one subject's posterior from its modes.

Proposals are normal about each mode with covariance :math:`s^2 H^{-1}`, mixed over modes and widths s;
weights are posterior over proposal. The tail of the weights decides whether they can be trusted: Pareto k
below 0.7 (Vehtari A, et al. Pareto smoothed importance sampling, J Mach Learn Res 2024;25:72), and enough
effective draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.marginal import SCALES, SHARES
from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
SAME_MODE = 0.3  # of the posterior SD in every direction: modes that are closer are one
LEAST_ESS, MOST_K = 50.0, 0.7
ROUNDS = 3  # of adaptation to the weighted mean and covariance


@dataclass(frozen=True, eq=False)
class Resampled:
    """Draws of a posterior.

    Attributes
    ----------
    kept : [draw, effect] equally probable. objective : [draw] -2 times their log density, up to a constant.
    mean, sd : [effect] by the weights. ess : effective number of proposals. pareto_k : shape of the tail of
    the weights. proposals : how many there were.
    """

    kept: Floats
    objective: Floats
    mean: Floats
    sd: Floats
    ess: float
    pareto_k: float
    proposals: int

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
    draws, kept : proposals, and draws that are returned. A third of the proposals teach the mean and
        covariance of the others; as many more are added where the weights cannot be trusted. All proposals
        count, weighed by the mixture of all rounds (Cornuet JM, et al. Scand J Stat 2012;39:798).
    """
    mixes, counts = [_Mixture(centres, inverse_of(hessians), probability / probability.sum())], [draws // 3]
    x, log_p = np.zeros((0, centres.shape[1])), np.zeros(0)
    for round_ in range(ROUNDS):
        new = mixes[-1].draw(streams, round_, counts[-1])
        who = np.zeros(len(new), dtype=np.int64)
        f = model.predictor.predict(who, model.predictors(who, new, at.theta))
        x = np.concatenate([x, new])
        log_p = np.concatenate([log_p, -0.5 * model.penalised(who, f, new, at)])
        log_w = log_p - _log_mean([m.log_density(x) for m in mixes], counts)
        w = np.exp(log_w - log_w.max())
        w /= w.sum()
        ess, k = 1.0 / float((w**2).sum()), pareto_k(log_w)
        if round_ == ROUNDS - 1 or (len(x) >= draws and ess >= LEAST_ESS and k < MOST_K):
            break
        mixes.append(mixes[-1].adapted(x, w))
        counts.append(draws - counts[0] if round_ == 0 else draws)
    mean = w @ x
    sd = np.sqrt(w @ (x - mean) ** 2)
    places = np.searchsorted(np.cumsum(w), (np.arange(kept) + 0.5) / kept)
    places = np.minimum(places, len(x) - 1)
    return Resampled(x[places], -2.0 * log_p[places], mean, sd, ess, k, len(x))


def _log_mean(logs: list[Floats], counts: list[int]) -> Floats:
    """Logarithm of the mean of densities [draw] by these counts."""
    weighted = np.stack([log + np.log(n) for log, n in zip(logs, counts, strict=True)])
    return np.asarray(np.logaddexp.reduce(weighted, axis=0) - np.log(sum(counts)))


@dataclass(frozen=True, eq=False)
class _Mixture:
    centres: Floats
    covariances: Floats
    probability: Floats

    def draw(self, streams: Streams, round_: int, count: int) -> Floats:
        """Proposals [draw, effect]."""
        size = self.centres.shape[1]
        z = streams.normal("child.proposals", round_, np.arange(count), size)
        u = streams.uniform("child.parts", round_, np.arange(count), 2)
        part = np.searchsorted(np.cumsum(self.probability), u[:, 0]).clip(max=len(self.probability) - 1)
        width = SCALES[np.searchsorted(np.cumsum(SHARES), u[:, 1]).clip(max=len(SCALES) - 1)]
        roots = np.linalg.cholesky(self.covariances)
        return np.asarray(self.centres[part] + width[:, None] * np.einsum("nqr,nr->nq", roots[part], z))

    def log_density(self, x: Floats) -> Floats:
        """Of proposals [draw, effect], up to a constant that all mixtures share."""
        size, roots, logs = self.centres.shape[1], np.linalg.cholesky(self.covariances), []
        for p, centre, root in zip(self.probability, self.centres, roots, strict=True):
            away = np.linalg.solve(root, (x - centre).T)
            square = (away**2).sum(axis=0)
            for share, scale in zip(SHARES, SCALES, strict=True):
                constant = np.log(max(p, 1e-300) * share) - size * np.log(scale)
                logs.append(constant - np.log(np.diag(root)).sum() - 0.5 * square / scale**2)
        return np.asarray(np.logaddexp.reduce(np.stack(logs), axis=0))

    def adapted(self, x: Floats, w: Floats) -> _Mixture:
        """Centred on the weighted mean, with the weighted covariance, beside the parts there were."""
        mean = w @ x
        away = x - mean
        spread = np.einsum("n,nq,nr->qr", w, away, away)
        share = min(1.0, 1.0 / (float((w**2).sum()) * 4.0 * x.shape[1]))
        whole = share * spread + (1.0 - share) * self.covariances[0] + 1e-8 * np.eye(len(mean))
        return _Mixture(
            np.concatenate([mean[None], self.centres]), np.concatenate([whole[None], self.covariances]),
            np.concatenate([[0.7], 0.3 * self.probability]),
        )  # fmt: skip


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
