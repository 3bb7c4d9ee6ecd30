r"""The FOCEI objective with its exact gradient.

With :math:`O_i = \hat l_i + \ln|\Omega| + \ln|H_i|` and the mode :math:`\hat\eta_i(x)` that moves with the
parameters x, :math:`\partial\hat\eta/\partial x = -G^{-1}\,\partial^2 l/\partial\eta\,\partial x` with
:math:`G = \partial^2 l/\partial\eta^2`, and

.. math:: \frac{dO_i}{dx} = \frac{\partial l_i}{\partial x} + \frac{\partial (\ln|\Omega| +
   \ln|H_i|)}{\partial x} + \frac{\partial \ln|H_i|}{\partial\eta} \frac{\partial\hat\eta}{\partial x}.

Almquist J, et al. J Pharmacokinet Pharmacodyn 2015;42:191. All derivatives of predictions are those by the
linear predictors (:func:`quotidian.inference.marginal.expansion`), however many parameters there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.marginal import curvature, expansion, gaussian
from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of
from quotidian.inference.modes import modes

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gradient:
    """Objective and gradient of each subject at one point.

    Attributes
    ----------
    objective : [subject]. slopes : [subject, coordinate]. eta : [subject, effect], the modes. eta_slopes :
        [subject, effect, coordinate], how they move. lacking : [subject, effect, effect], what H lacks of
        half the second derivative. hessian : H.
    """

    objective: Floats
    slopes: Floats
    eta: Floats
    eta_slopes: Floats
    lacking: Floats
    hessian: Floats


def focei_gradient(
    model: MixedModel, coordinates: Coordinates, at: Parameters, start: Floats,
    lacking: Floats | None = None, accuracy: float = 1e-5,
) -> Gradient:  # fmt: skip
    """The objective and its exact gradient, from modes near ``start`` [subject, effect]."""
    found = modes(model, at, start, accuracy=accuracy, curvature=lacking)
    everyone = model.everyone()
    u = model.predictors(everyone, found.eta, at.theta)
    return _gradient(model, coordinates, at, found.eta, u)


def _gradient(
    model: MixedModel, coordinates: Coordinates, at: Parameters, eta: Floats, u: Floats
) -> Gradient:
    x = expansion(model, u)
    random, inverse = model.random, inverse_of(at.omega)
    s = model.scores(model.everyone(), x.f, at.sigma)
    first, second = x.first[:, :, random], x.second[:, :, random]  # by eta; second: by eta and any predictor
    h = np.einsum("nj,njq,njr->nqr", s.w, first, first) + inverse
    g = curvature(s, first, second[..., random], at.omega)
    objective = s.l.sum(axis=1) + np.einsum("nq,qr,nr->n", eta, inverse, eta)
    h_inverse = inverse_of(h)

    # ln|H| by every predictor, by log sigma and by the elements of Omega
    turned = np.einsum("nqr,njr->njq", h_inverse, first)
    size = np.einsum("njq,njq->nj", first, turned)
    log_u = np.einsum("nj,nj,njk->nk", s.w_f, size, x.first)
    log_u += 2.0 * np.einsum("nj,njqk,njq->nk", s.w, second, turned)
    log_s = np.einsum("njs,nj->ns", s.w_s, size)
    moves = coordinates.factor_slopes(at)
    inner = np.einsum("qa,eab,br->eqr", inverse, moves, inverse)
    log_o = -np.einsum("nqr,erq->ne", h_inverse, inner) + np.einsum("qr,erq->e", inverse, moves)

    # half of l by eta and: every predictor, log sigma, the elements
    mixed_u = 0.5 * np.einsum("nj,njq,njk->nqk", s.l_ff, first, x.first)
    mixed_u += 0.5 * np.einsum("nj,njqk->nqk", s.l_f, second)
    mixed_s = 0.5 * np.einsum("njs,njq->nqs", s.l_fs, first)
    mixed_o = -np.einsum("eqr,nr->nqe", inner, eta)

    by_theta = model.design[:, :, coordinates.free_theta]
    free = coordinates.free_sigma
    mixed = np.concatenate(
        [np.einsum("nqk,nkp->nqp", mixed_u, by_theta), mixed_o, mixed_s[..., free]], axis=2
    )
    eta_slopes = -np.linalg.solve(g, mixed)
    partial = np.concatenate(
        [
            np.einsum("nk,nkp->np", np.einsum("nj,njk->nk", s.l_f, x.first) + log_u, by_theta),
            log_o - np.einsum("nq,eqr,nr->ne", eta, inner, eta),
            (s.l_s.sum(axis=1) + log_s)[:, free],
        ],
        axis=1,
    )
    slopes = partial + np.einsum("nq,nqx->nx", log_u[:, random], eta_slopes)
    return Gradient(gaussian(objective, h, at.omega), slopes, eta, eta_slopes, g - h, h)
