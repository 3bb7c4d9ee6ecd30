"""The standard normal distribution: quantile, log-density and log-probabilities to full precision."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput

Floats = NDArray[np.float64]

# Coefficients of Wichura 1988, lowest power first; (numerator, denominator) by region of p.
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4)
    + (4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3)
    + (2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)
_SHOULDER = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0)
    + (1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2)
    + (7.74545014278341407640e-4,),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1)
    + (1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4)
    + (1.05075007164441684324e-9,),
)
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1)
    + (2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5)
    + (2.01033439929228813265e-7,),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2)
    + (7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7)
    + (2.04426310338993978564e-15,),
)


def normal_quantile(p: ArrayLike) -> Floats:
    r"""Standard normal quantile :math:`z = \Phi^{-1}(p)` for 0 < p < 1, elementwise, shape of p.

    Algorithm AS241, PPND16, of Wichura MJ. The percentage points of the normal distribution. Applied
    Statistics 1988; 37:477-484, doi 10.2307/2347330; relative accuracy about 1e-16. With q = p - 1/2:
    z = q R(0.180625 - q^2) where |q| <= 0.425, else z = sign(q) R(r - c) with r = sqrt(-ln min(p, 1 - p)).

    Raises InvalidInput where p is not strictly between 0 and 1.
    """
    shape, p = np.shape(p), np.asarray(p, dtype=np.float64).ravel()
    if not np.all((p > 0.0) & (p < 1.0)):
        raise InvalidInput(
            "A normal quantile needs a probability between 0 and 1.",
            "The quantile of 0 or 1 is infinite, and outside [0, 1] it is undefined.",
            "Sample from a uniform distribution that excludes both ends.",
        )
    q = p - 0.5
    z = q * _ratio(0.180625 - q * q, _CENTRE)
    outer = np.abs(q) > 0.425
    r = np.sqrt(-np.log(np.where(q < 0.0, p, 1.0 - p)[outer]))
    size = _ratio(r - 1.6, _SHOULDER)
    far = r > 5.0
    if far.any():
        size[far] = _ratio(r[far] - 5.0, _TAIL)
    z[outer] = np.copysign(size, q[outer])
    return z.reshape(shape)


def _ratio(x: Floats, fraction: tuple[tuple[float, ...], tuple[float, ...]]) -> Floats:
    """Ratio of two polynomials in x, each by Horner's rule."""
    above, below = (np.full_like(x, coefficients[-1]) for coefficients in fraction)
    for a, b in zip(fraction[0][-2::-1], fraction[1][-2::-1], strict=True):
        above = above * x + a
        below = below * x + b
    return above / below


def normal_log_pdf(z: ArrayLike) -> Floats:
    r"""Logarithm of the standard normal density, :math:`-z^2/2 - \ln\sqrt{2\pi}`, elementwise."""
    z = np.asarray(z, dtype=np.float64)
    return np.asarray(-0.5 * z * z - 0.5 * math.log(2.0 * math.pi))


def normal_log_cdf(z: ArrayLike) -> Floats:
    r"""Logarithm of the standard normal distribution function, :math:`\ln \Phi(z)`, elementwise.

    By the complementary error function; below :math:`z = -30`, where that nears zero, by the asymptotic
    series :math:`\Phi(z) \approx \phi(z)/|z| (1 - z^{-2} + 3 z^{-4} - 15 z^{-6})`. Relative accuracy of the
    logarithm about 1e-11 or better.
    """
    return np.asarray(_log_cdf(np.asarray(z, dtype=np.float64)), dtype=np.float64)


def normal_log_interval(low: ArrayLike, high: ArrayLike) -> Floats:
    r"""Logarithm of the probability between two points, :math:`\ln(\Phi(b) - \Phi(a))` for a < b.

    Both points are reflected where the interval lies above zero, so that no digits cancel.
    """
    low, high = np.broadcast_arrays(np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64))
    upper = low > 0.0
    a, b = np.where(upper, -high, low), np.where(upper, -low, high)
    log_b = normal_log_cdf(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(np.isneginf(a), -np.inf, normal_log_cdf(a) - log_b)
        found = log_b + np.log1p(-np.exp(below))
    return np.where(np.isneginf(log_b), -np.inf, found)


def _one_log_cdf(z: float) -> float:
    if z > 0.0:
        return math.log1p(-0.5 * math.erfc(z / math.sqrt(2.0)))
    if z > -30.0:
        return math.log(0.5 * math.erfc(-z / math.sqrt(2.0)))
    if z == -math.inf:
        return z
    r = 1.0 / (z * z)
    series = 1.0 - r * (1.0 - 3.0 * r * (1.0 - 5.0 * r))
    return -0.5 * z * z - math.log(-z) - 0.5 * math.log(2.0 * math.pi) + math.log(series)


_log_cdf = np.vectorize(_one_log_cdf, otypes=[np.float64])
