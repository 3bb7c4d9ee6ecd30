"""Interval statistics of trials: proportions, replicates, bands, and the normal quantile behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.quantiles import linear, weibull

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A closed interval, in the unit of the quantity it is about."""

    low: float
    high: float


class Summary(NamedTuple):
    """Median and central interval of one number over replicate trials."""

    median: float
    low: float
    high: float


def wilson(count: int, n: int, level: float = 0.95) -> Interval:
    r"""Score interval of a proportion, count of n, as a fraction of 1.

    :math:`(\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2})/(1 + z^2/n)`; Wilson EB. J Am Stat
    Assoc 1927; 22:209-212. Raises InvalidInput for counts or levels that make no proportion.
    """
    _check(count, n, level)
    return score_interval(count / n, n, level)


def score_interval(p: float, n: int, level: float = 0.95) -> Interval:
    """The interval of `wilson` for a proportion p, 0 to 1, whose count may not be known.

    Raises InvalidInput for a proportion, number or level that is none.
    """
    if not (0.0 <= p <= 1.0 and n >= 1):
        raise InvalidInput(
            f"{p} of {n} is not a proportion.",
            "A proportion lies between 0 and 1, of at least one child.",
            "Divide a percentage by 100.",
        )
    _check_level(level)
    z = float(normal_quantile(0.5 + level / 2.0))
    centre, scale = p + z * z / (2 * n), 1.0 + z * z / n
    half = z * sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n))
    low = 0.0 if p == 0.0 else (centre - half) / scale
    high = 1.0 if p == 1.0 else (centre + half) / scale
    return Interval(low, high)


@lru_cache(maxsize=4096)
def clopper_pearson(count: int, n: int, level: float = 0.95) -> Interval:
    r"""Exact interval of a proportion, count of n, as a fraction of 1.

    The p at which :math:`P(X \ge k) = \alpha/2` (low) and :math:`P(X \le k) = \alpha/2` (high), X binomial;
    Clopper CJ, Pearson ES. Biometrika 1934; 26:404-413. Found by bisection on the binomial sums.
    Raises InvalidInput for counts or levels that make no proportion.
    """
    _check(count, n, level)
    alpha = 1.0 - level
    low = high = 0.0
    if count > 0:
        low = _bisect(lambda p: _binomial(count, n, n, p) > alpha / 2.0)
    if count < n:
        high = _bisect(lambda p: _binomial(0, count, n, p) < alpha / 2.0)
    return Interval(low, high if count < n else 1.0)


def _binomial(first: int, last: int, n: int, p: float) -> float:
    """P(first <= X <= last) of X binomial (n, p), 0 < p < 1."""
    k = np.arange(1, n + 1, dtype=np.float64)
    choose = np.concatenate(([0.0], np.cumsum(np.log((n - k + 1.0) / k))))[first : last + 1]
    x = np.arange(first, last + 1, dtype=np.float64)
    return float(np.exp(choose + x * np.log(p) + (n - x) * np.log1p(-p)).sum())


def _bisect(beyond: Callable[[float], bool]) -> float:
    """The point of (0, 1) where `beyond` turns from false to true."""
    low, high = 0.0, 1.0
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (low, middle) if beyond(middle) else (middle, high)
    return high


def _check(count: int, n: int, level: float) -> None:
    """Refuse an invalid count or confidence level."""
    if not (0 <= count <= n and n >= 1 and int(count) == count and int(n) == n):
        raise InvalidInput(
            f"{count} of {n} is not a proportion.",
            "A proportion needs whole numbers with 0 <= count <= n and n >= 1.",
            "Count the responders and the children of the arm again.",
        )
    _check_level(level)


def _check_level(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise InvalidInput(
            f"{level} is not a confidence level.",
            "A level lies strictly between 0 and 1.",
            "Write 0.95 for 95 %.",
        )


def over_replicates(values: ArrayLike, level: float = 0.95, predictive: bool = False) -> Summary:
    """Median and central interval of one number over replicate trials, values (replicates,), same unit.

    The interval holds `level` of the replicates: it describes the variation between trials of this size, not
    the standard error of the mean. A ``predictive`` interval holds a further replicate with probability
    `level`: its ends have the ranks p (n + 1), and it is the range of the replicates where these are too few
    (below 39 for 95 %). Raises InvalidInput for no values, values that are not finite, or an invalid level.
    """
    _check_level(level)
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise InvalidInput(
            "Replicates cannot be summarised.",
            f"One finite number per replicate is needed, got shape {values.shape} or values not finite.",
            "Run at least one replicate, and look for the trial that has no result.",
        )
    tail = (1.0 - level) / 2.0
    low, high = (weibull if predictive else linear)(values, (tail, 1.0 - tail))
    return Summary(linear(values, (0.5,))[0], low, high)


def rank_among(values: ArrayLike, point: tuple[float, float]) -> float:
    """Rank of a number, known to lie between two ends, among values (replicates,): 0 below all, 1 above all.

    Values between the ends count half, so that the rank of a value among its equals is 1/2.
    """
    x = np.asarray(values, dtype=np.float64)
    low, high = point
    return float(((x < low).sum() + 0.5 * ((x >= low) & (x <= high)).sum()) / len(x))


def bands(values: ArrayLike, quantiles: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> Floats:
    """Quantiles over children: values (children, ...) to (quantiles, ...), same unit.

    Raises InvalidInput for no children, values not finite, or quantiles outside 0 to 1.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 0 or values.shape[0] == 0 or not np.isfinite(values).all():
        raise InvalidInput(
            "Bands cannot be drawn.",
            f"Every child needs finite values, got shape {values.shape} or values not finite.",
            "Leave out the children without values, and state their number.",
        )
    if not all(0.0 <= quantile <= 1.0 for quantile in quantiles):
        raise InvalidInput(
            f"{tuple(quantiles)} are not quantiles.",
            "A quantile lies between 0 and 1.",
            "Write 0.95 for the 95th percentile.",
        )
    return np.asarray(np.quantile(values, quantiles, axis=0), dtype=np.float64)


def inside(point: float, interval: tuple[float, float]) -> bool:
    """Whether a point lies in a closed interval; both in one unit."""
    low, high = _ordered(interval)
    return low <= point <= high


def overlaps(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether two closed intervals share a point; both in one unit."""
    (a_low, a_high), (b_low, b_high) = _ordered(a), _ordered(b)
    return a_low <= b_high and b_low <= a_high


def _ordered(interval: tuple[float, float]) -> tuple[float, float]:
    low, high = interval
    if not (isfinite(low) and isfinite(high) and low <= high):
        raise InvalidInput(
            f"({low}, {high}) is not an interval.",
            "The lower end must be finite and at most the upper end.",
            "Give (low, high).",
        )
    return low, high
