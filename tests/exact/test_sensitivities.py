"""Derivatives of trajectories that have a formula, against the derivative of the formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, SET, SWITCH, CompiledModel, Directions, Events, Sensitivities, Tolerance
from quotidian.network import (
    NOTHING,
    TIME,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import cos

from .conftest import first_order, limited, machine

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-9, atol=1e-12)
TIMES = np.linspace(0.0, 24.0, 67)  # off the grid of steps
WITHIN = 1e-6


def cleared(CL: Any, V: Any, x: Any) -> Any:
    r"""Cleared, :math:`v = \frac{CL}{V} x`"""
    return CL / V * x


def season(m: Any, W: Any, t: Any) -> Any:
    r"""Season, :math:`v = m \cos W t`"""
    return m * cos(W * t)


def balance(made: Any, k: Any) -> Any:
    r"""Balance, :math:`x_0 = m / k`"""
    return made / k


x, y = Species("x", "nM", usual=(0, 10)), Species("y", "nM", usual=(0, 10))
x_0, y_0 = Covariate("x_0", "nM", typical=10.0), Covariate("y_0", "nM", typical=0.5)
k, k_a = Covariate("k", "1/h", typical=0.15), Covariate("k_a", "1/h", typical=0.8)
CL, V = Covariate("CL", "L/h", typical=0.7), Covariate("V", "L", typical=3.5)
r, K = Covariate("r", "1/h", typical=0.4), Covariate("K", "nM", typical=7.0)
W, made = Covariate("W", "1/h", typical=0.3), Covariate("made", "nM/h", typical=0.6)
inflow = Input("inflow", "nM/h")


def differentiated(m: CompiledModel, names: tuple[str, ...] | Directions, **options: Any) -> Sensitivities:
    found = m.run_with_sensitivities(
        m.parameters(1), TIMES, with_respect_to=names, tolerance=TIGHT, **options
    )
    assert not found.failures
    return found


def close(found: Floats, exact: Floats) -> None:
    np.testing.assert_allclose(found[0], exact, rtol=WITHIN, atol=WITHIN * np.abs(exact).max())


@pytest.fixture(scope="module")
def tank() -> CompiledModel:
    return machine(
        "tank", {x: x_0}, Flux(NOTHING >> x, itself, inflow), Flux(x >> NOTHING, cleared, CL, V, x)
    )


def test_decay() -> None:
    r""":math:`x = x_0 e^{-k t}`."""
    m = machine("decay", {x: x_0}, Flux(x >> NOTHING, first_order, k, x))
    found = differentiated(m, ("k", "x_0", "x"))
    left = np.exp(-0.15 * TIMES)
    close(found["x", "k"], -TIMES * 10 * left)
    close(found["x", "x_0"], left)
    close(found["x", "x"], left)
    np.testing.assert_allclose(found.states[0, :, 0], [-240 * left[-1], left[-1], left[-1]], rtol=WITHIN)


def test_a_depot_and_what_it_feeds() -> None:
    r"""Bateman's :math:`y = D \frac{a}{a - k} (e^{-k t} - e^{-a t})`, with :math:`y_0 = 0`."""
    m = machine(
        "bateman",
        {x: x_0, y: y_0},
        Flux(x >> y, first_order, k_a, x),
        Flux(y >> NOTHING, first_order, k, y),
    )
    table = m.parameters(1, {"y_0": 0.0})
    found = m.run_with_sensitivities(
        table, TIMES, with_respect_to=("k_a", "k", "x_0", "y_0"), tolerance=TIGHT
    )
    a, e, t = 0.8, 0.15, TIMES
    fast, slow = np.exp(-a * t), np.exp(-e * t)
    close(found["y", "k_a"], 10 * (-e / (a - e) ** 2 * (slow - fast) + a / (a - e) * t * fast))
    close(found["y", "k"], 10 * (a / (a - e) ** 2 * (slow - fast) - a / (a - e) * t * slow))
    close(found["y", "x_0"], a / (a - e) * (slow - fast))
    close(found["y", "y_0"], slow)
    close(found["x", "k"], np.zeros_like(t))


def test_a_bolus_an_infusion_and_a_reset(tank: CompiledModel) -> None:
    r"""With :math:`\kappa = CL / V`; what stood before a reset leaves no derivative behind."""
    events = Events.of(
        [[(2.0, ADD, 0, 5.0), (4.0, SWITCH, 0, 3.0), (7.5, SWITCH, 0, 0.0), (20.0, SET, 0, 1.0)]]
    )
    found = differentiated(tank, ("CL", "V"), events=events)
    kappa = 0.7 / 3.5

    def course(rate: float) -> Floats:
        t = TIMES
        value = 10 * np.exp(-rate * t) + np.where(t > 2, 5 * np.exp(-rate * (t - 2)), 0)
        since, until = np.clip(t - 4, 0, None), np.clip(t - 7.5, 0, None)
        value = value + 3 / rate * (np.exp(-rate * until) - np.exp(-rate * since))
        return np.where(t > 20, np.exp(-rate * (t - 20)), value)

    step = 1e-30j  # the complex step: exact to rounding
    slope = np.imag(course(kappa + step)) / 1e-30  # type: ignore[arg-type]
    close(found["x", "CL"], slope / 3.5)
    close(found["x", "V"], -slope * kappa / 3.5)


def test_doses_may_move(tank: CompiledModel) -> None:
    """By the size of a bolus, by the rate of an infusion, and by both at once."""
    events = Events.of([[(7.5, SWITCH, 0, 0.0), (2.0, ADD, 0, 5.0), (4.0, SWITCH, 0, 3.0)]])
    seeds = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 2.0], [0.0, 1.0, -1.0]])
    found = differentiated(tank, Directions(("bolus", "rate", "both"), events=seeds), events=events)
    kappa, t = 0.2, TIMES
    bolus = np.where(t > 2, np.exp(-kappa * (t - 2)), 0)
    since, until = np.clip(t - 4, 0, None), np.clip(t - 7.5, 0, None)
    rate = (np.exp(-kappa * until) - np.exp(-kappa * since)) / kappa
    close(found["x", "bolus"], bolus)
    close(found["x", "rate"], rate)
    close(found["x", "both"], 2 * bolus - rate)


def test_logistic_growth() -> None:
    r""":math:`x = K / (1 + (K / x_0 - 1) e^{-r t})`, by each of its three."""
    m = machine("logistic", {x: y_0}, Flux(NOTHING >> x, limited, r, x, K))
    found = differentiated(m, ("r", "K", "y_0"))

    def course(r: complex, K: complex, x_0: complex) -> Any:
        return K / (1 + (K / x_0 - 1) * np.exp(-r * TIMES))

    at, step = (0.4, 7.0, 0.5), 1e-30j
    for i, name in enumerate(("r", "K", "y_0")):
        moved = [value + step * (j == i) for j, value in enumerate(at)]
        close(found["x", name], np.imag(course(*moved)) / 1e-30)


def test_a_rhythm_by_its_frequency() -> None:
    r""":math:`x = x_0 + m \sin(W t) / W`."""
    m = machine("rhythm", {x: x_0}, Flux(NOTHING >> x, season, made, W, TIME))
    phase = 0.3 * TIMES
    found = differentiated(m, ("W", "made"))
    close(found["x", "W"], 0.6 * (TIMES * np.cos(phase) / 0.3 - np.sin(phase) / 0.3**2))
    close(found["x", "made"], np.sin(phase) / 0.3)


def test_a_start_that_a_parameter_sets() -> None:
    r"""In balance, :math:`x = m / k` for ever, and so are its derivatives."""
    module = Module(
        "balance",
        "Balance",
        fluxes=(Flux(NOTHING >> x, itself, made), Flux(x >> NOTHING, first_order, k, x)),
        starts=(InitialCondition(x, balance, made, k),),
        observables=(Observable("x", "nM", "x", itself, x),),
    )
    found = differentiated(CompiledModel(Model("balance", "Balance", (module,))), ("k", "made"))
    close(found["x", "k"], np.full_like(TIMES, -0.6 / 0.15**2))
    close(found["x", "made"], np.full_like(TIMES, 1 / 0.15))


def test_a_run_may_be_taken_in_parts(tank: CompiledModel) -> None:
    """The seam lies within an infusion whose rate moves too."""
    events = Events.of([[(3.0, SWITCH, 0, 2.0), (6.0, SWITCH, 0, 0.0)]])
    clearance = np.array([[name == "CL" for name in tank.ode_system.parameters], [False] * 3])
    seeds = Directions(("CL", "rate"), clearance, events=[[0.0, 1.0], [0.0, 0.0]])
    table = tank.parameters(1)
    whole = tank.run_with_sensitivities(table, TIMES, with_respect_to=seeds, events=events, tolerance=TIGHT)
    early = TIMES[TIMES <= 4]
    first = tank.run_with_sensitivities(
        table, early, with_respect_to=seeds, events=events, tolerance=TIGHT, end=4.0
    )
    np.testing.assert_array_equal(first.inputs[0, :, 0], [0.0, 1.0])
    second = tank.run_with_sensitivities(
        table, TIMES[TIMES > 4], with_respect_to=first.onward(seeds.events), events=events, start=4.0,
        states=first.outcome.states, inputs=first.outcome.inputs, tolerance=TIGHT,
    )  # fmt: skip
    joined = np.concatenate([first.values, second.values], axis=2)
    np.testing.assert_allclose(joined, whole.values, rtol=WITHIN, atol=WITHIN)
    np.testing.assert_allclose(second.states, whole.states, rtol=WITHIN)


@pytest.mark.parametrize("rtol", [1e-4, 1e-6])
def test_it_is_the_derivative_of_the_numbers_themselves(tank: CompiledModel, rtol: float) -> None:
    """At any tolerance: the error of the derivative is of the size of the run's own."""
    table = tank.parameters(1)
    loose = Tolerance(rtol=rtol, atol=rtol / 100)
    found = tank.run_with_sensitivities(table, TIMES, with_respect_to=("CL",), tolerance=loose)["x", "CL"][0]
    exact = -TIMES / 3.5 * 10 * np.exp(-0.2 * TIMES)
    assert np.abs(found - exact).max() < 20 * rtol * np.abs(exact).max()
