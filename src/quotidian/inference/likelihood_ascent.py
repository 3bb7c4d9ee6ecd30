r"""The maximum of the likelihood itself, by importance draws that stay, from estimates near it.

With draws :math:`u_{im}` from proposals :math:`q_i` about the modes,

.. math:: L_i(\theta, \Omega, \sigma) = \frac1M \sum_m p(y_i | u_{im}, \sigma)\,
   N(u_{im} - X_i\theta; 0, \Omega) / q_i(u_{im}).

The predictions at the draws do not change with the parameters, so that the objective and its gradient need no
new run. Stochastic approximation moves slowly in directions about which the data say little; this step does
not. Geyer CJ. J R Stat Soc B 1994;56:261. Fixed effects of predictors without random effect are held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.marginal import widened
from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of, quadratic
from quotidian.inference.modes import modes
from quotidian.inference.quasi_newton import minimise
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
ROUNDS, ROWS, FEWEST, MOST = 6, 60_000, 300, 2000  # draws of all subjects in a round, and of each
LONGEST, MOST_STEPS = 0.2, 10  # of a coordinate in a step; steps between new draws
CALM = 0.02  # a round on new draws that lowers the objective by less is the last
LOST = 1e10


def ascended(model: MixedModel, coordinates: Coordinates, start: Parameters, streams: Streams) -> Parameters:
    """Parameters of larger likelihood; ``start`` itself where none are found.

    A maximum over draws counts only if new draws confirm it, for few effective draws can feign one.
    """
    at, kept, best = start, start, np.inf
    eta = np.zeros((model.subjects, model.effects))
    count = int(np.clip(ROWS // model.subjects, FEWEST, MOST))
    for number in range(ROUNDS):
        found = modes(model, at, eta, accuracy=1e-3)
        eta = found.eta
        z = streams.normal("ascent", number, model.everyone(), model.effects * count)
        z = z.reshape(model.subjects, count, model.effects)
        function = _Stored.of(model, coordinates, at, found.eta, found.hessian, z)
        first = function(function.start)[0]
        if first > best - CALM:
            break
        best, kept = first, at
        x = minimise(function, function.start, most=MOST_STEPS, accuracy=1e-3, longest=LONGEST).x
        at = function.parameters(x)
    return kept


@dataclass(frozen=True, eq=False)
class _Stored:
    """The objective over stored draws, as a function of the coordinates ``free``.

    ``u`` : [copy, effect] predictors with random effects. f : [copy, observation]. log_q : [subject, draw].
    """

    model: MixedModel
    coordinates: Coordinates
    base: Floats
    free: NDArray[np.int64]
    u: Floats
    f: Floats
    log_q: Floats

    @staticmethod
    def of(
        model: MixedModel, coordinates: Coordinates, at: Parameters, eta: Floats, hessian: Floats, z: Floats
    ) -> _Stored:
        """Draws about the modes ``eta``; ``z`` [subject, draw, effect] standard normal."""
        x, log_q = widened(z)
        root = inverse_of(np.linalg.cholesky(hessian)).swapaxes(1, 2)
        points = eta[:, None, :] + np.einsum("nqr,nmr->nmq", root, x)
        who = np.repeat(model.everyone(), z.shape[1])
        flat = points.reshape(-1, model.effects)
        f = model.predictor.predict(who, model.predictors(who, flat, at.theta))
        u = flat + np.einsum("nqp,p->nq", model.design[who][:, model.random], at.theta)
        others = np.setdiff1d(np.arange(model.design.shape[1]), model.random)
        plain = (model.design[:, others] != 0).any(axis=(0, 1))[coordinates.free_theta]
        n, m, s = coordinates.sizes
        free = np.concatenate([np.flatnonzero(~plain), np.arange(n, n + m + s)])
        log_q = log_q - np.linalg.slogdet(root)[1][:, None]
        return _Stored(model, coordinates, coordinates.vector(at), free, u, f, log_q)

    @property
    def start(self) -> Floats:
        """The free coordinates at which the draws were made."""
        return np.asarray(self.base[self.free])

    def parameters(self, own: Floats) -> Parameters:
        """Parameters at values of the free coordinates."""
        x = self.base.copy()
        x[self.free] = own
        return self.coordinates.parameters(x)

    def __call__(self, own: Floats) -> tuple[float, Floats]:
        """-2 ln L and its gradient; a large number where Omega is not a covariance."""
        try:
            at = self.parameters(own)
            weight, objective, away = self._weighed(at)
            return float(objective.sum()), self._gradient(at, weight, away)[self.free]
        except np.linalg.LinAlgError:
            return LOST, np.zeros(len(own))

    def _weighed(self, at: Parameters) -> tuple[Floats, Floats, Floats]:
        """Weights [subject, draw] that sum to 1, objective [subject], and eta of the draws [copy, effect]."""
        model, shape = self.model, self.log_q.shape
        who = np.repeat(model.everyone(), shape[1])
        away = self.u - np.einsum("nqp,p->nq", model.design[who][:, model.random], at.theta)
        with np.errstate(all="ignore"):
            own = model.residuals.values(model.data.of(who), self.f, at.sigma).sum(axis=1)
        own = own + quadratic(away, inverse_of(at.omega))
        own = np.where(np.isfinite(own), own, np.inf).reshape(shape)
        constant = model.effects * np.log(2 * np.pi) + np.linalg.slogdet(at.omega)[1]
        log_w = -0.5 * (own + constant) - self.log_q
        top = log_w.max(axis=1, keepdims=True)
        w = np.exp(log_w - top)
        return w / w.sum(axis=1, keepdims=True), -2.0 * (top[:, 0] + np.log(w.mean(axis=1))), away

    def _gradient(self, at: Parameters, weight: Floats, away: Floats) -> Floats:
        r"""By Fisher's identity, :math:`\sum_m w_m \nabla(-2 \ln p)`, [coordinate]."""
        model, c = self.model, self.coordinates
        who = np.repeat(model.everyone(), weight.shape[1])
        inverse, moves = inverse_of(at.omega), c.factor_slopes(at)
        design = model.design[:, model.random]
        mean = np.einsum("nm,nmq->nq", weight, away.reshape(*weight.shape, -1))
        square = np.einsum("n,nq,nr->qr", weight.ravel(), away, away)
        inner = np.einsum("qa,eab,br->eqr", inverse, moves, inverse)
        by_theta = -2.0 * np.einsum("nqp,qr,nr->p", design, inverse, mean)
        by_omega = model.subjects * np.einsum("qr,erq->e", inverse, moves)
        by_omega -= np.einsum("eqr,qr->e", inner, square)
        data = model.data.of(who)
        by_sigma = model.residuals.error_slopes(data, self.f, at.sigma, weight.ravel())[0]
        return np.concatenate([by_theta[c.free_theta], by_omega, by_sigma[c.free_sigma]])
