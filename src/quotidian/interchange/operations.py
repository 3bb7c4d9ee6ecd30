"""What each operation of a formula does: with numbers, with symbols of the engine, with formulas.

Numbers follow IEEE 754: 1/0 is infinite and the logarithm of -1 is not a number, as in other programs that
run SBML. Comparisons are 1 where they hold, 0 elsewhere, and so can be used as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

Operation = Callable[..., Any]
LARGEST_POWER = 64
"""Largest whole exponent in a formula itself that is multiplied out."""
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
LOGIC = ("and", "or", "xor", "not")
UNTRUE = 0.0


# ---- numbers
def _divide(a: Any, b: Any) -> Any:
    try:
        return a / b
    except ZeroDivisionError:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _power(a: Any, b: Any, near: float = 0.0) -> Any:
    """A base below 0 by no more than ``near`` counts as 0, where the power is no whole number."""
    if isinstance(a, float | int) and isinstance(b, float | int):
        if -near <= a < 0 and not float(b).is_integer():
            a = 0.0
        try:
            result = float(a) ** b
        except ZeroDivisionError:
            return math.inf
        except OverflowError:
            return math.inf if a > 0 or b % 2 == 0 else -math.inf
        return math.nan if isinstance(result, complex) else result
    return a**b


def _guarded(function: Callable[[float], float], beyond: float = math.nan) -> Operation:
    """A function of one number; ``beyond`` where it overflows, not-a-number outside its domain."""

    def call(x: Any) -> Any:
        if hasattr(x, "apply_function"):
            return x.apply_function(function.__name__)  # an affine form, which refuses
        try:
            return float(function(x))
        except OverflowError:
            return beyond
        except ValueError:
            return math.nan

    return call


def _log(x: Any) -> Any:
    return -math.inf if isinstance(x, float | int) and x == 0 else _guarded(math.log)(x)


def _factorial(x: float) -> float:
    return float(math.gamma(x + 1)) if x >= 0 and float(x).is_integer() else math.nan


def _piecewise(*args: Any) -> Any:
    pairs = zip(args[: len(args) - len(args) % 2 : 2], args[1::2], strict=True)
    otherwise = args[-1] if len(args) % 2 else math.nan
    return next((value for value, holds in pairs if holds), otherwise)


NUMBERS: Mapping[str, Operation] = {
    "+": lambda *terms: reduce(lambda a, b: a + b, terms) if terms else 0.0,
    "*": lambda *factors: reduce(lambda a, b: a * b, factors) if factors else 1.0,
    "-": lambda a, *b: a - b[0] if b else -a,
    "/": _divide,
    "^": _power,
    "exp": _guarded(math.exp, math.inf),
    "log": _log,
    "sqrt": lambda x, near=0.0: _power(x, 0.5, near),
    "cos": _guarded(math.cos),
    "sin": _guarded(math.sin),
    "arctan": _guarded(math.atan),
    "floor": lambda x: float(math.floor(x)) if math.isfinite(x) else x,
    "factorial": _guarded(_factorial, math.inf),
    "abs": abs,
    "min": lambda *a: min(a),
    "max": lambda *a: max(a),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "and": lambda *a: float(all(a)),
    "or": lambda *a: float(any(a)),
    "xor": lambda *a: float(sum(map(bool, a)) % 2),
    "not": lambda a: float(not a),
    "piecewise": _piecewise,
}
"""Operations on plain numbers (and, for arithmetic, on affine forms)."""


# ---- symbols of the engine
def _do(name: str, *args: Any) -> Any:
    symbol = next(a for a in args if hasattr(a, "apply_operation"))
    return symbol.apply_operation(name, *args)


def _symbolic_power(a: Any, b: Any, near: float = 0.0) -> Any:
    """A product for a whole exponent of the formula itself; else exponential and logarithm, with the sign."""
    if isinstance(b, float) and b.is_integer() and abs(b) <= 8 and not isinstance(a, float):
        return a**b
    if isinstance(b, float) and b.is_integer() and abs(b) <= LARGEST_POWER:
        eighths = [a**8] * int(abs(b) // 8)
        whole = reduce(lambda x, y: x * y, eighths, a ** (abs(b) % 8) if b % 8 else 1.0)
        return whole if b >= 0 else 1.0 / whole
    if isinstance(a, float):
        return _do("held_exp", b * math.log(a)) if a > 0 else _signed_power(b * 0.0 + a, b, near)
    return _signed_power(a, b, near)


def _signed_power(a: Any, b: Any, near: float) -> Any:
    above = _raised(a, b, near)
    nothing = _power(0.0, b) if isinstance(b, float) else _nothing_to(b)
    below = _do("select", _do("at_most", -near, a), nothing, math.nan)
    if not isinstance(b, float):
        size = _raised(-a, b, near)
        odd = _do("less", 0.25, b * 0.5 - _do("floor", b * 0.5))
        whole = _do("equal", b, _do("floor", b))
        below = _do("select", whole, _do("select", odd, -size, size), below)
    return _do("select", _do("less", 0.0, a), above, _do("select", _do("equal", a, 0.0), nothing, below))


def _raised(a: Any, b: Any, near: float) -> Any:
    """A power of a base above 0; its slope is that of a base of at least ``near``."""
    return _do("held_exp", b * _do("held_log", a, max(near, 1e-300)))


def _nothing_to(b: Any) -> Any:
    return _do("select", _do("less", 0.0, b), 0.0, _do("select", _do("equal", b, 0.0), 1.0, math.inf))


def _chosen(*args: Any) -> Any:
    result = args[-1] if len(args) % 2 else math.nan
    pairs = list(zip(args[: len(args) - len(args) % 2 : 2], args[1::2], strict=True))
    for value, holds in reversed(pairs):
        if isinstance(holds, float):
            result = value if holds else result
        else:
            result = _do("select", holds, value, result)
    return result


def _symbolic_factorial(x: Any) -> Any:
    """By its whole argument up to 20; not a number for any other."""
    result: Any = math.nan
    for n in range(21):
        result = _do("select", _do("equal", x, float(n)), float(math.factorial(n)), result)
    return result


def _opposite(a: Any) -> Any:
    return 1.0 - a


SYMBOLS: Mapping[str, Operation] = {
    **{name: NUMBERS[name] for name in ("+", "*", "-")},
    "/": lambda a, b: a / b,
    "^": _symbolic_power,
    "exp": lambda x: _do("held_exp", x),
    "log": lambda x: _do("log", x),
    "sqrt": lambda x, near=0.0: _symbolic_power(x, 0.5, near),
    "cos": lambda x: _do("cos", x),
    "sin": lambda x: _do("sin", x),
    "arctan": lambda x: _do("arctan", x),
    "floor": lambda x: _do("floor", x),
    "abs": lambda x: _do("select", _do("less", x, 0.0), -x, x),
    "min": lambda *a: reduce(lambda x, y: _do("select", _do("less", y, x), y, x), a),
    "max": lambda *a: reduce(lambda x, y: _do("select", _do("less", x, y), y, x), a),
    "<": lambda a, b: _do("less", a, b),
    "<=": lambda a, b: _do("at_most", a, b),
    ">": lambda a, b: _do("less", b, a),
    ">=": lambda a, b: _do("at_most", b, a),
    "==": lambda a, b: _do("equal", a, b),
    "!=": lambda a, b: _opposite(_do("equal", a, b)),
    "and": lambda *a: reduce(lambda x, y: x * y, a),
    "or": lambda *a: _opposite(reduce(lambda x, y: x * y, map(_opposite, a))),
    "xor": lambda *a: reduce(lambda x, y: x + y - 2.0 * (x * y), a),
    "not": _opposite,
    "piecewise": _chosen,
    "factorial": _symbolic_factorial,
}
"""Operations on symbols, or on symbols and numbers."""
