r"""Where importance resampling proposes: normal distributions about the modes, and a regression's posterior.

A normal distribution about a mode misses a posterior that bends, as along clearance and saturable
elimination of which only the sum is known. Predictions f bend much less. With a regression
:math:`\tilde f(\eta)` of draws whose predictions are known, the posterior density :math:`\tilde p` of
:math:`\tilde f` costs no simulation, and a large pool of draws of the mixture q can be weighed by it:

.. math:: \tilde Z = \tfrac1n \sum_{i=1}^n \tilde p(\eta_i)/q(\eta_i), \quad \eta_i \sim q, \quad
          g(\eta) = \tilde p(\eta)/\tilde Z
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.ensemble.shared_ridge import shared_ridge
from quotidian.inference.importance_draws import SCALES, SHARES
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
POOL = 8000  # draws that the regression's posterior is represented by
NEAREST = 0.8  # share of the draws, the most probable ones, that the regression is learnt from
LEAST = 1e-12  # variance of noise of a prediction


class Proposals(Protocol):
    """A distribution that can be drawn from and whose density is known up to one constant, shared by all."""

    def draw(self, streams: Streams, round_: int, count: int) -> Floats:
        """Proposals [draw, effect]."""

    def log_density(self, x: Floats) -> Floats:
        """Of proposals [draw, effect]."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Normal distributions about each mode, in the widths ``SCALES`` and their ``SHARES``.

    Attributes
    ----------
    centres : [mode, effect]. covariances : [mode, effect, effect]. probability : [mode], of sum 1.
    """

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
        """Of proposals [draw, effect], up to the constant of the normal distribution."""
        size, roots, logs = self.centres.shape[1], np.linalg.cholesky(self.covariances), []
        for p, centre, root in zip(self.probability, self.centres, roots, strict=True):
            away = np.linalg.solve(root, (x - centre).T)
            square = (away**2).sum(axis=0)
            for share, scale in zip(SHARES, SCALES, strict=True):
                constant = np.log(max(p, 1e-300) * share) - size * np.log(scale)
                logs.append(constant - np.log(np.diag(root)).sum() - 0.5 * square / scale**2)
        return np.asarray(np.logaddexp.reduce(np.stack(logs), axis=0))


@dataclass(frozen=True, eq=False)
class Guided:
    r"""The posterior of a regression, represented by a weighed pool.

    Attributes
    ----------
    log_posterior : :math:`\ln \tilde p` of effects [draw, effect]. pool : [draw, effect] of the mixture.
    log_weights : :math:`\ln \tilde p/q` of the pool.
    """

    log_posterior: Callable[[Floats], Floats]
    pool: Floats
    log_weights: Floats

    def draw(self, streams: Streams, round_: int, count: int) -> Floats:
        """Proposals [draw, effect]: the pool, resampled at equal steps of its cumulative weight."""
        w = np.cumsum(np.exp(self.log_weights - self.log_weights.max()))
        places = np.searchsorted(w / w[-1], (np.arange(count) + 0.5) / count)
        return np.asarray(self.pool[np.minimum(places, len(w) - 1)])

    def log_density(self, x: Floats) -> Floats:
        r""":math:`\ln \tilde p - \ln \tilde Z` of proposals [draw, effect]."""
        log_z = np.logaddexp.reduce(self.log_weights) - np.log(len(self.log_weights))
        return np.asarray(self.log_posterior(x) - log_z)


def guided(
    model: MixedModel, at: Parameters, mixture: Mixture, x: Floats, f: Floats, streams: Streams, round_: int
) -> Proposals:
    """Proposals that follow predictions f [draw, observation] of subject 0 at effects x [draw, effect].

    The mixture itself where fewer draws have predictions than the regression has weights.
    """
    log_p = log_posterior(model, at, f, x)
    ready = np.argsort(-log_p, kind="stable")[: int(NEAREST * np.isfinite(log_p).sum())]
    if len(ready) <= 2 * x.shape[1]:
        return mixture
    predicted = regression(x[ready], f[ready])

    def known(eta: Floats) -> Floats:
        return log_posterior(model, at, predicted(eta), eta)

    pool = mixture.draw(streams, round_, POOL)
    return Guided(known, pool, known(pool) - mixture.log_density(pool))


def log_posterior(model: MixedModel, at: Parameters, f: Floats, eta: Floats) -> Floats:
    """Log posterior density of subject 0, up to a constant, where effects [draw, effect] predict f."""
    return np.asarray(-0.5 * model.penalised(np.zeros(len(eta), dtype=np.int64), f, eta, at))


def regression(x: Floats, f: Floats) -> Callable[[Floats], Floats]:
    """Predictions f [draw, observation] as a function of effects x [draw, effect] and their squares.

    An observation whose predictions are all positive is regressed on the logarithm.
    """
    positive = (f > 0.0).all(axis=0)
    fit = shared_ridge(
        _features(x), np.where(positive, np.log(np.where(positive, f, 1.0)), f), np.full(f.shape[1], LEAST)
    )

    def predicted(eta: Floats) -> Floats:
        y = (_features(eta) - fit.centre) / fit.size @ fit.weights[1:] + fit.weights[0]
        with np.errstate(over="ignore"):
            return np.asarray(np.where(positive, np.exp(y), y))

    return predicted


def _features(x: Floats) -> Floats:
    return np.column_stack([x, x**2])
