r"""Prior densities of parameters.

A prior of version 2 is cut at the bounds and normalised: :math:`\ln p(x) - \ln(F(u) - F(l))`. One of version
1 is not, and may be that of the parameter on the scale on which it is estimated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

Law = tuple[Callable[..., float], Callable[..., float]]


@dataclass(frozen=True)
class Prior:
    """``family`` with its parameters; ``scaled`` is the scale of its argument; ``cut`` at the bounds."""

    family: str
    parameters: tuple[float, ...]
    scaled: str = "lin"
    cut: bool = True

    def log_density(self, x: float, lower: float, upper: float) -> float:
        """Natural logarithm of the density at an unscaled value; minus infinity outside the bounds."""
        density, below = FAMILIES[self.family][1]
        if self.cut and not lower <= x <= upper:
            return -math.inf
        try:
            value = density(on_scale(x, self.scaled), *self.parameters)
            inside = 1.0
            if self.cut:
                inside = below(upper, *self.parameters) - below(lower, *self.parameters)
        except (ValueError, ZeroDivisionError, OverflowError):
            return -math.inf
        return value - math.log(inside) if inside > 0 else -math.inf


def on_scale(x: float, scale: str) -> float:
    """A value on the scale lin, log or log10; minus infinity at and below 0 where that has no logarithm."""
    if scale == "lin":
        return x
    if x <= 0:
        return -math.inf
    return math.log(x) if scale == "log" else math.log10(x)


def _normal(x: float, m: float, s: float) -> float:
    return -0.5 * math.log(2 * math.pi * s * s) - 0.5 * ((x - m) / s) ** 2


def _below_normal(x: float, m: float, s: float) -> float:
    return NormalDist(m, s).cdf(x) if math.isfinite(x) else float(x > 0)


def _laplace(x: float, m: float, b: float) -> float:
    return -math.log(2 * b) - abs(x - m) / b


def _below_laplace(x: float, m: float, b: float) -> float:
    return 0.5 * math.exp((x - m) / b) if x < m else 1.0 - 0.5 * math.exp(-(x - m) / b)


def _uniform(x: float, low: float, high: float) -> float:
    return -math.log(high - low) if low <= x <= high else -math.inf


def _below_uniform(x: float, low: float, high: float) -> float:
    return min(max((x - low) / (high - low), 0.0), 1.0)


def _cauchy(x: float, m: float, s: float) -> float:
    return -math.log(math.pi * s * (1 + ((x - m) / s) ** 2))


def _below_cauchy(x: float, m: float, s: float) -> float:
    return math.atan((x - m) / s) / math.pi + 0.5


def _gamma(x: float, k: float, theta: float) -> float:
    return (k - 1) * math.log(x) - x / theta - math.lgamma(k) - k * math.log(theta)


def _below_gamma(x: float, k: float, theta: float) -> float:
    return lower_gamma(k, x / theta) if x > 0 else 0.0


def _exponential(x: float, mean: float) -> float:
    return -math.log(mean) - x / mean if x >= 0 else -math.inf


def _rayleigh(x: float, s: float) -> float:
    return math.log(x) - 2 * math.log(s) - x * x / (2 * s * s)


def _of_log(law: Law) -> Law:
    """The law of a quantity whose logarithm has the law."""
    density, below = law
    return (
        lambda x, *p: density(math.log(x), *p) - math.log(x),
        lambda x, *p: below(math.log(x), *p) if 0 < x < math.inf else float(x > 0),
    )


def lower_gamma(k: float, x: float) -> float:
    r"""The regularised lower incomplete gamma function :math:`P(k, x)`, by its series below k + 1 and by
    its continued fraction above (Press and others, Numerical Recipes, section 6.2)."""
    if x <= 0 or math.isinf(x):
        return float(x > 0)
    front = math.exp(k * math.log(x) - x - math.lgamma(k))
    if x < k + 1:
        term = total = 1.0 / k
        n = 0
        while abs(term) > 1e-17 * total and n < 10_000:
            n += 1
            term *= x / (k + n)
            total += term
        return front * total
    b = x + 1 - k
    c, d = math.inf, 1.0 / b
    h, n, change = d, 0, 0.0
    while abs(change - 1) > 1e-16 and n < 10_000:
        n += 1
        a = -n * (n - k)
        b += 2
        d = 1.0 / (a * d + b)
        c = b + a / c
        change = c * d
        h *= change
    return 1.0 - front * h


_NORMAL: Law = (_normal, _below_normal)
_LAPLACE: Law = (_laplace, _below_laplace)
_UNIFORM: Law = (_uniform, _below_uniform)
FAMILIES: Mapping[str, tuple[int, Law]] = {
    "normal": (2, _NORMAL),
    "laplace": (2, _LAPLACE),
    "uniform": (2, _UNIFORM),
    "log-normal": (2, _of_log(_NORMAL)),
    "log-laplace": (2, _of_log(_LAPLACE)),
    "log-uniform": (
        2,
        (lambda x, low, high: _of_log(_UNIFORM)[0](x, math.log(low), math.log(high)),
         lambda x, low, high: _of_log(_UNIFORM)[1](x, math.log(low), math.log(high))),
    ),
    "cauchy": (2, (_cauchy, _below_cauchy)),
    "gamma": (2, (_gamma, _below_gamma)),
    "chisquare": (1, (lambda x, n: _gamma(x, n / 2, 2.0), lambda x, n: _below_gamma(x, n / 2, 2.0))),
    "exponential": (1, (_exponential, lambda x, mean: 1 - math.exp(-x / mean) if x > 0 else 0.0)),
    "rayleigh": (1, (_rayleigh, lambda x, s: 1 - math.exp(-x * x / (2 * s * s)) if x > 0 else 0.0)),
}  # fmt: skip
"""Number of parameters; natural logarithm of the density, and distribution function."""
