"""Functions of SBML's mathematics, written with the few operations that the engine has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from quotidian.interchange.formula import Apply, Formula, Number
from quotidian.interchange.operations import COMPARISONS, LOGIC

HALF_TURN = Number(math.pi / 2)


def truth(x: Formula) -> Formula:
    """A formula as a condition: a number counts as true where it is not 0."""
    if isinstance(x, Apply) and x.op in (*COMPARISONS, *LOGIC):
        return x
    if isinstance(x, Number):
        return Number(float(x.value != 0))
    if isinstance(x, Apply) and x.op == "piecewise":
        return Apply("piecewise", tuple(a if i % 2 else truth(a) for i, a in enumerate(x.args)))
    return Apply("!=", (x, 0.0))


def exp(x: Formula) -> Formula:
    """Exponential."""
    return Apply("exp", (x,))


def log(x: Formula) -> Formula:
    """Natural logarithm."""
    return Number(math.log(x.value)) if isinstance(x, Number) and x.value > 0 else Apply("log", (x,))


def sqrt(x: Formula) -> Formula:
    """Square root."""
    return Apply("sqrt", (x,))


def sin(x: Formula) -> Formula:
    """Sine of radians."""
    return Apply("sin", (x,))


def cos(x: Formula) -> Formula:
    """Cosine of radians."""
    return Apply("cos", (x,))


def arctan(x: Formula) -> Formula:
    """Inverse tangent."""
    return Apply("arctan", (x,))


def floor(x: Formula) -> Formula:
    """The largest whole number that is not above x."""
    return Apply("floor", (x,))


def tan(x: Formula) -> Formula:
    """Tangent."""
    return sin(x) / cos(x)


def _by_sign(x: Formula, of_size: Callable[[Formula], Formula]) -> Formula:
    """An odd function from its values above 0, where it loses no digits."""
    size = Apply("abs", (x,))
    value = of_size(size)
    return Apply("piecewise", (-value, Apply("<", (x, 0.0)), value))


def sinh(x: Formula) -> Formula:
    r""":math:`(e^x - e^{-x})/2`"""
    return (exp(x) - exp(-x)) / 2


def cosh(x: Formula) -> Formula:
    r""":math:`(e^x + e^{-x})/2`"""
    return (exp(x) + exp(-x)) / 2


def tanh(x: Formula) -> Formula:
    r""":math:`(1 - e^{-2|x|})/(1 + e^{-2|x|})` with the sign of x"""
    return _by_sign(x, lambda size: (1 - exp(-2 * size)) / (1 + exp(-2 * size)))


def arcsin(x: Formula) -> Formula:
    r""":math:`\arctan(x / \sqrt{1 - x^2})`"""
    return arctan(x / sqrt((1 - x) * (1 + x)))


def arccos(x: Formula) -> Formula:
    r""":math:`\pi/2 - \arcsin x`"""
    return HALF_TURN - arcsin(x)


def arcsinh(x: Formula) -> Formula:
    r""":math:`\ln(|x| + \sqrt{x^2 + 1})` with the sign of x"""
    return _by_sign(x, lambda size: log(size + sqrt(size * size + 1)))


def arccosh(x: Formula) -> Formula:
    r""":math:`\ln(x + \sqrt{x^2 - 1})`"""
    return log(x + sqrt((x - 1) * (x + 1)))


def arctanh(x: Formula) -> Formula:
    r""":math:`\frac12 \ln\frac{1+x}{1-x}`"""
    return log((1 + x) / (1 - x)) / 2


def _reciprocal(n: Formula) -> Formula:
    return Number(1.0 / n.value) if isinstance(n, Number) and n.value else 1 / n


def _whole_part(x: Formula) -> Formula:
    return Apply("piecewise", (-floor(-x), Apply("<", (x, 0.0)), floor(x)))


def quotient(a: Formula, b: Formula) -> Formula:
    """The whole part of a / b, rounded towards 0."""
    return _whole_part(a / b)


def _inverse(f: Callable[[Formula], Formula]) -> Callable[[Formula], Formula]:
    return lambda x: 1 / f(x)


def _of_inverse(f: Callable[[Formula], Formula]) -> Callable[[Formula], Formula]:
    return lambda x: f(1 / x)


FUNCTIONS: Mapping[str, Callable[..., Formula]] = {
    "POWER": lambda a, b: a**b,
    "ROOT": lambda n, a: sqrt(a) if n == Number(2.0) else a ** _reciprocal(n),
    "EXP": exp,
    "LN": log,
    "LOG": lambda base, a: log(a) / log(base),
    "ABS": lambda a: Apply("abs", (a,)),
    "MIN": lambda a, *b: Apply("min", (a, *b)),
    "MAX": lambda a, *b: Apply("max", (a, *b)),
    "FLOOR": floor,
    "CEILING": lambda a: -floor(-a),
    "FACTORIAL": lambda a: Apply("factorial", (a,)),
    "QUOTIENT": quotient,
    "REM": lambda a, b: a - b * quotient(a, b),
    "SIN": sin,
    "COS": cos,
    "TAN": tan,
    "SEC": _inverse(cos),
    "CSC": _inverse(sin),
    "COT": lambda a: cos(a) / sin(a),
    "SINH": sinh,
    "COSH": cosh,
    "TANH": tanh,
    "SECH": _inverse(cosh),
    "CSCH": _inverse(sinh),
    "COTH": _inverse(tanh),
    "ARCSIN": arcsin,
    "ARCCOS": arccos,
    "ARCTAN": arctan,
    "ARCSEC": _of_inverse(arccos),
    "ARCCSC": _of_inverse(arcsin),
    "ARCCOT": _of_inverse(arctan),
    "ARCSINH": arcsinh,
    "ARCCOSH": arccosh,
    "ARCTANH": arctanh,
    "ARCSECH": _of_inverse(arccosh),
    "ARCCSCH": _of_inverse(arcsinh),
    "ARCCOTH": _of_inverse(arctanh),
}
"""By the name of libSBML's tree type, without ``AST_FUNCTION_``."""
