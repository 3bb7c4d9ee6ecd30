r"""The Laplace objective with its gradient, for fits.

:math:`O_i = Q_i(u) + \hat\eta_i' \Omega^{-1} \hat\eta_i` with the observations and the curvature in
:math:`Q_i = \sum_j l_{ij} + \ln|\Omega| + \ln|H_i|`, H the second derivative. Q depends on predictions
through the linear predictors u alone, so that

.. math:: \frac{dO_i}{dx} = \frac{\partial Q_i}{\partial u} \left(X_i + \frac{d\hat\eta_i}{dx}\right) +
   2 \hat\eta_i' \Omega^{-1} \frac{d\hat\eta_i}{dx} + \frac{\partial O_i}{\partial (\Omega, \sigma)}.

:math:`d\hat\eta/dx` is exact. The derivatives by u are differences of H, and those by :math:`\Omega` and
:math:`\sigma` differences without a new run. The logarithm of the curvature is bounded
(:func:`quotidian.inference.marginal.bounded_gaussian`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.focei_objective import Gradient
from quotidian.inference.marginal import Expansion, bounded_gaussian, by_effects, curvature
from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of, quadratic

Floats = NDArray[np.float64]
STEP = 1e-3  # of a linear predictor, of an element of Omega and of a logarithm of sigma


def laplace_gradient(
    model: MixedModel, coordinates: Coordinates, at: Parameters, modes: Gradient
) -> tuple[Floats, Floats]:
    """Objective [subject] and its gradient [subject, coordinate], at modes with their derivatives."""
    eta, moves = modes.eta, modes.eta_slopes
    u = model.predictors(model.everyone(), eta, at.theta)
    here = by_effects(model, u)
    objective = _within(model, here, at) + quadratic(eta, inverse_of(at.omega))

    by_u = np.empty_like(u)
    for k, e in enumerate(STEP * np.eye(u.shape[1])):
        up, down = (_within(model, by_effects(model, u + s * e), at) for s in (1.0, -1.0))
        by_u[:, k] = (up - down) / (2.0 * STEP)
    slopes = np.einsum("nq,nqx->nx", by_u[:, model.random] + 2.0 * eta @ inverse_of(at.omega), moves)
    fixed = coordinates.sizes[0]
    slopes[:, :fixed] += np.einsum("nk,nkp->np", by_u, model.design[:, :, coordinates.free_theta])

    x = coordinates.vector(at)
    for k in range(fixed, len(x)):
        e = STEP * np.eye(len(x))[k]
        near = [coordinates.parameters(x + s * e) for s in (1.0, -1.0)]
        up, down = (_within(model, here, p) + quadratic(eta, inverse_of(p.omega)) for p in near)
        slopes[:, k] += (up - down) / (2.0 * STEP)
    return objective, slopes


def _within(model: MixedModel, near: Expansion, at: Parameters) -> Floats:
    """Q of each subject, [subject]."""
    scores = model.scores(model.everyone(), near.f, at.sigma, by_sigma=False)
    h = curvature(scores, near.first, near.second, at.omega)
    return bounded_gaussian(scores.l.sum(axis=1), h, at.omega)
