r"""Chains of random effects: draws from :math:`p(\eta_i | y_i)` by Metropolis and Hastings, for all subjects.

Three proposals alternate: the prior; a random walk whose width adapts; and the normal distribution about
the mode with the shape of the second derivative there, twice as wide in a tenth of the proposals.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of, quadratic
from quotidian.inference.modes import modes
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
WISHED = 0.35  # target acceptance rate of the random walk
WIDE, WIDE_SHARE = 2.0, 0.1


@dataclass(eq=False)
class Chains:
    """Several chains of each subject, on one model.

    Parameters
    ----------
    per_subject : chains of each. name : of its random streams.
    """

    model: MixedModel
    streams: Streams
    per_subject: int
    name: str
    eta: Floats = field(init=False)
    f: Floats = field(init=False)
    own: Floats = field(init=False)
    centre: Floats = field(init=False)
    factor: Floats = field(init=False)
    width: float = 0.4
    moment: int = 0

    def __post_init__(self) -> None:
        self.who = np.repeat(self.model.everyone(), self.per_subject)
        shape = (self.model.subjects, self.model.effects)
        self.centre, self.factor = np.zeros(shape), np.zeros((*shape, shape[1]))
        self.eta = np.zeros((len(self.who), shape[1]))

    def settle(self, at: Parameters) -> None:
        """Find the modes at these parameters, the centres of the third proposal."""
        found = modes(self.model, at, self.centre, accuracy=1e-3)
        fresh = not self.moment
        self.centre = found.eta
        self.factor = inverse_of(np.linalg.cholesky(found.hessian)).swapaxes(1, 2)
        if fresh:
            self.eta = self.centre[self.who]
        self.look(at)

    def follow(self, before: Parameters, at: Parameters, moved: bool) -> None:
        """Keep the linear predictors of each chain when the fixed effects change.

        ``moved`` : whether predictors without random effects, or residual errors, change the predictions
        of the chains.
        """
        x = self.model.design[self.who][:, self.model.random]
        self.eta = self.eta + np.einsum("nqp,p->nq", x, before.theta - at.theta)
        if moved:
            self.look(at)
        else:
            self.own = self._likelihood(self.f, at)

    def look(self, at: Parameters) -> None:
        """Evaluate the chains at other parameters."""
        self.f, self.own = self._values(self.eta, at)

    def move(self, at: Parameters, walks: int = 1) -> None:
        """One round of all proposals."""
        self.moment += 1
        root = np.linalg.cholesky(at.omega) if self.model.effects else at.omega
        z = self._normal("prior")
        self._accept(z @ root.T, at, np.zeros(len(z)), prior=True)
        for walk in range(walks):
            step = self._normal(f"walk.{walk}") * self.width * np.sqrt(np.diag(at.omega))
            kept = self._uniform(f"chosen.{walk}", self.model.effects) < 0.6
            accepted = self._accept(self.eta + np.where(kept, step, 0.0), at, np.zeros(len(step)))
            self.width *= float(np.clip(1.0 + 0.4 * (accepted - WISHED), 0.8, 1.25))
        self._shaped(at)

    def _shaped(self, at: Parameters) -> None:
        z = self._normal("shaped")
        wide = self._uniform("wide", 1) < WIDE_SHARE
        new = self.centre[self.who] + np.einsum(
            "nqr,nr->nq", self.factor[self.who], np.where(wide, WIDE, 1.0) * z
        )
        self._accept(new, at, self._log_shape(self.eta) - self._log_shape(new))

    def _log_shape(self, eta: Floats) -> Floats:
        """Log density of the third proposal, without its constant."""
        away = (eta - self.centre[self.who])[..., None]
        x = np.linalg.solve(self.factor[self.who], away)[..., 0]
        square = (x**2).sum(axis=1)
        wide = np.log(WIDE_SHARE) - self.model.effects * np.log(WIDE) - 0.5 * square / WIDE**2
        return np.asarray(np.logaddexp(np.log(1 - WIDE_SHARE) - 0.5 * square, wide))

    def _accept(self, new: Floats, at: Parameters, log_back: Floats, prior: bool = False) -> float:
        """Accept or reject proposals; returns the acceptance rate."""
        f, own = self._values(new, at)
        gain = -0.5 * (own - self.own) + log_back
        if not prior:
            inverse = inverse_of(at.omega)
            gain -= 0.5 * (quadratic(new, inverse) - quadratic(self.eta, inverse))
        taken = np.log(self._uniform("accept", 1)[:, 0]) < np.where(np.isfinite(own), gain, -np.inf)
        self.eta[taken], self.f[taken], self.own[taken] = new[taken], f[taken], own[taken]
        self._draws += 1
        return float(taken.mean())

    def _values(self, eta: Floats, at: Parameters) -> tuple[Floats, Floats]:
        f = self.model.predictor.predict(self.who, self.model.predictors(self.who, eta, at.theta))
        return f, self._likelihood(f, at)

    def _likelihood(self, f: Floats, at: Parameters) -> Floats:
        with np.errstate(all="ignore"):
            own = self.model.residuals.values(self.model.data.of(self.who), f, at.sigma).sum(axis=1)
        return np.where(np.isfinite(own), own, np.inf)

    _draws: int = 0

    def _normal(self, purpose: str) -> Floats:
        rows = np.arange(len(self.who))
        return self.streams.normal(f"{self.name}.{purpose}", self.moment, rows, self.model.effects)

    def _uniform(self, purpose: str, width: int) -> Floats:
        rows = np.arange(len(self.who))
        return self.streams.uniform(f"{self.name}.{purpose}.{self._draws}", self.moment, rows, width)
