"""The coefficients: order of the step, of its error estimate and of its dense output; stability."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine.codegen.rosenbrock import RODAS5P

from .reference import System, rosenbrock

Floats = NDArray[np.float64]

# y_1' = -2 t y_1^2, y_2' = y_1 y_2 from (1, 1): y_1 = 1 / (1 + t^2), y_2 = exp(arctan t)
CURVE = System(
    f=lambda t, y: np.array([-2 * t * y[0] ** 2, y[0] * y[1]]),
    jacobian=lambda t, y: np.array([[-4 * t * y[0], 0.0], [y[1], y[0]]]),
    drift=lambda t, y: np.array([-2 * y[0] ** 2, 0.0]),
)
STEPS = np.array([16, 32, 64])
INSIDE = np.linspace(0.1, 0.9, 9)


def exact(t: float) -> Floats:
    return np.array([1 / (1 + t * t), np.exp(np.arctan(t))])


def errors(steps: int) -> tuple[float, float]:
    """Over 0 to 2: at the end, and between the steps."""
    h, y, between = 2.0 / steps, exact(0.0), 0.0
    for i in range(steps):
        step = rosenbrock(RODAS5P, CURVE, i * h, y, h)
        off = [np.abs(step.inside(RODAS5P, x) - exact((i + x) * h)).max() for x in INSIDE]
        between = max(between, *off)
        y = step.end
    return float(np.abs(y - exact(2.0)).max()), between


@pytest.fixture(scope="module")
def slopes() -> Floats:
    """Orders seen, [end, between], from each halving of the step."""
    measured = np.array([errors(n) for n in STEPS])
    found: Floats = np.log2(measured[:-1] / measured[1:])
    return found


def test_the_step_is_of_order_five(slopes: Floats) -> None:
    assert slopes[:, 0] == pytest.approx(5.0, abs=0.35)


def test_dense_output_is_of_order_four_or_more(slopes: Floats) -> None:
    assert np.all(slopes[:, 1] > 3.9)


def test_the_error_estimate_is_of_the_order_that_the_step_controller_is_told() -> None:
    """The estimate of one step from one place, as that step is halved."""
    sizes = 0.02 * 0.5 ** np.arange(3)
    estimates = [np.abs(rosenbrock(RODAS5P, CURVE, 0.7, exact(0.7), h).k[-1]).max() for h in sizes]
    assert np.log2(estimates[:-1]) - np.log2(estimates[1:]) == pytest.approx(RODAS5P.order, abs=0.2)


def test_dense_output_meets_both_ends() -> None:
    step = rosenbrock(RODAS5P, CURVE, 0.3, exact(0.3), 0.2)
    np.testing.assert_allclose(step.inside(RODAS5P, 0.0), step.begin, rtol=1e-15)
    np.testing.assert_allclose(step.inside(RODAS5P, 1.0), step.end, rtol=1e-15)


@pytest.mark.parametrize("stiffness", [1e3, 1e6, 1e9])
def test_a_stiff_transient_is_gone_in_one_step(stiffness: float) -> None:
    """L-stability: y' = -s (y - 1) from 2, one step far longer than 1/s."""
    system = System(
        lambda t, y: -stiffness * (y - 1), lambda t, y: np.array([[-stiffness]]), lambda t, y: np.zeros(1)
    )
    assert abs(rosenbrock(RODAS5P, system, 0.0, np.array([2.0]), 1.0).end[0] - 1) < 30 / stiffness


def test_coefficients_fit_together() -> None:
    """Every stage reads exactly the stages before it, the last ones the end of the step."""
    assert [len(row) for row in RODAS5P.a] == list(range(6)) + [6, 7]
    assert [len(row) for row in RODAS5P.C] == list(range(RODAS5P.stages))
    assert {len(row) for row in RODAS5P.H} == {RODAS5P.stages}
    assert RODAS5P.d[0] == RODAS5P.gamma
