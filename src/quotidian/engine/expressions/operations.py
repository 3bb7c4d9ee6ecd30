r"""Operations of the graph: their values as floats, and their derivatives.

A comparison is 1 where it holds and 0 elsewhere, and has no derivative. ``select(test, a, b)`` is a where the
test is not 0, else b; it has the derivative of what it selects. So the branch that is not in force adds
nothing, not even where it is not a finite number, and nothing cancels.

Powers and exponentials of model files need slopes that stay finite where the function is: ``held_log`` is the
logarithm of a base above 0 with the slope 1 / max(x, d), and ``held_exp`` the exponential with a slope of at
most ``STEEPEST``. An infinite slope at 0 would freeze an implicit step: it would move nothing, with no error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

TINY = 1e-300  # a smaller base counts as this, so that 0 ** n is 0 and never a logarithm of zero
STEEPEST = 1e150  # times any value of a model this is finite

VALUES: Mapping[str, Callable[..., float]] = {
    "exp": math.exp,
    "log": math.log,
    "safe_log": lambda x: math.log(max(x, TINY)),
    "at_least_tiny": lambda x: max(x, TINY),
    "sqrt": math.sqrt,
    "cos": math.cos,
    "sin": math.sin,
    "arctan": math.atan,
    "floor": math.floor,
    "held_exp": math.exp,
    "held_log": lambda x, _: math.log(max(x, TINY)),
    "less": lambda a, b: float(a < b),
    "at_most": lambda a, b: float(a <= b),
    "equal": lambda a, b: float(a == b),
    "select": lambda test, a, b: a if test else b,
}

Node = Any  # .graph.Node, which reads this module


def _quotient(v: Node, da: Node, db: Node) -> Node:
    _, b = v.args
    return (da - v * db) * (1.0 / b)  # one reciprocal for the derivatives by every symbol


def _selected(test: Node, a: Node, b: Node) -> Node:
    return test.graph.function("select", test, a, b)


def _largest(a: Node, b: Node) -> Node:
    return _selected(a.graph.function("less", b, a), a, b)


def _held_exponential(v: Node, da: Node) -> Node:
    steep = v.graph.number(STEEPEST)
    return _selected(v.graph.function("less", v, steep), v, steep) * da


RULES: Mapping[str, Callable[..., Any]] = {
    "+": lambda v, da, db: da + db,
    "-": lambda v, da, db: da - db,
    "*": lambda v, da, db: da * v.args[1] + v.args[0] * db,
    "/": _quotient,
    "exp": lambda v, da: v * da,
    "log": lambda v, da: da / v.args[0],
    "safe_log": lambda v, da: da / v.graph.function("at_least_tiny", v.args[0]),
    "at_least_tiny": lambda v, da: da,
    "sqrt": lambda v, da: da * 0.5 / v,
    "cos": lambda v, da: -(v.graph.function("sin", v.args[0]) * da),
    "sin": lambda v, da: v.graph.function("cos", v.args[0]) * da,
    "arctan": lambda v, da: da / (1.0 + v.args[0] * v.args[0]),
    "floor": lambda v, da: 0.0,
    "held_exp": _held_exponential,
    "held_log": lambda v, da, _: da / _largest(*v.args),
    "less": lambda v, da, db: 0.0,
    "at_most": lambda v, da, db: 0.0,
    "equal": lambda v, da, db: 0.0,
    "select": lambda v, _, da, db: _selected(v.args[0], da, db),
}
"""d/dx of each operation, from the node itself and the derivatives of its arguments."""
