r"""Functions for rate laws that read alike for numbers, engine symbols, quantities and typesetting.

A law is arithmetic plus these functions. Whatever type goes in decides what comes out; a type of
its own (the engine's symbols) answers by a method ``apply_function(name)``.
"""

from __future__ import annotations

import math
from typing import Any


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
    """A function of a dimensionless quantity; anything else is the auditor's to refuse."""
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
