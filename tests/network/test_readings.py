"""One law, three readings: numbers, the engine's symbols and SymPy's give the same value."""

from __future__ import annotations

import math
from typing import Any

import pytest

from quotidian.engine.expressions.graph import Graph, Node
from quotidian.engine.expressions.operations import TINY
from quotidian.models import MODELS, model
from quotidian.models.assembly import ASSEMBLIES
from quotidian.network import Model
from quotidian.network.flux import Use, call
from quotidian.network.formula import expression
from quotidian.network.laws import cos, exp, hill, log, sin, sqrt
from quotidian.network.unit_audit import usual_values
from quotidian.units import as_quantity

from ..graph_reading import ARITHMETIC, Operations, value

OPERATIONS: Operations = {
    **ARITHMETIC,
    **{name: getattr(math, name) for name in ("exp", "log", "sqrt", "cos", "sin")},
    "safe_log": lambda x: math.log(max(x, TINY)),
}


def graph_reading(use: Use, values: dict[str, float]) -> float:
    graph = Graph()
    result = call(use, {a.name: graph.symbol(a.name) for a in use.arguments})
    return float(value(result, values, OPERATIONS)) if isinstance(result, Node) else float(result)


def sympy_reading(use: Use, values: dict[str, float]) -> float:
    import sympy

    names = [a.name for a in use.arguments]
    compiled = sympy.lambdify([sympy.Symbol(name) for name in names], expression(use), "math")
    return float(compiled(*(values[name] for name in names)))


@pytest.fixture(scope="module")
def sjia() -> Model:
    return model("sjia")


def test_every_law_of_the_models_reads_alike(sjia: Model) -> None:
    values = usual_values(sjia)
    uses = [use for module in sjia.modules for use in module.laws]
    assert len(uses) > 100
    for use in uses:
        plain = call(use, values)
        assert graph_reading(use, values) == pytest.approx(plain, rel=1e-12)
        assert sympy_reading(use, values) == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ASSEMBLIES])
def test_the_variants_share_their_laws(name: str, sjia: Model) -> None:
    own = {"gp130_signal", "gp130_signal_detailed"} if name == "sjia_detailed" else set()
    shared = [m for m in model(name).modules if m.name not in own]
    assert shared == [m for m in sjia.modules if m.name not in own]
    assert len(own) == len(model(name).modules) - len(shared)


def test_a_mouse_shares_what_it_has_in_common_with_a_child(sjia: Model) -> None:
    children, mouse = ({m.name: m for m in each.modules} for each in (sjia, model("transgenic_mouse")))
    own = {"transgene", "anti_mouse_il6r", "mouse_size"}
    assert own == mouse.keys() - children.keys()
    assert all(mouse[name] is children[name] for name in mouse.keys() - own - {"sums"})


@pytest.mark.parametrize("function", [exp, log, cos, sin, sqrt])
def test_a_function_of_a_quantity_wants_a_pure_number(function: Any) -> None:
    percent = function(as_quantity(40.0, "percent"))
    assert percent.to("dimensionless").magnitude == pytest.approx(function(0.4))
    if function is not sqrt:
        with pytest.raises(TypeError, match="Cannot convert from 'h'"):
            function(as_quantity(2.0, "h"))


def test_a_function_of_nothing_has_no_trouble() -> None:
    assert cos(as_quantity(0.0, "rad")).magnitude == 1.0
    assert exp(as_quantity(0.0, "1")).magnitude == 1.0


def test_a_root_takes_its_unit_along() -> None:
    assert sqrt(as_quantity(9.0, "nM*nM")).to("nM").magnitude == pytest.approx(3)


def test_half_of_a_hill_function_is_at_its_half_point() -> None:
    assert hill(150.0, 150.0, 1.4) == 0.5
    assert hill(as_quantity(0.15, "ng/mL"), as_quantity(150.0, "pg/mL"), 1.4).to(
        "1"
    ).magnitude == pytest.approx(0.5)
