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
from quotidian.inference.marginal import widened
from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of, quadratic
from quotidian.inference.mixture import logits_of, over_classes, shares_of
from quotidian.inference.modes import modes
from quotidian.inference.quasi_newton import minimise
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
ROUNDS, ROWS, FEWEST, MOST = 6, 60_000, 300, 5000  # draws of all subjects in a round, and of each
LONGEST, MOST_STEPS = 0.2, 10  # of a coordinate in a step; steps between new draws
CALM = 0.005  # a round that lowers the objective on new draws by less is the last
LOST = 1e10


def ascended(
    kinds: Sequence[MixedModel], coordinates: Coordinates, start: Parameters, shares: Floats, streams: Streams
) -> tuple[Parameters, Floats]:
    """Parameters and shares of larger likelihood; those of the start where none are found.

    A maximum over draws counts only if new draws confirm it, for few effective draws can feign one. The new
    draws judge both parameters, so that their noise is common to both.
    """
    at, kept = (start, shares), (start, shares)
    first = kinds[0]
    etas = [np.zeros((first.subjects, first.effects)) for _ in kinds]
    count = int(np.clip(ROWS // first.subjects, FEWEST, MOST))
    for number in range(ROUNDS):
        z = streams.normal("ascent", number, first.everyone(), first.effects * count)
        z = z.reshape(first.subjects, count, first.effects)
        found = [modes(m, at[0], eta, accuracy=1e-3) for m, eta in zip(kinds, etas, strict=True)]
        etas = [own.eta for own in found]
        draws = [_Draws.of(m, at[0], own.eta, own.hessian, z) for m, own in zip(kinds, found, strict=True)]
        function = _Stored.of(draws, coordinates, *at)
        value, before = function(function.start)[0], function(function.place(*kept))[0]
        if number and value > before - CALM:
            return at if value < before else kept
        kept = at
        x = minimise(function, function.start, most=MOST_STEPS, accuracy=1e-4, longest=LONGEST).x
        at = function.parameters(x)
    return kept


@dataclass(frozen=True, eq=False)
class _Draws:
    """Stored draws of one kind of subjects.

    ``u`` : [copy, effect] predictors with random effects. f : [copy, observation]. log_q : [subject, draw].
    """

    model: MixedModel
    u: Floats
    f: Floats
    log_q: Floats

    @staticmethod
    def of(model: MixedModel, at: Parameters, eta: Floats, hessian: Floats, z: Floats) -> _Draws:
        """Draws about the modes ``eta``; ``z`` [subject, draw, effect] standard normal."""
        used = np.flatnonzero(model.used)
        x, log_q = widened(z[..., used])
        root = inverse_of(np.linalg.cholesky(hessian[:, used[:, None], used])).swapaxes(1, 2)
        points = np.zeros_like(z)
        points[..., used] = eta[:, None, used] + np.einsum("nqr,nmr->nmq", root, x)
        who = np.repeat(model.everyone(), z.shape[1])
        flat = points.reshape(-1, model.effects)
        f = model.predictor.predict(who, model.predictors(who, flat, at.theta))
        u = flat + np.einsum("nqp,p->nq", model.design[who][:, model.random], at.theta)
        return _Draws(model, u, f, log_q - np.linalg.slogdet(root)[1][:, None])

    def weighed(self, at: Parameters) -> tuple[Floats, Floats, Floats]:
        """Weights [subject, draw] that sum to 1, objective [subject], and eta of the draws [copy, effect]."""
        model, shape = self.model, self.log_q.shape
        who = np.repeat(model.everyone(), shape[1])
        away = self.u - np.einsum("nqp,p->nq", model.design[who][:, model.random], at.theta)
        with np.errstate(all="ignore"):
            own = model.residuals.values(model.data.of(who), self.f, at.sigma).sum(axis=1)
        own = own + quadratic(away, self._inverse(at))
        own = np.where(np.isfinite(own), own, np.inf).reshape(shape)
        used = np.flatnonzero(model.used)
        constant = len(used) * np.log(2 * np.pi) + np.linalg.slogdet(at.omega[np.ix_(used, used)])[1]
        log_w = -0.5 * (own + constant) - self.log_q
        top = log_w.max(axis=1, keepdims=True)
        w = np.exp(log_w - top)
        return w / w.sum(axis=1, keepdims=True), -2.0 * (top[:, 0] + np.log(w.mean(axis=1))), away

    def _inverse(self, at: Parameters) -> Floats:
        """Of the covariance of the random effects that are used; 0 for the others."""
        return inverse_of(at.omega) * np.outer(self.model.used, self.model.used)

    def gradient(self, c: Coordinates, at: Parameters, weight: Floats, away: Floats) -> Floats:
        r"""By Fisher's identity, :math:`\sum_m w_m \nabla(-2 \ln p)`, [coordinate]."""
        model = self.model
        who = np.repeat(model.everyone(), weight.shape[1])
        inverse, moves = self._inverse(at), c.factor_slopes(at)
        design = model.design[:, model.random]
        mean = np.einsum("nm,nmq->nq", weight, away.reshape(*weight.shape, -1))
        square = np.einsum("n,nq,nr->qr", weight.ravel(), away, away)
        inner = np.einsum("qa,eab,br->eqr", inverse, moves, inverse)
        by_theta = -2.0 * np.einsum("nqp,qr,nr->p", design, inverse, mean)
        by_omega = weight.sum() * np.einsum("qr,erq->e", inverse, moves)
        by_omega -= np.einsum("eqr,qr->e", inner, square)
        data = model.data.of(who)
        by_sigma = model.residuals.error_slopes(data, self.f, at.sigma, weight.ravel())[0]
        return np.concatenate([by_theta[c.free_theta], by_omega, by_sigma[c.free_sigma]])


@dataclass(frozen=True, eq=False)
class _Stored:
    """The objective over stored draws, as a function of the coordinates ``free``; logits of shares last."""

    draws: Sequence[_Draws]
    coordinates: Coordinates
    base: Floats
    free: NDArray[np.int64]

    @staticmethod
    def of(draws: Sequence[_Draws], coordinates: Coordinates, at: Parameters, shares: Floats) -> _Stored:
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
            found = [d.weighed(at) for d in self.draws]
        except np.linalg.LinAlgError:
            return LOST, np.zeros(len(own))
        objective, of_kind = over_classes(np.stack([value for _, value, _ in found]), shares)
        slopes = np.zeros(sum(self.coordinates.sizes))
        for d, (weight, _, away), r in zip(self.draws, found, of_kind, strict=True):
            slopes += d.gradient(self.coordinates, at, r[:, None] * weight, away)
        logits = -2.0 * (of_kind[:-1] - shares[:-1, None]).sum(axis=1)
        return float(objective.sum()), np.concatenate([slopes, logits])[self.free]
