"""Whether two products are the same: intervals within limits, and how likely trials find them so."""

from __future__ import annotations

from functools import lru_cache
from math import erf, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.power import binomial

Floats = NDArray[np.float64]
LOW, HIGH = 0.80, 1.25
"""Limits of the ratio of exposures that regulators hold products to (recalled)."""
LEVEL = 0.90
"""Of the interval: its ends are two one-sided tests at 5 %. Schuirmann DJ 1987 (recalled)."""
_NODES, _REACH = 401, 12.0


class Ratio(NamedTuple):
    """Ratio of geometric means and its interval."""

    ratio: float
    low: float
    high: float


def ratio_of(test: ArrayLike, reference: ArrayLike, level: float = LEVEL) -> Ratio:
    r"""Ratio of geometric means of two groups, (children,) each, values above zero.

    :math:`e^{\bar x - \bar y \pm t\, s \sqrt{1/n + 1/m}}` of the logarithms, with the pooled SD s and t of
    n + m - 2 degrees of freedom. Raises InvalidInput for fewer than two in a group or a value not above zero.
    """
    values = [np.asarray(v, dtype=np.float64) for v in (test, reference)]
    if any(v.ndim != 1 or len(v) < 2 or not (v > 0).all() for v in values):
        raise InvalidInput(
            "A ratio of geometric means cannot be computed.",
            "Each group needs two values or more, all above 0.",
            "Leave out subjects who did not receive the drug.",
        )  # fmt: skip
    x, y = (np.log(v) for v in values)
    n, m = len(x), len(y)
    free = n + m - 2
    pooled = sqrt((((x - x.mean()) ** 2).sum() + ((y - y.mean()) ** 2).sum()) / free)
    shift = float(x.mean() - y.mean())
    half = t_quantile(0.5 + level / 2.0, free) * pooled * sqrt(1.0 / n + 1.0 / m)
    return Ratio(*(float(np.exp(v)) for v in (shift, shift - half, shift + half)))


def ratio_power(
    ratio: float, sd: float, n: int, low: float = LOW, high: float = HIGH, level: float = LEVEL
) -> float:
    r"""Chance that the interval of the ratio lies within the limits, n children in each of two arms.

    The mean of the log ratio is normal around :math:`\ln \theta` with SD :math:`\sigma\sqrt{2/n}`, the
    estimated SD :math:`s = \sigma u` with :math:`2(n-1)u^2` chi-squared; averaged over u by quadrature.
    Parameters: true ratio, SD of the logarithm between children. Raises InvalidInput for what makes no trial.
    """
    if n < 2 or sd <= 0.0 or not 0.0 < low < high or ratio <= 0.0:
        raise InvalidInput(
            f"Equivalence with {n} per group and an SD of {sd:g} cannot be computed.",
            "Each group has two subjects or more, SD and ratio are above 0, and the limits are in order.",
            "Correct the numbers.",
        )
    free = 2 * (n - 1)
    t, error = t_quantile(0.5 + level / 2.0, free), sd * sqrt(2.0 / n)
    u, weight = _scaled_chi(free)
    upper = (log(high) - log(ratio)) / error - t * u
    lower = (log(low) - log(ratio)) / error + t * u
    return float(weight @ np.maximum(_phi(upper) - _phi(lower), 0.0))


def share_power(p_test: float, p_reference: float, n: int, margin: float, level: float = LEVEL) -> float:
    r"""Chance that the interval of a difference of shares lies within :math:`\pm` margin, n in each arm.

    The interval is :math:`\hat p - \hat q \pm z\sqrt{(\hat p(1-\hat p) + \hat q(1-\hat q))/n}` (Wald); summed
    over every table there can be. Shares and margin of 1. Raises InvalidInput for what makes no trial.
    """
    if n < 1 or not (0.0 <= p_test <= 1.0 and 0.0 <= p_reference <= 1.0 and 0.0 < margin < 1.0):
        raise InvalidInput(
            f"Equivalence of {p_test:g} and {p_reference:g} within {margin:g} cannot be computed.",
            "Shares lie from 0 to 1, and the margin between 0 and 1.", "Write 0.15 for 15 %.",
        )  # fmt: skip
    p = np.arange(n + 1) / n
    difference = p[:, None] - p[None, :]
    variance = p * (1.0 - p)
    z = float(normal_quantile(0.5 + level / 2.0))
    half = z * np.sqrt((variance[:, None] + variance[None, :]) / n)
    within = np.abs(difference) + half <= margin
    return float(binomial(n, p_test) @ within @ binomial(n, p_reference))


@lru_cache(maxsize=256)
def t_quantile(p: float, free: int) -> float:
    r"""Quantile of Student's t, p from 0.5 up: :math:`P(T \le t) = E\,\Phi(t u)`, solved by bisection."""
    u, weight = _scaled_chi(free)
    low, high = 0.0, 1000.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if float(weight @ _phi(middle * u)) < p else (low, middle)
    return 0.5 * (low + high)


def _scaled_chi(free: int) -> tuple[Floats, Floats]:
    r"""Nodes u of :math:`\sqrt{\chi^2_k/k}` and their weights, which sum to 1; density
    :math:`\propto u^{k-1} e^{-k u^2/2}`."""
    half = _REACH / sqrt(2.0 * free)
    u = np.linspace(max(1e-9, 1.0 - half), 1.0 + half, _NODES)
    logs = (free - 1) * np.log(u) - 0.5 * free * u * u
    weight = np.exp(logs - logs.max())
    return u, weight / weight.sum()


def _phi(x: Floats) -> Floats:
    return np.array([0.5 * (1.0 + erf(v / sqrt(2.0))) for v in x])
