r"""Importance draws of random effects, from proposals that adapt to the posterior of each subject.

Proposals are normal distributions, mixed over a few widths s: :math:`q_i = \sum_s p_s N(c_i, s^2 V_i)`. First
c is the mode and V the inverse second derivative there. Where the posterior is skewed or has a long tail, few
of these draws have weight. The weighted moments of draws, :math:`\bar\eta_i` and :math:`\bar V_i`, are a
better centre and covariance for the next ones; with n effective draws of d effects

.. math:: c' = \frac{n \bar\eta + \nu c}{n + \nu}, \quad V' = \frac{n \bar V + \nu V}{n + \nu}, \quad
          \nu = 2(d + 1).

Cappe O, Guillin A, Marin JM, Robert CP. Population Monte Carlo. J Comput Graph Stat 2004;13:907. Random
effects on which no prediction depends are integrated out. Draws are quasi-random
(:mod:`quotidian.statistics.halton`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of, quadratic
from quotidian.inference.modes import Modes
from quotidian.inference.residual import Observations
from quotidian.statistics.halton import even_uniform
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SCALES, SHARES = np.array([1.0, 1.6, 3.0]), np.array([0.6, 0.3, 0.1])
"""Widths of the normal distributions that proposals mix, and their shares of the draws."""
FORMER = 2.0  # effective draws, per effect and one more, that a former proposal counts for
BATCHES = 5  # of independent permutations, from whose differences the error is computed
ADAPTATIONS = 2  # of the proposals, each with the draws of one batch
MOST_ROWS = 60_000  # draws whose predictions are computed at once


@dataclass(frozen=True, eq=False)
class NormalProposals:
    """Normal distributions of the used random effects of subjects.

    ``centre`` : [subject, effect]. covariance : [subject, effect, effect].
    """

    centre: Floats
    covariance: Floats

    @staticmethod
    def at_modes(model: MixedModel, found: Modes, who: Integers | None = None) -> NormalProposals:
        """About the modes of subjects ``who`` (everyone), with the inverse second derivative."""
        own, used = model.everyone() if who is None else who, np.flatnonzero(model.used)
        hessian = found.hessian[own][:, used[:, None], used]
        return NormalProposals(found.eta[own][:, used], inverse_of(hessian))

    def points(self, z: Floats) -> tuple[Floats, Floats]:
        """Draws [subject, draw, effect] from standard normal ones, and their log density [subject, draw]."""
        x, log_q = widened(z)
        root = np.linalg.cholesky(self.covariance)
        points = self.centre[:, None] + np.einsum("nqr,nmr->nmq", root, x)
        return points, log_q - np.linalg.slogdet(root)[1][:, None]

    def adapted(self, points: Floats, weight: Floats) -> NormalProposals:
        """Proposals by the moments of weighted draws; ``weight`` [subject, draw] sums to 1, or to 0 where all
        draws of a subject are lost, whose proposals then stay."""
        square = (weight**2).sum(axis=1)
        effective = np.where(square > 0.0, 1.0 / np.where(square > 0.0, square, 1.0), 0.0)
        share = effective / (effective + FORMER * (points.shape[2] + 1))
        mean = np.einsum("nm,nmq->nq", weight, points)
        away = points - mean[:, None]
        spread = np.einsum("nmq,nmr->nqr", away * weight[..., None], away)
        c, v = share[:, None], share[:, None, None]
        return NormalProposals(c * mean + (1.0 - c) * self.centre, v * spread + (1.0 - v) * self.covariance)


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of subjects with their predictions, which do not change with the parameters.

    ``who`` : [copy] subject. u : [copy, effect] predictors with random effects. f : [copy, observation], and
    their ``data``. log_q : [subject, draw]. design : [subject, effect, fixed effect] of the predictors u.
    """

    model: MixedModel
    who: Integers
    data: Observations
    u: Floats
    f: Floats
    log_q: Floats
    design: Floats

    @staticmethod
    def of(
        model: MixedModel, at: Parameters, proposals: NormalProposals, z: Floats, who: Integers | None = None
    ) -> Draws:
        """Draws of subjects ``who`` (everyone); ``z`` [subject, draw, used effect] standard normal."""
        own = model.everyone() if who is None else who
        points, log_q = proposals.points(z)
        eta = np.zeros((*z.shape[:2], model.effects))
        eta[..., model.used] = points
        copies, flat = np.repeat(own, z.shape[1]), eta.reshape(-1, model.effects)
        f = model.predictor.predict(copies, model.predictors(copies, flat, at.theta))
        design = model.design[own][:, model.random]
        u = (eta + (design @ at.theta)[:, None]).reshape(flat.shape)
        return Draws(model, copies, model.data.of(copies), u, f, log_q, design)

    def away(self, at: Parameters) -> Floats:
        """Random effects at other parameters, [subject, draw, effect]."""
        eta = self.u.reshape(*self.log_q.shape, -1) - (self.design @ at.theta)[:, None]
        return np.asarray(eta)

    def log_weights(self, at: Parameters) -> Floats:
        """Log of likelihood and prior over proposal, [subject, draw]; minus infinity where lost."""
        model, used = self.model, np.flatnonzero(self.model.used)
        with np.errstate(all="ignore"):
            own = model.residuals.values(self.data, self.f, at.sigma).sum(axis=1)
        own = own + quadratic(self.away(at).reshape(self.u.shape), inverse_of_used(model, at))
        own = np.where(np.isfinite(own), own, np.inf).reshape(self.log_q.shape)
        constant = len(used) * np.log(2 * np.pi) + np.linalg.slogdet(at.omega[np.ix_(used, used)])[1]
        return np.asarray(-0.5 * (own + constant) - self.log_q)

    def adapted(self, at: Parameters, proposals: NormalProposals) -> NormalProposals:
        """Proposals for the next draws, at parameters near those of the draws."""
        return proposals.adapted(self.away(at)[..., self.model.used], normalised(self.log_weights(at))[0])


def normalised(log_w: Floats) -> tuple[Floats, Floats]:
    """Weights that sum to 1, [.., draw], and -2 ln of their mean before, [..].

    Where all draws are lost the weights are 0, and the second is infinite.
    """
    top = log_w.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    w = np.exp(log_w - top)
    total = w.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        objective = -2.0 * (top[..., 0] + np.log(w.mean(axis=-1)))
    return w / np.where(total > 0.0, total, 1.0), objective


def inverse_of_used(model: MixedModel, at: Parameters) -> Floats:
    """Inverse covariance of the random effects that are used; 0 for the others."""
    return inverse_of(at.omega) * np.outer(model.used, model.used)


def even_normal(
    streams: Streams, purpose: str, replicate: int, who: Integers, count: int, width: int
) -> Floats:
    """Quasi-random standard normal draws [subject, count, width]."""
    return normal_quantile(even_uniform(streams, purpose, replicate, who, count, width))


def importance(
    model: MixedModel, at: Parameters, found: Modes, streams: Streams, purpose: str, count: int
) -> tuple[Floats, Floats]:
    """Objective of each subject by importance sampling, and its Monte Carlo error, [subject] each.

    Parameters
    ----------
    found : modes at these parameters. purpose : of the random numbers. count : draws of each subject.
    """
    batch, size = -(-count // BATCHES), int(model.used.sum())
    group = max(1, MOST_ROWS // (batch * BATCHES))
    objective, error = np.empty(model.subjects), np.empty(model.subjects)
    for begin in range(0, model.subjects, group):
        who = model.everyone()[begin : begin + group]
        z = [even_normal(streams, purpose, k, who, batch, size) for k in range(BATCHES + ADAPTATIONS)]
        proposals = NormalProposals.at_modes(model, found, who)
        for own in z[BATCHES:]:
            proposals = Draws.of(model, at, proposals, own, who).adapted(at, proposals)
        parts = [Draws.of(model, at, proposals, own, who).log_weights(at) for own in z[:BATCHES]]
        _, values = normalised(np.stack(parts))
        _, objective[who] = normalised(np.concatenate(parts, axis=1))
        sound = np.isfinite(values).all(axis=0)
        spread = np.where(sound, values, 0.0).std(axis=0, ddof=1)
        error[who] = np.where(sound, spread / np.sqrt(BATCHES), np.inf)
    return objective, error


def widened(z: Floats) -> tuple[Floats, Floats]:
    """Normal draws [.., draw, effect] widened in turn, and the log density of their mixture."""
    count, size = z.shape[-2:]
    edges = np.floor(np.concatenate([[0.0], np.cumsum(SHARES)]) * count + 0.5).astype(int)
    shares = np.diff(edges) / count
    x = z * np.repeat(SCALES, np.diff(edges))[:, None]
    square = (x**2).sum(axis=-1)[..., None]
    with np.errstate(divide="ignore"):
        parts = np.log(shares) - size * np.log(SCALES) - 0.5 * square / SCALES**2
    top = parts.max(axis=-1, keepdims=True)
    log_q = top[..., 0] + np.log(np.exp(parts - top).sum(axis=-1))
    return x, log_q - 0.5 * size * np.log(2 * np.pi)
