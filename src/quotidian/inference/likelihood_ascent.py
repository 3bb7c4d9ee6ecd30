r"""The maximum of the likelihood itself, by importance draws that stay, from estimates near it.

With draws :math:`u_{im}` from proposals :math:`q_i` about the modes,

.. math:: L_i(\theta, \Omega, \sigma) = \frac1M \sum_m p(y_i | u_{im}, \sigma)\,
   N(u_{im} - X_i\theta; 0, \Omega) / q_i(u_{im}).

The predictions at the draws do not change with the parameters, so that the objective and its gradient need no
new run. Stochastic approximation moves slowly in directions about which the data say little; this step does
not. The likelihoods of several kinds of subjects are added, weighted by their shares. Fixed effects of
predictors without random effect are held. Geyer CJ. J R Stat Soc B 1994;56:261.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.importance_draws import (
    Draws,
    NormalProposals,
    even_normal,
    inverse_of_used,
    normalised,
)
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.mixture import logits_of, over_classes, shares_of
from quotidian.inference.modes import modes
from quotidian.inference.quasi_newton import minimise
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
ROUNDS, ROWS, FEWEST, MOST = 6, 120_000, 400, 5000  # draws of all subjects in a round, and of each
FIRST = 0.3  # of these draws, for the first adaptation of the proposals
LONGEST, MOST_STEPS = 0.2, 25  # of a coordinate in a step; steps between new draws
CALM = 0.005  # a round that lowers the objective on new draws by less is the last
LOST = 1e10


def ascended(
    kinds: Sequence[MixedModel], coordinates: Coordinates, start: Parameters, shares: Floats,
    streams: Streams, rows: int = ROWS,
) -> tuple[Parameters, Floats]:  # fmt: skip
    """Parameters and shares of larger likelihood; those of the start where none are found.

    A maximum over draws counts only if new draws confirm it, for few effective draws can feign one. The new
    draws judge both parameters, so that their noise is common to both. ``rows`` : draws of all subjects in a
    round, of which each has at least FEWEST.
    """
    at, kept, inverse = (start, shares), (start, shares), None
    subjects = kinds[0].subjects
    count = int(np.clip(rows // subjects, FEWEST, MOST))
    proposals = [_first(m, start, streams, int(FIRST * count)) for m in kinds]
    for number in range(ROUNDS):
        draws = []
        for model, own in zip(kinds, proposals, strict=True):
            z = even_normal(streams, "ascent", number, model.everyone(), count, int(model.used.sum()))
            draws.append(Draws.of(model, at[0], own, z))
        function = _Stored.of(draws, coordinates, *at)
        value, before = function(function.start)[0], function(function.place(*kept))[0]
        if number and value > before - CALM:
            return at if value < before else kept
        kept = at
        best = minimise(
            function, function.start, most=MOST_STEPS, accuracy=1e-4, longest=LONGEST, inverse=inverse
        )
        at, inverse = function.parameters(best.x), best.inverse
        proposals = [d.adapted(at[0], own) for d, own in zip(draws, proposals, strict=True)]
    return kept


def _first(model: MixedModel, at: Parameters, streams: Streams, count: int) -> NormalProposals:
    """Proposals about the modes, adapted once."""
    proposals = NormalProposals.at_modes(model, modes(model, at, accuracy=1e-3))
    z = even_normal(streams, "ascent.first", 0, model.everyone(), count, int(model.used.sum()))
    return Draws.of(model, at, proposals, z).adapted(at, proposals)


def gradient(draws: Draws, c: Coordinates, at: Parameters, weight: Floats) -> Floats:
    r"""By Fisher's identity, :math:`\sum_m w_m \nabla(-2 \ln p)`, [coordinate].

    ``weight`` : [subject, draw].
    """
    model, away = draws.model, draws.away(at)
    inverse, moves = inverse_of_used(model, at), c.factor_slopes(at)
    mean = np.einsum("nm,nmq->nq", weight, away)
    flat = away.reshape(draws.u.shape)
    square = (flat * weight.ravel()[:, None]).T @ flat
    inner = np.einsum("qa,eab,br->eqr", inverse, moves, inverse)
    by_theta = -2.0 * np.einsum("nqp,qr,nr->p", draws.design, inverse, mean)
    by_omega = weight.sum() * np.einsum("qr,erq->e", inverse, moves)
    by_omega -= np.einsum("eqr,qr->e", inner, square)
    by_sigma = model.residuals.error_slopes(draws.data, sound(draws, weight), at.sigma, weight.ravel())[0]
    return np.concatenate([by_theta[c.free_theta], by_omega, by_sigma[c.free_sigma]])


def sound(draws: Draws, weight: Floats) -> Floats:
    """Predictions [copy, observation], 1 for draws without weight, whose solution may have failed."""
    return np.where(weight.ravel()[:, None] > 0.0, draws.f, 1.0)


@dataclass(frozen=True, eq=False)
class _Stored:
    """The objective over stored draws, as a function of the coordinates ``free``; logits of shares last."""

    draws: Sequence[Draws]
    coordinates: Coordinates
    base: Floats
    free: NDArray[np.int64]

    @staticmethod
    def of(draws: Sequence[Draws], coordinates: Coordinates, at: Parameters, shares: Floats) -> _Stored:
        """At the parameters at which the draws were made."""
        plain = np.zeros(int(coordinates.free_theta.sum()), bool)
        for model in (own.model for own in draws):
            others = np.setdiff1d(np.arange(model.design.shape[1]), model.random)
            plain |= (model.design[:, others] != 0).any(axis=(0, 1))[coordinates.free_theta]
        base = np.concatenate([coordinates.vector(at), logits_of(shares)])
        free = np.concatenate([np.flatnonzero(~plain), np.arange(len(plain), len(base))])
        return _Stored(draws, coordinates, base, free)

    def place(self, at: Parameters, shares: Floats) -> Floats:
        """The free coordinates of other parameters."""
        return np.asarray(np.concatenate([self.coordinates.vector(at), logits_of(shares)])[self.free])

    @property
    def start(self) -> Floats:
        """The free coordinates at which the draws were made."""
        return np.asarray(self.base[self.free])

    def parameters(self, own: Floats) -> tuple[Parameters, Floats]:
        """Parameters and shares at values of the free coordinates."""
        x = self.base.copy()
        x[self.free] = own
        n = len(x) - (len(self.draws) - 1)
        return self.coordinates.parameters(x[:n]), shares_of(x[n:])

    def __call__(self, own: Floats) -> tuple[float, Floats]:
        """-2 ln L and its gradient; a large number where Omega is not a covariance."""
        try:
            at, shares = self.parameters(own)
            found = [normalised(d.log_weights(at)) for d in self.draws]
        except np.linalg.LinAlgError:
            return LOST, np.zeros(len(own))
        objective, of_kind = over_classes(np.stack([value for _, value in found]), shares)
        slopes = np.zeros(sum(self.coordinates.sizes))
        for d, (weight, _), r in zip(self.draws, found, of_kind, strict=True):
            slopes += gradient(d, self.coordinates, at, r[:, None] * weight)
        logits = -2.0 * (of_kind[:-1] - shares[:-1, None]).sum(axis=1)
        return float(objective.sum()), np.concatenate([slopes, logits])[self.free]
