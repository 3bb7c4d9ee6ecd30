r"""Whether residuals are standard normal: mean, SD and the test of Kolmogorov and Smirnov.

:math:`p = 2 \sum_k (-1)^{k-1} e^{-2 k^2 \lambda^2}` with :math:`\lambda = (\sqrt n + 0.12 + 0.11/\sqrt n) D`.
Stephens MA. J R Stat Soc B 1970;32:115.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.statistics.normal import normal_log_cdf

Floats = NDArray[np.float64]
TERMS = 100


@dataclass(frozen=True)
class Normality:
    """Of how many residuals: mean, SD, and p of the hypothesis that they are standard normal."""

    count: int
    mean: float
    sd: float
    p: float


def normality(residuals: Floats) -> Normality:
    """The statistics of residuals; those that are not finite are left out."""
    z = np.sort(residuals[np.isfinite(residuals)])
    n = len(z)
    if n < 2:
        return Normality(n, float("nan"), float("nan"), float("nan"))
    below = np.exp(normal_log_cdf(z))
    distance = max(float((np.arange(1, n + 1) / n - below).max()), float((below - np.arange(n) / n).max()))
    scaled = (np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n)) * distance
    k = np.arange(1, TERMS + 1)
    p = 2.0 * float(((-1.0) ** (k - 1) * np.exp(-2.0 * k**2 * scaled**2)).sum())
    return Normality(n, float(z.mean()), float(z.std(ddof=1)), min(max(p, 0.0), 1.0))


@dataclass(frozen=True)
class Slope:
    """A line through random effects and a covariate: slope, correlation, and p of a correlation of zero."""

    slope: float
    r: float
    p: float


def slope(x: Floats, y: Floats) -> Slope:
    r"""The least-squares line of y by x; p from Fisher's :math:`\sqrt{n-3}\,\mathrm{artanh}\,r`."""
    if len(x) < 4 or x.std() == 0.0 or y.std() == 0.0:
        return Slope(float("nan"), float("nan"), float("nan"))
    r = float(np.corrcoef(x, y)[0, 1])
    z = abs(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))) * np.sqrt(len(x) - 3)
    return Slope(float(r * y.std() / x.std()), r, float(2.0 * np.exp(normal_log_cdf(-z))))
