r"""The marginal likelihood of each subject, :math:`-2 \ln \int p(y_i|\eta) N(\eta; 0, \Omega)\,d\eta`.

On NONMEM's scale: :math:`n \ln 2\pi` is left out. At the mode :math:`\hat\eta_i` with
:math:`\hat l_i = L_i + \hat\eta_i' \Omega^{-1} \hat\eta_i`,

==========  =========================================================================================
FO          normal with mean and variance linearised at :math:`\eta = 0`
FOCE        :math:`\hat l_i + \ln|\Omega| + \ln|H|`, :math:`H = \sum_j w_j f_j' f_j'^T + \Omega^{-1}`,
            with variances held at :math:`\eta = 0`
FOCEI       the same with variances at :math:`\hat\eta_i`
Laplace     the same with the whole second derivative as H
exact       adaptive Gauss-Hermite quadrature about the mode
==========  =========================================================================================

Lindstrom MJ, Bates DM. Biometrics 1990;46:673; Pinheiro JC, Bates DM. J Comput Graph Stat 1995;4:12; Wang Y.
J Pharmacokinet Pharmacodyn 2007;34:575.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.inference.mixed_model import MixedModel, Parameters, inverse_of
from quotidian.inference.modes import Modes, modes
from quotidian.inference.residual import Scores

Floats = NDArray[np.float64]
Method: TypeAlias = Literal["fo", "foce", "focei", "laplace", "exact"]
LEAST = 0.1  # curvature, of the prior's, that a bounded objective does not fall below
CURVE = 1e-3  # of a linear predictor, over which tangents are compared for second derivatives
MOST_ROWS = 60_000  # copies solved at once


@dataclass(frozen=True, eq=False)
class Expansion:
    """Predictions about a point, to second order in all linear predictors.

    Attributes
    ----------
    f : [subject, observation]. first : [.., predictor]. second : [.., predictor, predictor].
    """

    f: Floats
    first: Floats
    second: Floats


def expansion(model: MixedModel, u: Floats) -> Expansion:
    """Exact first derivatives at ``u`` [subject, predictor]; second ones as differences of these."""
    count, size = u.shape
    moved = np.repeat(u[None], 1 + 2 * size, axis=0)
    for k in range(size):
        moved[1 + 2 * k, :, k] += CURVE
        moved[2 + 2 * k, :, k] -= CURVE
    who = np.tile(model.everyone(), 1 + 2 * size)
    f, slopes = model.predictor.linearise(who, moved.reshape(-1, size), list(range(size)))
    width = f.shape[1]
    f, slopes = f.reshape(-1, count, width), slopes.reshape(-1, count, width, size)
    second = np.stack([(slopes[1 + 2 * k] - slopes[2 + 2 * k]) / (2 * CURVE) for k in range(size)], axis=-1)
    return Expansion(f[0], slopes[0], 0.5 * (second + second.swapaxes(-1, -2)))


def marginal(
    model: MixedModel, at: Parameters, method: Method, start: Floats | None = None, points: int = 9,
    bounded: bool = False,
) -> tuple[Floats, Modes | None]:  # fmt: skip
    """Objective of each subject, [subject], and the modes that were found (None for FO).

    Parameters
    ----------
    start : start of the search for modes, [subject, effect]. points : of quadrature in each dimension.
    bounded : of Laplace, see :func:`bounded_gaussian`.
    """
    if method == "fo":
        return _first_order(model, at), None
    held = None
    if method == "foce":
        zero = np.zeros((model.subjects, model.effects))
        held = model.predictor.predict(model.everyone(), model.predictors(model.everyone(), zero, at.theta))
    found = modes(model, at, start, variance_at=held)
    if method in ("foce", "focei"):
        return gaussian(found.objective, found.hessian, at.omega), found
    h = whole_hessian(model, at, found.eta)
    if method == "laplace":
        return (bounded_gaussian if bounded else gaussian)(found.objective, h, at.omega), found
    return _quadrature(model, at, found.eta, _safe(h, found.hessian), points), found


def gaussian(objective: Floats, hessian: Floats, omega: Floats) -> Floats:
    r""":math:`\hat l_i + \ln|\Omega| + \ln|H_i|`; infinite where H is not positive definite."""
    with np.errstate(invalid="ignore"):
        sign, size = np.linalg.slogdet(hessian)
    return np.where(sign > 0, objective + np.linalg.slogdet(omega)[1] + size, np.inf)


def bounded_gaussian(objective: Floats, hessian: Floats, omega: Floats) -> Floats:
    r"""The same with eigenvalues of :math:`\Omega H` that stay above LEAST, the others unchanged.

    Where a mode is about to be lost, an eigenvalue vanishes, and :math:`\ln|H|` has no bound, although the
    likelihood has. An eigenvalue :math:`\lambda < 2m` counts as :math:`m + \lambda^2/4m`, m = LEAST.
    """
    own = relative_curvature(hessian, omega)
    near = LEAST + np.maximum(own, 0.0) ** 2 / (4.0 * LEAST)
    return np.asarray(objective + np.log(np.where(own < 2.0 * LEAST, near, own)).sum(axis=-1))


def relative_curvature(hessian: Floats, omega: Floats) -> Floats:
    r"""Eigenvalues of :math:`\Omega H`, ascending, [subject, effect]: 1 where the data say nothing."""
    root = np.linalg.cholesky(omega)
    return np.asarray(np.linalg.eigvalsh(root.T @ hessian @ root))


def curvature(scores: Scores, first: Floats, second: Floats, omega: Floats) -> Floats:
    r"""Half the second derivative by eta, :math:`\tfrac12 \sum (l'' f' f'^T + l' f'') + \Omega^{-1}`."""
    own = np.einsum("nj,njq,njr->nqr", scores.l_ff, first, first)
    own += np.einsum("nj,njqr->nqr", scores.l_f, second)
    return np.asarray(0.5 * own + inverse_of(omega))


def whole_hessian(model: MixedModel, at: Parameters, eta: Floats) -> Floats:
    """Half the second derivative of each subject's penalised objective, [subject, effect, effect]."""
    x = by_effects(model, model.predictors(model.everyone(), eta, at.theta))
    return curvature(model.scores(model.everyone(), x.f, at.sigma), x.first, x.second, at.omega)


def by_effects(model: MixedModel, u: Floats) -> Expansion:
    """Predictions about ``u`` [subject, predictor], expanded in the predictors with random effects."""
    count, random = len(u), model.random.tolist()
    size = len(random)
    moved = np.repeat(u[None], 1 + 2 * size, axis=0)
    for place, k in enumerate(random):
        moved[1 + 2 * place, :, k] += CURVE
        moved[2 + 2 * place, :, k] -= CURVE
    who = np.tile(model.everyone(), 1 + 2 * size)
    f, slopes = model.predictor.linearise(who, moved.reshape(-1, u.shape[1]), random)
    f, slopes = f.reshape(-1, count, f.shape[1]), slopes.reshape(-1, count, *slopes.shape[1:])
    second = np.stack([(slopes[1 + 2 * k] - slopes[2 + 2 * k]) / (2 * CURVE) for k in range(size)], axis=-1)
    return Expansion(f[0], slopes[0], 0.5 * (second + second.swapaxes(-1, -2)))


def _safe(h: Floats, other: Floats) -> Floats:
    """Each h where it is safely positive definite, else the other."""
    values = np.linalg.eigvalsh(h)
    return np.where((values[:, 0] > 1e-4 * values[:, -1])[:, None, None], h, other)


def _first_order(model: MixedModel, at: Parameters) -> Floats:
    zero = np.zeros((model.subjects, model.effects))
    who = model.everyone()
    f, slopes = model.predictor.linearise(who, model.predictors(who, zero, at.theta), model.random.tolist())
    s = model.scores(who, f, at.sigma)
    # L = e^2/v + ln v with variances held gives v back, and the residual e
    held = model.scores(who, f, at.sigma, variance_at=f)
    v = 1.0 / np.where(held.w > 0, held.w, 1.0)
    e = -0.5 * held.l_f * v
    there, total = model.data.there, np.zeros(len(f))
    for i in range(len(f)):
        own = there[i]
        g = slopes[i, own]
        spread = g @ at.omega @ g.T + np.diag(v[i, own])
        total[i] = np.linalg.slogdet(spread)[1] + e[i, own] @ np.linalg.solve(spread, e[i, own])
    return np.where(np.isfinite(s.l).all(axis=1), total, np.inf)


def _quadrature(model: MixedModel, at: Parameters, eta: Floats, h: Floats, points: int) -> Floats:
    r"""Gauss-Hermite nodes at :math:`\hat\eta + C x` with :math:`C C' = H^{-1}`."""
    x, weight = np.polynomial.hermite_e.hermegauss(points)
    size = model.effects
    grid = np.stack(np.meshgrid(*[x] * size, indexing="ij"), axis=-1).reshape(-1, size)
    log_w = np.sum(np.log(np.meshgrid(*[weight] * size, indexing="ij")), axis=0).ravel()
    c = inverse_of(np.linalg.cholesky(h)).swapaxes(1, 2)
    log_c = np.linalg.slogdet(c)[1]
    at_nodes = eta[:, None, :] + np.einsum("nqr,mr->nmq", c, grid)
    l = _many(model, at, at_nodes)  # noqa: E741
    inside = -0.5 * l + log_w + 0.5 * (grid**2).sum(axis=1)
    top = inside.max(axis=1)
    total = top + np.log(np.exp(inside - top[:, None]).sum(axis=1)) + log_c
    return np.asarray(-2.0 * total + size * np.log(2 * np.pi) + np.linalg.slogdet(at.omega)[1])


def _many(model: MixedModel, at: Parameters, eta: Floats) -> Floats:
    """Penalised objective at many points of each subject, [subject, point] from [subject, point, effect]."""
    count, points, size = eta.shape
    who = np.repeat(np.arange(count), points)
    flat, found = eta.reshape(-1, size), np.empty(len(who))
    for begin in range(0, len(who), MOST_ROWS):
        part = slice(begin, begin + MOST_ROWS)
        f = model.predictor.predict(who[part], model.predictors(who[part], flat[part], at.theta))
        found[part] = model.penalised(who[part], f, flat[part], at)
    return found.reshape(count, points)
