"""Events that act on states: what is set or scaled, in which order, and the derivatives of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, MULTIPLY, SET, CompiledModel, Directions, Events, Tolerance
from quotidian.network import NOTHING, Covariate, Flux, Species

from .conftest import first_order, machine

TIGHT = Tolerance(rtol=1e-11, atol=1e-13)
TIMES = np.linspace(0.0, 24.0, 67)
x, x_0, k = Species("x", "nM"), Covariate("x_0", "nM", typical=2.0), Covariate("k", "1/h", typical=0.3)


@pytest.fixture(scope="module")
def decay() -> CompiledModel:
    return machine("decay", {x: x_0}, Flux(x >> NOTHING, first_order, k, x))


def course(k: Any, x_0: Any, scale: Any, value: Any) -> NDArray[Any]:
    """Scaled at 5 h, set at 12 h."""
    early = x_0 * np.exp(-k * TIMES)
    return np.where(TIMES > 12, value * np.exp(-k * (TIMES - 12)), np.where(TIMES > 5, scale * early, early))


EVENTS = Events.of([[(5.0, MULTIPLY, 0, 2.5), (12.0, SET, 0, 1.5)]])
BY, AT = ("k", "x_0", "scale", "value"), (0.3, 2.0, 2.5, 1.5)


def test_a_state_is_scaled_and_set(decay: CompiledModel) -> None:
    found = decay.run(decay.parameters(1), TIMES, events=EVENTS, tolerance=TIGHT)
    np.testing.assert_allclose(found["x"][0], course(*AT), rtol=1e-9)


def test_tangents_of_a_scaled_and_a_set_state(decay: CompiledModel) -> None:
    parameters = [[float(name == n) for n in decay.ode_system.parameters] for name in BY]
    seeds = np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    d = Directions(BY, parameters, events=seeds)
    found = decay.run_with_sensitivities(
        decay.parameters(1), TIMES, with_respect_to=d, events=EVENTS, tolerance=TIGHT
    )
    for i, name in enumerate(BY):
        moved: list[complex] = [v + 1e-30j * (i == j) for j, v in enumerate(AT)]
        exact = np.imag(course(*moved)) / 1e-30
        np.testing.assert_allclose(found["x", name][0], exact, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    ("order", "left"),
    [
        ([(ADD, 3.0), (SET, 1.0), (MULTIPLY, 2.0)], 2.0),
        ([(SET, 1.0), (ADD, 3.0), (MULTIPLY, 2.0)], 8.0),
        ([(MULTIPLY, 2.0), (SET, 1.0), (ADD, 3.0)], 4.0),
    ],
)
def test_events_of_one_instant_act_as_written(
    decay: CompiledModel, order: list[tuple[int, float]], left: float
) -> None:
    events = Events.of([[(5.0, kind, 0, value) for kind, value in order]])
    found = decay.run(decay.parameters(1), [5.0, 6.0], start=0.0, events=events, tolerance=TIGHT)
    np.testing.assert_allclose(found["x"][0], [2 * np.exp(-1.5), left * np.exp(-0.3)], rtol=1e-9)
