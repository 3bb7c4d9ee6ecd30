"""The model as the engine reads it: Jacobian, drift, hoisted constants, fingerprint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine.expressions.graph import reachable
from quotidian.engine.expressions.ode_system import OdeSystem, trace
from quotidian.models import model as known_model
from quotidian.network import NOTHING, Covariate, Flux, Model

from .conftest import DECAY, GROWTH, first_order, model, x, x_0
from .test_graph import value

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def sjia() -> Model:
    return known_model("sjia")


@pytest.fixture(scope="module")
def problem(sjia: Model) -> OdeSystem:
    return trace(sjia)


class Plain:
    """The model with floats: its rates at a point where every state has moved from its start."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.values = model.constants | {i.name: 1.0 for i in model.inputs.values()} | {"time": 15.3}
        self.names = [s.name for s in model.species]
        blank = {s.name: 0.5 * sum(s.usual) for s in model.species}
        starts = model.evaluate(self.values | blank).initial_values
        factors = np.random.default_rng(3).uniform(0.5, 1.5, len(self.names))
        self.y = np.array([starts[n] or 0.3 * blank[n] for n in self.names]) * factors

    def rates(self, y: Floats, **moved: float) -> Floats:
        read = self.model.evaluate(self.values | dict(zip(self.names, y, strict=True)) | moved)
        return np.array([read.rates[n] for n in self.names])

    @property
    def env(self) -> dict[str, complex]:
        return dict(self.values) | dict(zip(self.names, self.y, strict=True))


def test_the_jacobian_is_that_of_the_model_read_with_floats(sjia: Model, problem: OdeSystem) -> None:
    plain = Plain(sjia)
    n = len(plain.names)
    symbolic, differences = np.zeros((n, n)), np.zeros((n, n))
    for (i, j), node in problem.jacobian.items():
        symbolic[i, j] = value(node, plain.env).real
    for j in range(n):
        step = np.zeros(n)
        step[j] = 1e-5 * abs(plain.y[j])
        differences[:, j] = (plain.rates(plain.y + step) - plain.rates(plain.y - step)) / (2 * step[j])
    # each entry in the unit of its rate per share of its state, against the size of the rate's own terms
    size = np.abs(symbolic * plain.y).max(axis=1, keepdims=True)
    assert np.all(size > 0)
    np.testing.assert_allclose(symbolic * plain.y / size, differences * plain.y / size, atol=1e-8)
    assert len(problem.jacobian) < n * n / 4


def test_the_drift_is_that_of_the_model_read_with_floats(sjia: Model, problem: OdeSystem) -> None:
    plain = Plain(sjia)
    later, earlier = (plain.rates(plain.y, time=15.3 + d) for d in (1e-4, -1e-4))
    drift = np.array([value(node, plain.env).real for node in problem.drift])
    assert np.any(drift != 0)
    np.testing.assert_allclose(drift, (later - earlier) / 2e-4, rtol=1e-6, atol=1e-9)


def test_the_order_of_the_questions_changes_no_constant(problem: OdeSystem) -> None:
    """Derivatives add nodes to the graph: those that move are known only after them."""
    other = trace(known_model("sjia"))
    assert other.moving == problem.moving
    assert [n.serial for n in other.hoisted] == [n.serial for n in problem.hoisted]


def test_only_what_stands_still_is_hoisted(problem: OdeSystem) -> None:
    moving = {*problem.states, *problem.inputs, "time"}
    for node in problem.hoisted:
        symbols = {str(n.value) for n in reachable([node]) if n.op == "symbol"}
        assert symbols and not symbols & moving
        assert symbols <= set(problem.parameters)


def test_the_fingerprint_knows_equations_and_units() -> None:
    first = trace(DECAY).fingerprint
    assert trace(DECAY).fingerprint == first
    assert trace(GROWTH).fingerprint != first

    def decay(unit: str, typical: float = 0.3) -> Model:
        return model(
            "other", {x: x_0}, Flux(x >> NOTHING, first_order, Covariate("k", unit, typical=typical), x)
        )

    per_hour = trace(decay("1/h")).fingerprint
    assert trace(decay("1/h", typical=5.0)).fingerprint == per_hour, "values are no part of the machine code"
    assert trace(decay("1/day")).fingerprint != per_hour
    assert trace(replace(decay("1/h"), name="another")).fingerprint == per_hour
