"""Rewriting for the step keeps every value and leaves the divisions by constants behind."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from quotidian.engine.expressions.graph import Graph, Node, reachable
from quotidian.engine.expressions.hoisting import hoist
from quotidian.engine.expressions.ode_system import trace
from quotidian.engine.expressions.operations import TINY
from quotidian.models import model

POSITIVE = st.floats(1e-3, 1e3)


def value(root: Node, symbols: dict[str, float]) -> float:
    known: dict[int, float] = {}
    for node in reachable([root]):
        args = [known[a.serial] for a in node.args]
        match node.op:
            case "number":
                known[node.serial] = float(node.value)
            case "symbol":
                known[node.serial] = symbols[str(node.value)]
            case "+" | "-" | "*" | "/":
                known[node.serial] = float(eval(f"a {node.op} b", {"a": args[0], "b": args[1]}))
            case "safe_log":
                known[node.serial] = math.log(max(args[0], TINY))
            case function:
                known[node.serial] = getattr(math, function)(args[0])
    return known[root.serial]


def expressions(g: Graph) -> list[Node]:
    x, y, a, b, n = (g.symbol(s) for s in ("x", "y", "a", "b", "n"))
    hill = (x / a) ** n / (1 + (x / a) ** n)
    return [
        hill,
        x / a / b,
        (x * a) * b,
        (a * x) / b - y / a,
        (x - y) / b,
        a * (x * y) / b,
        a / (b + x),
        a / b,
    ]


def rewritten(g: Graph) -> list[Node]:
    return hoist(g, expressions(g), [g.symbol("x"), g.symbol("y")])


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.floats(0.3, 3))
def test_values_stay(x: float, y: float, a: float, b: float, n: float) -> None:
    g = Graph()
    at = {"x": x, "y": y, "a": a, "b": b, "n": n}
    for before, after in zip(expressions(g), rewritten(g), strict=True):
        assert math.isclose(value(before, at), value(after, at), rel_tol=1e-11, abs_tol=1e-11)


def test_nothing_that_moves_is_divided_by_a_constant() -> None:
    problem = trace(model("sjia"))
    moving = problem.moving
    for node in reachable([*problem.rates, *problem.outputs]):
        if node.op == "/" and node.serial in moving:
            assert node.args[1].serial in moving


def test_logarithms_of_one_concentration_become_one() -> None:
    g = Graph()
    x, a, b = g.symbol("x"), g.symbol("a"), g.symbol("b")
    both = hoist(g, [(x / a) ** 1.4 + (x / b) ** 0.7], [x])
    logarithms = [n for n in reachable(both) if n.op == "safe_log" and "x" in names(n)]
    assert len(logarithms) == 1


def test_circular_functions_of_one_clock_share_it() -> None:
    g = Graph()
    t, day, a, b = (g.symbol(s) for s in ("t", "day", "a", "b"))
    angles = [6.0 * (t - shift) / day for shift in (a, b)]
    both = hoist(g, [angles[0].apply_function("cos"), angles[1].apply_function("sin")], [t])
    moving = {n.args[0].serial for n in reachable(both) if n.op in ("cos", "sin") and "t" in names(n)}
    assert len(moving) == 1
    at = {"t": 31.7, "day": 24.0, "a": 5.0, "b": 17.0}
    assert math.isclose(value(both[0], at), math.cos(6.0 * (31.7 - 5.0) / 24.0), rel_tol=1e-13)
    assert math.isclose(value(both[1], at), math.sin(6.0 * (31.7 - 17.0) / 24.0), rel_tol=1e-13)


def test_a_clock_of_its_own_is_left_alone() -> None:
    g = Graph()
    t, a = g.symbol("t"), g.symbol("a")
    alone = (2.0 * (t - a)).apply_function("cos")
    assert hoist(g, [alone], [t]) == [alone]


def names(node: Node) -> set[str]:
    return {str(n.value) for n in reachable([node]) if n.op == "symbol"}
