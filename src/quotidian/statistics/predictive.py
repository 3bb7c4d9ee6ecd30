r"""The predictive distribution of one further number, and of the same with an independent normal error.

A further number lies below the least of n numbers, between two neighbours, or above the largest, with
probability 1/(n + 1) each. It is taken as uniform between neighbours, and as equal to the end beyond the
ends. Its quantiles are those of `quantiles.weibull`. With an error of SD T,

.. math::

   F(y) = \frac{1}{n+1}\Big[\Phi\Big(\frac{y-y_1}{T}\Big) + \Phi\Big(\frac{y-y_n}{T}\Big)
          + \sum_{i<n} \frac{H(y-y_i) - H(y-y_{i+1})}{y_{i+1}-y_i}\Big], \quad
   H(u) = u\,\Phi(u/T) + T\,\varphi(u/T)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.statistics.normal import normal_log_cdf, normal_log_pdf
from quotidian.statistics.quantiles import weibull

Floats = NDArray[np.float64]
_CLOSE = 1e-4
"""Neighbours closer than this, in SD, count at their middle: their difference would lose digits."""
_REACH, _EXACT = 10.0, 1e-10


@dataclass(frozen=True, eq=False)
class Predictive:
    """A further number with its error.

    Parameters
    ----------
    values : (n,) finite numbers, at least one. sd : SD of the error, in the same unit; 0 for none.
    """

    values: Floats
    sd: float

    def below(self, y: float) -> float:
        """Probability of a number of at most y."""
        ordered = np.sort(np.asarray(self.values, dtype=np.float64))
        if self.sd == 0.0:
            return _share_below(ordered, y)
        u, gap = y - ordered, np.diff(ordered)
        close = gap < _CLOSE * self.sd
        cumulative = self._cumulative(u)
        h = u * cumulative + self.sd * np.exp(normal_log_pdf(u / self.sd))
        apart = (h[:-1] - h[1:]) / np.where(close, 1.0, gap)
        between = np.where(close, 0.5 * (cumulative[:-1] + cumulative[1:]), apart)
        return float((cumulative[0] + cumulative[-1] + between.sum()) / (len(u) + 1))

    def quantile(self, p: float) -> float:
        """The number that is exceeded with probability 1 - p, 0 < p < 1, by bisection."""
        if self.sd == 0.0:
            return weibull(np.asarray(self.values, dtype=np.float64), (p,))[0]
        low = float(np.min(self.values)) - _REACH * self.sd
        high = float(np.max(self.values)) + _REACH * self.sd
        while high - low > _EXACT * self.sd and low < (middle := 0.5 * (low + high)) < high:
            low, high = (low, middle) if self.below(middle) > p else (middle, high)
        return 0.5 * (low + high)

    def _cumulative(self, u: ArrayLike) -> Floats:
        return np.exp(normal_log_cdf(np.asarray(u) / self.sd))


def _share_below(ordered: Floats, y: float) -> float:
    """The same without an error: a step at each end, and straight lines between."""
    n = len(ordered)
    if y < ordered[0] or y >= ordered[-1]:
        return float(y >= ordered[0])
    i = int(np.searchsorted(ordered, y, side="right"))
    return float((i + (y - ordered[i - 1]) / (ordered[i] - ordered[i - 1])) / (n + 1))
