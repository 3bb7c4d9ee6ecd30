r"""Functions for rate laws that work for numbers, engine symbols, quantities and typesetting.

A law is arithmetic plus these functions. The type of the result follows that of the argument; a type of our
own (the engine's symbols) implements a method ``apply_function(name)``.
Laws that several mechanisms share stand at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

_COSINES = tuple(math.cos(math.pi * (j + 0.5) / 6) for j in range(6))
"""Cosines at the midpoints of six equal parts of half a turn; the other half is symmetric."""


def _call(name: str, x: Any) -> Any:
    if hasattr(x, "apply_function"):
        return x.apply_function(name)
    if isinstance(x, int | float):
        return getattr(math, name)(x)
    if type(x).__module__.startswith("sympy"):
        import sympy

        return getattr(sympy, name)(x)
    return _quantity(name, x)


def _quantity(name: str, x: Any) -> Any:
    """A function of a dimensionless quantity; another dimension raises an error for the audit."""
    if name == "sqrt":
        return x**0.5
    pure = x.to("dimensionless")
    return pure * 0 + getattr(math, name)(pure.magnitude)


def exp(x: Any) -> Any:
    """Exponential."""
    return _call("exp", x)


def log(x: Any) -> Any:
    """Natural logarithm."""
    return _call("log", x)


def cos(x: Any) -> Any:
    """Cosine of radians."""
    return _call("cos", x)


def sin(x: Any) -> Any:
    """Sine of radians."""
    return _call("sin", x)


def sqrt(x: Any) -> Any:
    """Square root."""
    return _call("sqrt", x)


def hill(x: Any, a: Any, n: Any) -> Any:
    r"""Hill function, :math:`H(x; a, n) = \frac{(x/a)^n}{1 + (x/a)^n}`."""
    z = (x / a) ** n
    return z / (1 + z)


def rhythmic_mean(response: Callable[[Any], Any], kappa: Any) -> Any:
    r"""Mean of a response to a daily course of mean 1, :math:`\frac{1}{6} \sum_j f(c_j)`

    with :math:`c_j = 6\, e^{\kappa \cos\vartheta_j} / \sum_i e^{\kappa \cos\vartheta_i}` at six angles of
    half a turn: the midpoint rule, whose error for a periodic course falls exponentially with their number.
    Where the response saturates, its mean lies below the response to the mean.
    """
    weights = [exp(kappa * cosine) for cosine in _COSINES]
    mean = reduce(add, weights) / len(weights)
    return reduce(add, [response(weight / mean) for weight in weights]) / len(weights)


def rhythmic_hill(x: Any, a: Any, n: Any, kappa: Any) -> Any:
    r"""Mean of a Hill function over a day whose course has mean :math:`x`, :math:`\overline{H(x c; a, n)}`"""
    return rhythmic_mean(lambda c: hill(x * c, a, n), kappa)


def zero() -> Any:
    """Starts at 0"""
    return 0.0


def first_order(x: Any, k: Any) -> Any:
    r"""First-order rate, :math:`v = k x`"""
    return k * x


def net_binding(a: Any, b: Any, ab: Any, k_on: Any, k_off: Any) -> Any:
    r"""Net binding, :math:`v = k_{on} a b - k_{off} ab`"""
    return k_on * a * b - k_off * ab


def by_weight(x: Any, w: Any, w_ref: Any, a: Any) -> Any:
    r"""Scaled by body weight, :math:`x_{ref} (w / w_{ref})^{a}`"""
    return x * (w / w_ref) ** a
