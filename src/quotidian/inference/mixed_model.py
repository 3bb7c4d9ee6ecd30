r"""A mixed-effects model of data: its structure, and the estimated parameters.

:math:`u_i = X_i \theta + Z \eta_i`, :math:`\eta_i \sim N(0, \Omega)`, :math:`y_{ij} \sim p(\cdot |
f_{ij}(u_i), \sigma)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.event_predictor import Predictor
from quotidian.inference.residual import Observations, Residuals, Scores

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Parameters:
    """Values of the parameters of a population.

    Attributes
    ----------
    theta : [fixed effect] on the scale of the linear predictors. omega : [effect, effect] covariance of the
        random effects. sigma : [sigma] standard deviations of the residual errors.
    """

    theta: Floats
    omega: Floats
    sigma: Floats


@dataclass(frozen=True, eq=False)
class MixedModel:
    """A predictor with its data and the structure of its effects.

    Attributes
    ----------
    design : X, [subject, predictor, fixed effect]. effect_of : [predictor] number of its random effect, or
        -1. blocks : numbers of the random effects that covary, block by block. unused : numbers of the random
        effects on which no prediction depends, as in a class of a mixture; whole blocks.
    """

    predictor: Predictor
    data: Observations
    design: Floats
    effect_of: Integers
    residuals: Residuals
    blocks: tuple[tuple[int, ...], ...]
    unused: tuple[int, ...] = ()

    @property
    def subjects(self) -> int:
        """Number of subjects with data."""
        return len(self.data.value)

    @property
    def effects(self) -> int:
        """Number of random effects of a subject."""
        return sum(len(block) for block in self.blocks)

    @property
    def random(self) -> Integers:
        """Predictors that have a random effect, in the order of the effects."""
        found = np.flatnonzero(self.effect_of >= 0)
        return found[np.argsort(self.effect_of[found])]

    @property
    def used(self) -> NDArray[np.bool_]:
        """Whether predictions depend on a random effect, [effect]."""
        return np.asarray(~np.isin(np.arange(self.effects), self.unused))

    def everyone(self) -> Integers:
        """Each subject once."""
        return np.arange(self.subjects)

    def predictors(self, who: Integers, eta: Floats, theta: Floats) -> Floats:
        """Linear predictors [copy, predictor] of subjects ``who`` with random effects [copy, effect]."""
        u: Floats = np.einsum("nkp,p->nk", self.design[who], theta)
        u[:, self.random] += eta
        return u

    def scores(
        self,
        who: Integers,
        f: Floats,
        sigma: Floats,
        variance_at: Floats | None = None,
        by_sigma: bool = True,
    ) -> Scores:
        """Contributions of the observations of copies, see :meth:`Residuals.scores`."""
        return self.residuals.scores(self.data.of(who), f, sigma, variance_at, by_sigma)

    def penalised(self, who: Integers, f: Floats, eta: Floats, at: Parameters) -> Floats:
        r""":math:`-2 \ln p(y_i | \eta_i) + \eta_i' \Omega^{-1} \eta_i` of each copy; infinite where lost."""
        with np.errstate(all="ignore"):
            own = self.residuals.values(self.data.of(who), f, at.sigma).sum(axis=1)
        total = own + quadratic(eta, inverse_of(at.omega))
        return np.where(np.isfinite(total), total, np.inf)


def quadratic(eta: Floats, inverse: Floats) -> Floats:
    r""":math:`\eta' A \eta` of each row."""
    return np.asarray(np.einsum("nq,qr,nr->n", eta, inverse, eta))


def inverse_of(matrix: NDArray[Any]) -> Floats:
    """The inverse of a matrix, or of several."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
