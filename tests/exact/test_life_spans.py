"""Cells that live their time: the area below what is added once is its life, whatever chain it passes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, Tolerance
from quotidian.simulation import compiled_model

TIGHT = Tolerance(rtol=1e-8, atol=1e-10)
Floats = NDArray[np.float64]
CASES = [("platelets", "blood_cells.age_1", 9.0), ("haemoglobin", "red_cells.age_1", 120.0)]


def added(name: str, state: str, days: float) -> tuple[Floats, Floats]:
    """Times [day], and what one unit of youngest cells adds; red cells do not call for others here."""
    machine = compiled_model("healthy_child")
    parameters = machine.parameters(1, {"red_cells.call": 0.0, "innate_loop.kappa": 0.0})
    times = np.linspace(0.0, days * 24, 2001)
    young = machine.events([[(0.0, ADD, state, 1.0)]])
    with_it, without = (
        machine.run(parameters, times, events=e, start=-24.0, tolerance=TIGHT)[name][0]
        for e in (young, machine.events([[]]))
    )
    return times / 24, with_it - without


@pytest.mark.parametrize(("name", "state", "life"), CASES)
def test_the_mean_life_is_the_life_span(name: str, state: str, life: float) -> None:
    times, left = added(name, state, 6 * life)
    assert np.trapezoid(left[1:], times[1:]) == pytest.approx(life, rel=0.01)


@pytest.mark.parametrize(("name", "state", "life"), CASES)
def test_survival_is_that_of_four_ages(name: str, state: str, life: float) -> None:
    r"""Erlang, :math:`e^{-x} (1 + x + x^2/2 + x^3/6)` with :math:`x = 4 t/\tau`."""
    times, left = added(name, state, 2 * life)
    x = 4 * times / life
    survival = np.exp(-x) * (1 + x + x**2 / 2 + x**3 / 6)
    np.testing.assert_allclose(left[1:], survival[1:], atol=2e-4)


def test_the_platelet_count_is_production_times_life() -> None:
    machine = compiled_model("healthy_child")
    still = machine.parameters(1, {"innate_loop.kappa": 0.0})
    run = machine.run(still, np.array([0.0]), start=-4800.0, tolerance=TIGHT)
    e = run["il6_signal"][0, 0]
    assert run["platelets"][0, 0] == pytest.approx(
        300 * (1 + 1.5 * e / (100 + e)), rel=1e-3
    )  # macrophages at rest take a little
