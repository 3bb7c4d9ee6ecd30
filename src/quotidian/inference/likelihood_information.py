r"""The second derivative of the likelihood itself, over importance draws that move with the parameters.

With draws :math:`u_{im} = u_{im}^0 + V_i (\theta - \theta^0)` from proposals that move alike, the likelihood
of a subject is a smooth function of the parameters, with the gradient

.. math:: \sum_m w_{im} g_{im}, \quad g_{im} = \nabla_x \ell_{im} + V_i' \nabla_u \ell_{im},
          \quad \ell_{im} = -2 \ln p(y_i, u_{im} | x)

and normalised weights :math:`w_{im}`. Its central differences contain the change of the weights, minus half
the variance of :math:`g_{im}`, by which random effects that are not observed reduce the information. Louis
TA. J R Stat Soc B 1982;44:226. :math:`V_i` is the regression of :math:`-\nabla_x \ell` on
:math:`\nabla_u \ell` over the draws, so that this variance, and with it the Monte Carlo error, is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.importance_draws import (
    ADAPTATIONS,
    BATCHES,
    Draws,
    NormalProposals,
    even_normal,
    inverse_of_used,
    normalised,
)
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
ROWS, FEWEST, MOST = 7200, 40, 120  # draws of all subjects in all batches, and of each in a batch
STEP = 0.02  # of a coordinate
NO_WEIGHT = 30.0  # of the logarithm of a weight below the largest one


def likelihood_hessians(
    model: MixedModel, coordinates: Coordinates, at: Parameters, streams: Streams
) -> Floats:
    """Second derivatives of -2 ln L by the coordinates: over all draws, then over each batch of draws.

    Shape [1 + BATCHES, coordinate, coordinate]. Batches are independent; their differences show the error.
    """
    size, everyone = int(model.used.sum()), model.everyone()
    count = int(np.clip(ROWS // (BATCHES * len(everyone)), FEWEST, MOST))
    proposals = NormalProposals.at_modes(model, modes(model, at, accuracy=1e-3))
    for k in range(ADAPTATIONS):
        z = even_normal(streams, "information.first", k, everyone, 3 * count, size)
        proposals = Draws.of(model, at, proposals, z).adapted(at, proposals)
    points = [even_normal(streams, "information", k, everyone, count, size) for k in range(BATCHES)]
    batches = [_weighty(Draws.of(model, at, proposals, own), at) for own in points]
    x, free = coordinates.vector(at), int(coordinates.free_theta.sum())
    still = _Moving(batches, coordinates, at, np.zeros((len(everyone), model.effects, free)))
    here = replace(still, moves=still.regression())
    found = np.empty((1 + BATCHES, len(x), len(x)))
    for k, e in enumerate(STEP * np.eye(len(x))):
        found[:, k] = (here.gradients(x + e) - here.gradients(x - e)) / (2.0 * STEP)
    return np.asarray(0.5 * (found + found.swapaxes(1, 2)))


def _weighty(draws: Draws, at: Parameters) -> Draws:
    """The same with draws of no weight at the best one, still without weight: far ones take long to solve."""
    log_w = draws.log_weights(at)
    far = ~(log_w > log_w.max(axis=1, keepdims=True) - NO_WEIGHT)
    u = draws.u.reshape(*log_w.shape, -1)
    best = np.take_along_axis(u, log_w.argmax(axis=1)[:, None, None], axis=1)
    u = np.where(far[..., None], best, u).reshape(draws.u.shape)
    return replace(draws, u=u, log_q=np.where(far, np.inf, draws.log_q))


@dataclass(frozen=True, eq=False)
class _Moving:
    """Draws that move with the free fixed effects; ``moves`` V [subject, effect, fixed effect]."""

    batches: Sequence[Draws]
    coordinates: Coordinates
    at: Parameters
    moves: Floats

    def gradients(self, x: Floats) -> Floats:
        """Gradients of -2 ln L over all draws and over each batch, [1 + BATCHES, coordinate]."""
        near = self.coordinates.parameters(x)
        parts = [self._scored(draws, near)[:2] for draws in self.batches]
        whole = tuple(np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        return np.stack([np.einsum("nm,nmx->x", normalised(w)[0], g) for w, g in (whole, *parts)])

    def regression(self) -> Floats:
        """V for which the scores by the fixed effects vary least over the draws."""
        parts = [self._scored(draws, self.at) for draws in self.batches]
        log_w, scores, by_u = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        weight, used = normalised(log_w)[0], self.batches[0].model.used
        y, t = (g - np.einsum("nm,nmx->nx", weight, g)[:, None] for g in (scores, by_u[..., used]))
        y = y[..., : self.moves.shape[2]]
        found = np.zeros_like(self.moves)
        found[:, used] = -np.linalg.solve(
            np.einsum("nm,nmq,nmr->nqr", weight, t, t), np.einsum("nm,nmq,nmx->nqx", weight, t, y)
        )
        return found

    def _scored(self, draws: Draws, near: Parameters) -> tuple[Floats, Floats, Floats]:
        """Log weights, the scores (of -2 ln p) of draws, and their slopes by the random predictors.

        Shapes [subject, draw], [.., coordinate] and [.., effect]. Lost draws have the score 0.
        """
        model, c, shape = draws.model, self.coordinates, draws.log_q.shape
        free, plain = c.free_theta, self._plain
        shift = self.moves @ (near.theta - self.at.theta)[free]
        draws = replace(draws, u=(draws.u.reshape(*shape, -1) + shift[:, None]).reshape(draws.u.shape))
        away = draws.away(near)
        u = model.predictors(draws.who, away.reshape(draws.u.shape), near.theta)
        f, first = model.predictor.linearise(draws.who, u, [*model.random.tolist(), *plain])
        draws = replace(draws, f=f)
        log_w = draws.log_weights(near)
        with np.errstate(all="ignore"):
            scores = model.scores(draws.who, f, near.sigma)
            by_predictor = np.einsum("nj,njk->nk", scores.l_f, first).reshape(*shape, -1)
        inverse, slopes = inverse_of_used(model, near), c.factor_slopes(near)
        towards = 2.0 * away @ inverse
        by_u = by_predictor[..., : model.effects] + towards
        by_theta = by_predictor[..., model.effects :] @ model.design[:, plain][..., free]
        by_theta += by_u @ self.moves - towards @ draws.design[..., free]
        by_omega = np.einsum("qr,erq->e", inverse, slopes)
        by_omega = by_omega - 0.25 * np.einsum("nmq,eqr,nmr->nme", towards, slopes, towards)
        by_sigma = scores.l_s.sum(axis=1).reshape(*shape, -1)[..., c.free_sigma]
        found = np.concatenate([by_theta, by_omega, by_sigma], axis=-1)
        sound = np.isfinite(log_w)[..., None] & np.isfinite(found).all(axis=-1, keepdims=True)
        return log_w, np.where(sound, found, 0.0), np.where(sound, by_u, 0.0)

    @property
    def _plain(self) -> list[int]:
        """Predictors without random effect that a free fixed effect moves."""
        model = self.batches[0].model
        others = np.setdiff1d(np.arange(model.design.shape[1]), model.random)
        moved = (model.design[:, others][..., self.coordinates.free_theta] != 0).any(axis=(0, 2))
        return [int(k) for k in others[moved]]
