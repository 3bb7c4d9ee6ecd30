r"""Effects between two groups with their intervals: differences, ratios and odds ratios of shares; means.

All functions work on arrays of one shape, one number for each replicate of a trial. ``x`` of ``n`` are
counts; group 1 is compared with group 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.student import student_quantile

Floats = NDArray[np.float64]
Signed = Callable[[Floats], Floats]
_WIDEST = 30.0  # natural logarithm of the largest ratio that is searched
_STEPS = 60


class Effects(NamedTuple):
    """Estimates and interval ends, [replicate]; infinite where a ratio has no upper end, not-a-number where
    an effect is not defined."""

    estimate: Floats
    low: Floats
    high: Floats


def risk_difference(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, level: float = 0.95
) -> Effects:
    r"""Difference of two proportions with the hybrid score interval.

    :math:`d - \sqrt{(p_1-l_1)^2 + (u_2-p_2)^2}` to :math:`d + \sqrt{(u_1-p_1)^2 + (p_2-l_2)^2}`, l and u the
    Wilson limits of each proportion; Newcombe RG. Stat Med 1998; 17:873-890, method 10.
    """
    x1, n1, x2, n2 = _arrays(x1, n1, x2, n2)
    p1, p2 = x1 / n1, x2 / n2
    (l1, u1), (l2, u2) = _wilson(p1, n1, level), _wilson(p2, n2, level)
    d = p1 - p2
    low = d - np.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = d + np.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return Effects(d, low, high)


def risk_ratio(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, level: float = 0.95) -> Effects:
    r"""Ratio of two proportions with the score interval.

    The :math:`\theta` at which :math:`(p_1 - \theta p_2) / \sqrt{\tilde p_1 (1-\tilde p_1)/n_1 + \theta^2
    \tilde p_2 (1-\tilde p_2)/n_2} = \pm z`, the tilde marking the estimates of largest likelihood with
    :math:`p_1 = \theta p_2`; Koopman PAR. Biometrics 1984; 40:513-517.
    """
    x1, n1, x2, n2 = _arrays(x1, n1, x2, n2)
    p1, p2 = x1 / n1, x2 / n2

    def z(theta: Floats) -> Floats:
        a = theta * (n1 + x2) + x1 + n2
        root = np.sqrt(np.maximum(a * a - 4.0 * theta * (n1 + n2) * (x1 + x2), 0.0))
        q2 = np.clip((a - root) / (2.0 * (n1 + n2) * theta), 0.0, 1.0)
        q1 = np.clip(theta * q2, 0.0, 1.0)
        return _over(p1 - theta * p2, np.sqrt(q1 * (1 - q1) / n1 + theta**2 * q2 * (1 - q2) / n2))

    return _ratio(_over(p1, p2), z, x1 == 0, x2 == 0, level)


def odds_ratio(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, level: float = 0.95) -> Effects:
    r"""Ratio of two odds with the score interval, without correction for continuity.

    The :math:`\psi` at which :math:`(x_1 - n_1 \tilde p_1) \sqrt{1/(n_1 \tilde p_1 \tilde q_1) +
    1/(n_2 \tilde p_2 \tilde q_2)} = \pm z`, the tilde marking the estimates of largest likelihood with that
    odds ratio; Miettinen O, Nurminen M. Stat Med 1985; 4:213-226.
    """
    x1, n1, x2, n2 = _arrays(x1, n1, x2, n2)
    total = x1 + x2

    def z(psi: Floats) -> Floats:
        b = n1 * psi + n2 - total * (psi - 1.0)
        root = np.sqrt(np.maximum(b * b + 4.0 * n2 * (psi - 1.0) * total, 0.0))
        q2 = np.clip(2.0 * total / (b + root), 0.0, 1.0)
        q1 = np.clip(psi * q2 / (1.0 + q2 * (psi - 1.0)), 0.0, 1.0)
        spread = n1 * q1 * (1 - q1) * n2 * q2 * (1 - q2) / (n1 * q1 * (1 - q1) + n2 * q2 * (1 - q2) + 1e-300)
        return _over(x1 - n1 * q1, np.sqrt(spread))

    estimate = _over(x1 * (n2 - x2), (n1 - x1) * x2)
    return _ratio(estimate, z, (x1 == 0) | (x2 == n2), (x2 == 0) | (x1 == n1), level)


def mean_difference(
    m1: ArrayLike,
    s1: ArrayLike,
    n1: ArrayLike,
    m2: ArrayLike,
    s2: ArrayLike,
    n2: ArrayLike,
    level: float = 0.95,
) -> Effects:
    r"""Difference of two means, SDs ``s``, with the interval of unequal variances.

    :math:`d \pm t_\nu \sqrt{v_1 + v_2}` with :math:`v = s^2/n` and
    :math:`\nu = (v_1+v_2)^2/(v_1^2/(n_1-1) + v_2^2/(n_2-1))`; Welch BL. Biometrika 1947; 34:28-35. Not a
    number for a group of one.
    """
    m1, s1, n1, m2, s2, n2 = (np.asarray(x, dtype=np.float64) for x in (m1, s1, n1, m2, s2, n2))
    v1, v2 = s1**2 / n1, s2**2 / n2
    with np.errstate(invalid="ignore", divide="ignore"):
        nu = (v1 + v2) ** 2 / (v1**2 / (n1 - 1.0) + v2**2 / (n2 - 1.0))
    half = student_quantile(0.5 + level / 2.0, np.where(np.isfinite(nu), nu, 1.0)) * np.sqrt(v1 + v2)
    half = np.where((n1 > 1) & (n2 > 1), half, np.nan)
    d = m1 - m2
    return Effects(d, d - half, d + half)


def _arrays(*given: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in given)


def _over(above: Floats, below: Floats) -> Floats:
    """A quotient: not-a-number for 0/0, signed infinity for others over 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(above / below)


def _wilson(p: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits as :func:`quotidian.statistics.intervals.wilson` has them, of arrays."""
    z = float(normal_quantile(0.5 + level / 2.0))
    centre, scale = p + z * z / (2 * n), 1.0 + z * z / n
    half = z * np.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n))
    return np.where(p == 0, 0.0, (centre - half) / scale), np.where(p == 1, 1.0, (centre + half) / scale)


def _ratio(estimate: Floats, z: Signed, from_zero: NDArray[np.bool_], endless: NDArray[np.bool_], level: float
           ) -> Effects:  # fmt: skip
    """The interval of a ratio, by bisection of its logarithm; ``z`` falls as the ratio rises."""
    limit = float(normal_quantile(0.5 + level / 2.0))
    low, high = _falls_to(z, np.array([[limit], [-limit]]), (2, *estimate.shape))
    undefined = np.isnan(estimate)
    low = np.where(undefined, np.nan, np.where(from_zero, 0.0, low))
    return Effects(estimate, low, np.where(undefined, np.nan, np.where(endless, np.inf, high)))


def _falls_to(z: Signed, value: Floats, shape: tuple[int, ...]) -> Floats:
    """The ratios, of this shape, at which ``z`` is ``value``."""
    low, high = np.full(shape, -_WIDEST), np.full(shape, _WIDEST)
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        above = z(np.exp(middle)) > value
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(np.exp(0.5 * (low + high)))
