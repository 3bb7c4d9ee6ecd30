"""Comparisons and selection: values, derivatives and tangents of the branch in force, and of no other."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from quotidian.engine import CompiledModel
from quotidian.engine.expressions.graph import Derivatives, Graph, Node
from quotidian.engine.expressions.operations import STEEPEST, VALUES
from quotidian.interchange.formula import Apply, Name, Number
from quotidian.interchange.formula import law as law_of
from quotidian.network import NOTHING, Covariate, Flux, InitialCondition, Model, Module, Observable, Species
from quotidian.network.laws import zero

from ..graph_reading import ARITHMETIC, Operations, value

OPERATIONS: Operations = {**VALUES, **ARITHMETIC, "/": lambda a, b: math.nan if b == 0 else a / b}


def _or_nan(operation: Callable[..., float]) -> Callable[..., float]:
    """The operation, not a number where it has no value."""

    def computed(*args: float) -> float:
        try:
            return float(operation(*args))
        except ValueError:
            return math.nan

    return computed


def number(root: Node, names: dict[str, float]) -> float:
    """The value of a graph, not a number where an operation has none."""
    return float(value(root, names, {name: _or_nan(own) for name, own in OPERATIONS.items()}))


def test_selection_has_the_value_and_the_derivative_of_its_branch() -> None:
    graph = Graph()
    x = graph.symbol("x")
    chosen = graph.function("select", graph.function("less", 0.0, x), graph.function("log", x), -3.0 * x)
    slope = Derivatives(graph, x).of(chosen)
    assert (number(chosen, {"x": 2.0}), number(slope, {"x": 2.0})) == (math.log(2.0), 0.5)
    assert (number(chosen, {"x": -2.0}), number(slope, {"x": -2.0})) == (6.0, -3.0)


def test_a_selection_that_is_known_is_no_node() -> None:
    graph = Graph()
    a, b, test = (graph.symbol(n) for n in "abt")
    assert graph.function("select", 1.0, a, b) is a
    assert graph.function("select", 0.0, a, b) is b
    assert graph.function("select", test, a, a) is a
    assert graph.function("less", 1.0, 2.0).number == 1.0


def test_slopes_are_bounded_where_the_function_is_finite() -> None:
    graph = Graph()
    x = graph.symbol("x")
    power = graph.function("held_exp", 0.5 * graph.function("held_log", x, 1e-12))
    slope = Derivatives(graph, x).of(power)
    assert number(slope, {"x": 4.0}) == pytest.approx(0.25)
    assert number(slope, {"x": 0.0}) == pytest.approx(0.0, abs=1e-100)
    assert number(slope, {"x": 1e-30}) == pytest.approx(0.5e-15 / 1e-12)
    steep = Derivatives(graph, x).of(graph.function("held_exp", x))
    assert number(steep, {"x": 600.0}) == STEEPEST


def branching() -> Model:
    """x' = k - min(x, 10); y' has a branch by k, an arctangent, a whole part and a broken power."""
    k, x, y = Covariate("k", "1", typical=2.0), Species("x", "1"), Species("y", "1")
    branch = Apply("piecewise", (Name("k"), Apply(">", (Name("k"), 1.0)), Apply("log", (Name("k"),))))
    curve = Apply("arctan", (Name("k"),)) + Apply("floor", (Name("k"),)) + Name("k") ** 1.5
    fall, _ = law_of(Name("k") - Apply("min", (Name("x"), 10.0)), "the rate of x")
    rise, _ = law_of(branch + curve, "the rate of y")
    itself, _ = law_of(Name("x"), "itself")
    module = Module(
        "branching",
        "A model with branches",
        fluxes=(Flux(NOTHING >> x, fall, k, x), Flux(NOTHING >> y, rise, k)),
        starts=(InitialCondition(x, zero), InitialCondition(y, zero)),
        observables=(Observable("x", "1", "x", itself, x), Observable("y", "1", "y", itself, y)),
    )
    return Model("branching", "A model with branches", (module,), audited=False)


@pytest.mark.parametrize(("k", "value", "slope"), [(2.5, 2.5, 1.0), (0.3, math.log(0.3), 1 / 0.3)])
def test_tangents_are_those_of_the_branch_in_force(k: float, value: float, slope: float) -> None:
    machine = CompiledModel(branching())
    run = machine.run_with_sensitivities(
        machine.parameters(1, {"k": k}), [0.0, 1.0], with_respect_to=["k"], start=0.0
    )
    gone = 1 - math.exp(-1.0)
    assert run.outcome["x"][0, 1] == pytest.approx(k * gone, rel=1e-4)
    assert run["x", "k"][0, 1] == pytest.approx(gone, rel=1e-4)
    assert run.outcome["y"][0, 1] == pytest.approx(value + math.atan(k) + math.floor(k) + k**1.5)
    assert run["y", "k"][0, 1] == pytest.approx(slope + 1 / (1 + k * k) + 1.5 * k**0.5)


def test_a_formula_of_symbols_and_literals_is_lifted() -> None:
    graph = Graph()
    says, wanted = law_of(Apply("max", (Name("x"), Number(3.0))), "m")
    node = says(graph.symbol("x"))
    assert wanted == ("x",)
    assert (number(node, {"x": 1.0}), number(node, {"x": 5.0})) == (3.0, 5.0)
