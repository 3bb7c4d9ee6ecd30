"""Quantiles of Student's t distribution, also for degrees of freedom that are not whole."""

from __future__ import annotations

from math import lgamma, pi

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.statistics.normal import normal_quantile

Floats = NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_STEPS = 12


def student_quantile(p: float, freedom: ArrayLike) -> Floats:
    r"""The t with :math:`P(T \le t) = p` for each of the degrees of freedom :math:`\nu \ge 1`, same shape.

    With :math:`t = \sqrt\nu \tan\varphi` the distribution is :math:`P(T \le t) = 1/2 + c
    \int_0^\varphi \cos^{\nu-1} u\,du`, :math:`c = \Gamma((\nu+1)/2) / (\sqrt\pi\,\Gamma(\nu/2))`, by the rule
    of Gauss and Legendre; :math:`\varphi` by Newton's method, within :math:`\pi/2`.
    """
    nu = np.atleast_1d(np.asarray(freedom, dtype=np.float64))
    c = np.exp([lgamma((v + 1.0) / 2.0) - lgamma(v / 2.0) for v in nu.ravel()]).reshape(nu.shape) / np.sqrt(
        pi
    )
    phi = np.arctan(float(normal_quantile(p)) / np.sqrt(nu))
    for _ in range(_STEPS):
        u = 0.5 * phi[..., None] * (_NODES + 1.0)
        area = 0.5 * phi * (_WEIGHTS * np.cos(u) ** (nu[..., None] - 1.0)).sum(axis=-1)
        step = (p - 0.5 - c * area) / (c * np.cos(phi) ** (nu - 1.0))
        phi = np.clip(phi + step, -0.5 * pi + 1e-9, 0.5 * pi - 1e-9)
    return np.asarray(np.sqrt(nu) * np.tan(phi))
