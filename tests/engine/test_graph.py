"""Expressions: what folds, what is shared, what is needed, and their derivatives."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quotidian.engine.expressions.graph import Derivatives, Graph, Node, reachable
from quotidian.engine.expressions.operations import TINY

from .. import graph_reading
from ..graph_reading import ARITHMETIC, Operations

FUNCTIONS: Operations = {
    "exp": cmath.exp,
    "log": cmath.log,
    "safe_log": lambda z: cmath.log(z if z.real > TINY else TINY),
    "at_least_tiny": lambda z: z if z.real > TINY else TINY,
    "sqrt": cmath.sqrt,
    "cos": cmath.cos,
    "sin": cmath.sin,
}


def value(root: Node, names: dict[str, complex]) -> complex:
    """What a graph stands for, in complex numbers."""
    return complex(graph_reading.value(root, names, {**ARITHMETIC, **FUNCTIONS}))


FOLDS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "x + 0": lambda x, n: (x + 0, x),
    "0 + x": lambda x, n: (0 + x, x),
    "x - 0": lambda x, n: (x - 0, x),
    "x - x": lambda x, n: (x - x, n(0.0)),
    "x * 1": lambda x, n: (x * 1, x),
    "1 * x": lambda x, n: (1 * x, x),
    "x * 0": lambda x, n: (x * 0, n(0.0)),
    "0 / x": lambda x, n: (0 / x, n(0.0)),
    "x / 1": lambda x, n: (x / 1, x),
    "x / 4": lambda x, n: (x / 4, 0.25 * x),
    "-x": lambda x, n: (-x, 0 - x),
    "2 + 3": lambda x, n: (n(2) + 3, n(5)),
    "2 - 3": lambda x, n: (2 - n(3), n(-1)),
    "2 * 3": lambda x, n: (n(2) * 3, n(6)),
    "3 / 2": lambda x, n: (3 / n(2), n(1.5)),
    "2 ** 3": lambda x, n: (n(2) ** 3, n(8)),
    "x ** 0": lambda x, n: (x**0, n(1)),
    "x ** 1": lambda x, n: (x**1, x),
    "x ** 2": lambda x, n: (x**2, x * x),
    "x ** 5": lambda x, n: (x**5, (x * x) * (x * x) * x),
    "x ** -2": lambda x, n: (x**-2, 1 / (x * x)),
    "exp 0": lambda x, n: (n(0).apply_function("exp"), n(1)),
    "sqrt 9": lambda x, n: (n(9).apply_function("sqrt"), n(3)),
}


@pytest.mark.parametrize("rule", FOLDS)
def test_what_is_known_is_folded(rule: str) -> None:
    graph = Graph()
    left, right = FOLDS[rule](graph.symbol("x"), graph.number)
    assert left is right


def test_what_cannot_be_computed_is_left_to_the_machine() -> None:
    graph = Graph()
    assert graph.number(-1.0).apply_function("log").op == "log"
    assert graph.number(1e4).apply_function("exp").op == "exp"
    assert (graph.number(1.0) / 0.0).op == "/"


def test_equal_expressions_are_one_node() -> None:
    graph = Graph()
    x, y = graph.symbol("x"), graph.symbol("y")
    assert x + y is y + x
    assert x * y is y * x
    assert (x / y).apply_function("exp") is (x / y).apply_function("exp")
    assert x - y is not y - x
    assert x / y is not y / x
    assert graph.symbol("x") is x


def test_needed_nodes_come_once_and_after_their_arguments() -> None:
    graph = Graph()
    x, y = graph.symbol("x"), graph.symbol("y")
    shared = x * y
    roots = [shared + x, (shared - y) / (shared + x)]
    _ = y * y  # not needed
    order = reachable(roots)
    place = {node.serial: i for i, node in enumerate(order)}
    assert len(place) == len(order) == 6
    assert all(place[a.serial] < place[node.serial] for node in order for a in node.args)


def _operations(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    function = st.tuples(st.sampled_from(["exp", "log", "sqrt", "cos", "sin"]), inner)
    power = st.tuples(st.just("**"), inner, st.sampled_from([-2, 2, 3, 0.5, 1.4, 2.5]))
    return function | power | st.tuples(st.sampled_from("+-*/"), inner, inner)


EXPRESSIONS = st.recursive(st.sampled_from(["x", "y"]) | st.floats(0.1, 3.0), _operations, max_leaves=8)


def build(graph: Graph, tree: Any) -> Node:
    match tree:
        case str(name):
            return graph.symbol(name)
        case (str(op), a) if op in FUNCTIONS:
            return build(graph, a).apply_function(op)
        case ("**", a, n):
            return build(graph, a) ** n
        case (op, a, b):
            left, right = build(graph, a), build(graph, b)
            return {"+": left + right, "-": left - right, "*": left * right, "/": left / right}[op]
        case number:
            return graph.number(number)


@given(tree=EXPRESSIONS, at=st.tuples(st.floats(0.2, 2.0), st.floats(0.2, 2.0)))
def test_derivatives_are_those_of_the_complex_step(tree: Any, at: tuple[float, float]) -> None:
    """The imaginary part of f(x + ih) / h is f'(x), without any difference taken."""
    graph = Graph()
    root = build(graph, tree)
    derivative = Derivatives(graph, graph.symbol("x")).of(root)
    x, y = at
    step = 1e-30
    try:
        f = value(root, {"x": complex(x, step), "y": y})
        exact = f.imag / step
        found = value(derivative, {"x": x, "y": y})
    except (ArithmeticError, ValueError):
        assume(False)
    assume(abs(f.real) < 1e6 and abs(exact) < 1e6 and abs(f.imag) < 1e-20)
    intermediate = [value(n, {"x": complex(x, 0.0), "y": y}) for n in reachable([root])]
    assume(all(abs(v.imag) == 0 and (v == 0 or 1e-6 < abs(v) < 1e6) for v in intermediate))
    assert found.real == pytest.approx(exact, rel=1e-8, abs=1e-8)


def test_a_function_without_the_symbol_has_no_derivative() -> None:
    graph = Graph()
    x, y = graph.symbol("x"), graph.symbol("y")
    by_x = Derivatives(graph, x)
    assert by_x.of(y * y.apply_function("exp")) is graph.number(0.0)
    assert by_x.of(x) is graph.number(1.0)
    assert by_x.of(x * x) is x + x


def test_a_fractional_power_of_nothing_is_nothing_and_flat() -> None:
    graph = Graph()
    x = graph.symbol("x")
    root = x**1.4
    for base in (0.0, -1.0):
        assert abs(value(root, {"x": base})) == pytest.approx(0.0, abs=1e-300)
        assert abs(value(Derivatives(graph, x).of(root), {"x": base})) < 1e-100
    assert value(x**0.5, {"x": -1.0}) == math.sqrt(TINY)
