"""A formula is a law both ways: what a law says when read with names, evaluated, is what the law gives."""

from __future__ import annotations

import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.engine.expressions.graph import Graph
from quotidian.interchange.formula import (
    Apply,
    Name,
    Number,
    evaluate,
    law,
    names,
    substituted,
    written,
)
from quotidian.interchange.hybrid.affine import Affine, NotAffine, as_number
from quotidian.interchange.mathml import read, tree
from quotidian.models import model
from quotidian.network.flux import Use, call
from quotidian.network.laws import cos, exp, hill, log, sin, sqrt
from quotidian.network.unit_audit import usual_values

USES = [(m.name, use) for m in model("sjia").modules for use in m.laws]


@pytest.mark.parametrize(("module", "use"), USES)
def test_a_law_read_with_names_says_the_same(module: str, use: Use) -> None:
    values = usual_values(model("sjia"))
    formula = call(use, {a.name: Name(a.name) for a in use.arguments})
    if isinstance(formula, float):
        assert formula == call(use, values)
        return
    there_and_back = read(tree(formula), module)
    for said in (formula, there_and_back):
        assert evaluate(said, values) == pytest.approx(call(use, values), rel=1e-13)


def test_operators_take_numbers_on_either_side() -> None:
    x = Name("x")
    said = 1 + x - 2, 3 - x * 4, 5 * x, 6 / x / 7, 2**x, x**3, -x
    assert [evaluate(f, {"x": 2.0}) for f in said] == [1.0, -5.0, 10.0, 6 / 14, 4.0, 8.0, -2.0]


@pytest.mark.parametrize("function", [exp, log, sqrt, cos, sin])
def test_functions_of_laws_are_formulas(function) -> None:
    assert evaluate(function(Name("x")), {"x": 0.7}) == getattr(math, function.__name__)(0.7)


def test_names_come_once_and_in_order() -> None:
    assert [*names(hill(Name("x"), Name("a"), Name("n")) + Name("b") * Name("x"))] == ["x", "a", "n", "b"]


def test_names_are_replaced() -> None:
    assert substituted(Name("x") + Name("y"), {"x": Number(2.0)}.get) == Number(2.0) + Name("y")


def test_a_formula_can_be_read() -> None:
    assert written(-(Name("k") * 2) + exp(Name("x")) / 3) == "(-(k * 2) + (exp(x) / 3))"


def test_a_formula_becomes_a_law() -> None:
    says, wanted = law(Name("lambda") * Name("x") + Name("lambda"), "v")
    assert wanted == ("lambda", "x")
    assert (says.__name__, len(inspect.signature(says).parameters)) == ("v", 2)
    assert says(3.0, 4.0) == 15.0


@given(base=st.floats(-2, 2), power=st.integers(-40, 64))
def test_a_whole_power_of_a_negative_base_is_what_it_is(base: float, power: int) -> None:
    if abs(base) < 0.1:
        base += 0.5
    graph = Graph()
    node = evaluate(Name("x") ** float(power), {"x": graph.number(base)})
    assert node.number == pytest.approx(base**power, rel=1e-12)


# ---- numbers with unknowns
def test_affine_arithmetic() -> None:
    x = Affine(0.0, {"x": 1.0})
    result = 3 + 2 * (x - 1) / 4 - (-x) * 0.5
    assert (result.constant, dict(result.slopes)) == (2.5, {"x": 1.0})
    assert dict((x - x).slopes) == {}
    assert as_number(Affine(2.0) ** 3) == 8.0 and as_number(6 / Affine(2.0)) == 3.0


@pytest.mark.parametrize(
    "bend", [lambda x: x * x, lambda x: 1 / x, lambda x: x**2, lambda x: 2**x, exp, as_number]
)
def test_what_is_not_affine_is_refused(bend) -> None:
    with pytest.raises(NotAffine):
        bend(Affine(1.0, {"x": 1.0}))


# ---- numbers as IEEE 754 has them, and the same for symbols
EXTREMES = {
    "1/0": (Apply("/", (1.0, 0.0)), math.inf),
    "0/0": (Apply("/", (0.0, 0.0)), math.nan),
    "log of 0": (Apply("log", (0.0,)), -math.inf),
    "log of -1": (Apply("log", (-1.0,)), math.nan),
    "root of -1": (Apply("sqrt", (-1.0,)), math.nan),
    "large exponential": (Apply("exp", (1e4,)), math.inf),
    "0 to a negative power": (Number(0.0) ** -1.5, math.inf),
    "0 to a small power": (Number(0.0) ** 0.01, 0.0),
    "negative base, broken power": (Number(-2.0) ** 0.5, math.nan),
    "comparison as a number": (2 * Apply("<", (1.0, 2.0)), 2.0),
    "no piece holds": (Apply("piecewise", (1.0, 0.0)), math.nan),
    "the least of one": (Apply("min", (3.0,)), 3.0),
    "factorial": (Apply("factorial", (5.0,)), 120.0),
    "whole part": (Apply("floor", (-1.5,)), -2.0),
}


@pytest.mark.parametrize("case", EXTREMES)
def test_numbers_have_the_values_of_ieee_754(case: str) -> None:
    formula, expected = EXTREMES[case]
    assert evaluate(formula, {}) == pytest.approx(expected, nan_ok=True)


def test_a_tree_without_arguments_has_its_neutral_element() -> None:
    assert evaluate(Apply("+", ()), {}) == 0.0
    assert evaluate(Apply("*", ()), {}) == 1.0
