"""Trajectories that have a formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Tolerance
from quotidian.network import NOTHING, TIME, Covariate, Flux, Species
from quotidian.network.flux import itself
from quotidian.network.laws import cos

from .conftest import first_order, limited, machine

Floats = NDArray[np.float64]
TIMES = np.linspace(0.0, 24.0, 97)
TIGHT = Tolerance(rtol=1e-9, atol=1e-12)


def restoring(w: Any, x: Any) -> Any:
    r"""Pulls back, :math:`v = w^2 x`"""
    return w * w * x


def forcing(F: Any, W: Any, t: Any) -> Any:
    r"""Pushes, :math:`v = F \cos W t`"""
    return F * cos(W * t)


depot, central = Species("depot", "nM", usual=(0, 10)), Species("central", "nM", usual=(0, 10))
k_a, k_e = Covariate("k_a", "1/h", typical=0.8), Covariate("k_e", "1/h", typical=0.15)
dose, nothing = Covariate("dose", "nM", typical=10.0), Covariate("nothing", "nM", typical=0.0)


@pytest.fixture(scope="module")
def bateman() -> CompiledModel:
    return machine(
        "bateman",
        {depot: dose, central: nothing},
        Flux(depot >> central, first_order, k_a, depot),
        Flux(central >> NOTHING, first_order, k_e, central),
    )


RATES = {"k_a": np.array([0.8, 2.0, 40.0, 0.16]), "k_e": np.array([0.15, 0.01, 1.0, 0.15])}


@pytest.mark.parametrize(("tolerance", "allowed"), [(Tolerance(), 3e-4), (TIGHT, 3e-8)])
def test_a_depot_and_what_it_feeds(bateman: CompiledModel, tolerance: Tolerance, allowed: float) -> None:
    r"""Decay, and Bateman's :math:`D \frac{k_a}{k_a - k_e} (e^{-k_e t} - e^{-k_a t})`."""
    outcome = bateman.run(bateman.parameters(4, RATES), TIMES, tolerance=tolerance)
    a, e = RATES["k_a"][:, None], RATES["k_e"][:, None]
    left = 10 * np.exp(-a * TIMES)
    through = 10 * a / (a - e) * (np.exp(-e * TIMES) - np.exp(-a * TIMES))
    np.testing.assert_allclose(outcome["depot"], left, rtol=allowed, atol=10 * allowed / 10)
    np.testing.assert_allclose(outcome["central"], through, rtol=allowed, atol=10 * allowed / 10)


population = Species("population", "nM", usual=(0, 1))
r, K, founders = Covariate("r", "1/h"), Covariate("K", "nM"), Covariate("founders", "nM", typical=0.01)


@pytest.fixture(scope="module")
def logistic() -> CompiledModel:
    return machine("logistic", {population: founders}, Flux(NOTHING >> population, limited, r, population, K))


def test_growth_to_a_limit(logistic: CompiledModel) -> None:
    r""":math:`x = K / (1 + (K/x_0 - 1) e^{-r t})`, of a second-order law from both sides of its limit."""
    start, rate, limit = np.array([0.01, 3.0, 1.0]), np.array([0.5, 2.0, 1.0]), np.array([1.0, 1.0, 1.0])
    table = logistic.parameters(3, {"founders": start, "r": rate, "K": limit})
    outcome = logistic.run(table, TIMES, tolerance=TIGHT)
    s, q, m = start[:, None], rate[:, None], limit[:, None]
    np.testing.assert_allclose(outcome["population"], m / (1 + (m / s - 1) * np.exp(-q * TIMES)), rtol=1e-7)


place, speed = Species("place", "nM", usual=(-1, 1)), Species("speed", "nM/h", usual=(-1, 1))
w, W, F = Covariate("w", "1/h"), Covariate("W", "1/h"), Covariate("F", "nM/h/h")
x_0, v_0 = Covariate("x_0", "nM"), Covariate("v_0", "nM/h")


@pytest.fixture(scope="module")
def swing() -> CompiledModel:
    return machine(
        "swing",
        {place: x_0, speed: v_0},
        Flux(NOTHING >> place, itself, speed),
        Flux(speed >> NOTHING, restoring, w, place),
        Flux(NOTHING >> speed, forcing, F, W, TIME),
    )


def swung(t: Floats, w: float, W: float, F: float, a: float = 0.7, b: float = -0.2) -> tuple[Floats, Floats]:
    r""":math:`x = a \cos wt + b \sin wt + A \cos Wt`, :math:`A = F / (w^2 - W^2)`; and its slope."""
    A = F / (w * w - W * W)
    place = a * np.cos(w * t) + b * np.sin(w * t) + A * np.cos(W * t)
    return place, w * (b * np.cos(w * t) - a * np.sin(w * t)) - W * A * np.sin(W * t)


PUSHED = {"w": 0.9, "W": 2 * np.pi / 24, "F": 0.3}


def push(swing: CompiledModel, times: Floats, tolerance: Tolerance) -> tuple[float, int]:
    """Largest error, and steps taken."""
    exact, slope = swung(times, **PUSHED)
    table = swing.parameters(1, PUSHED | {"x_0": exact[0], "v_0": slope[0]})
    outcome = swing.run(table, times, tolerance=tolerance)
    return float(np.abs(outcome["place"][0] - exact).max()), int(outcome.accepted[0])


@pytest.mark.parametrize("begin", [0.0, 240_000.0])
def test_a_swing_pushed_once_a_day(swing: CompiledModel, begin: float) -> None:
    """A rate that time enters, read at every stage; also 27 years after time 0."""
    assert push(swing, begin + TIMES, TIGHT)[0] < 3e-8


def test_a_tighter_tolerance_is_a_smaller_error(swing: CompiledModel) -> None:
    tolerances = [Tolerance(rtol=rtol, atol=rtol / 10) for rtol in (1e-3, 1e-5, 1e-7, 1e-9)]
    errors, steps = zip(*(push(swing, TIMES, tolerance) for tolerance in tolerances), strict=True)
    assert np.all(np.array(errors) < [1e-2, 1e-4, 1e-6, 1e-8])
    assert list(steps) == sorted(steps)


def test_outputs_force_no_steps(swing: CompiledModel) -> None:
    table = swing.parameters(1, {"w": 0.9, "W": 0.3, "F": 0.3, "x_0": 1.0})
    few, many = (swing.run(table, np.linspace(0, 24, n)) for n in (2, 10_001))
    assert few.accepted[0] == many.accepted[0]
    assert few["place"][0, -1] == many["place"][0, -1]


def test_an_output_may_be_asked_for_twice(swing: CompiledModel) -> None:
    table = swing.parameters(1, {"w": 0.9, "F": 0.0, "x_0": 1.0, "v_0": 0.0})
    outcome = swing.run(table, [0.0, 0.0, 1.5, 1.5, 3.0, 3.0])
    pairs = outcome["place"][0].reshape(3, 2)
    np.testing.assert_array_equal(pairs[:, 0], pairs[:, 1])
    np.testing.assert_allclose(pairs[:, 0], np.cos(0.9 * np.array([0, 1.5, 3.0])), atol=1e-4)
