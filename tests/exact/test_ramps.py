"""Inputs and parameters that move: closed forms, order, tangents, and seams between runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import RAMP, SWITCH, CompiledModel, Directions, Events, Tolerance, piecewise_linear
from quotidian.errors import InvalidCall, UnknownName
from quotidian.network import (
    NOTHING,
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

from .conftest import first_order

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-11, atol=1e-13)
TIMES = np.linspace(0.0, 24.0, 67)
K, X_0 = 0.3, 2.0
x = Species("x", "nM", usual=(0, 10))
one = Covariate("one", "nM", typical=1.0)
x_0, k = Covariate("x_0", "nM", typical=X_0), Covariate("k", "1/h", typical=K)
inflow = Input("inflow", "nM/h", resting=0.5)


def mixed(u: Any, x: Any, one: Any) -> Any:
    r"""The input drives a loss, :math:`v = u (x / x_1)^2`"""
    return u * (x / one) ** 2


def built(name: str, *fluxes: Flux, varying: tuple[str, ...] = ()) -> CompiledModel:
    """x under these fluxes; x and the input are observed."""
    module = Module(
        name, name.capitalize(), fluxes=fluxes, starts=(InitialCondition(x, itself, x_0),),
        observables=(
            Observable("x", "nM", "x", itself, x), Observable("inflow", "nM/h", "inflow", itself, inflow),
        ),
    )  # fmt: skip
    return CompiledModel(Model(name, name.capitalize(), (module,)), varying)


FILLED = (Flux(NOTHING >> x, itself, inflow), Flux(x >> NOTHING, first_order, k, x))


@pytest.fixture(scope="module")
def tank() -> CompiledModel:
    """x' = u - k x."""
    return built("tank", *FILLED)


def pieces(k: Any, x_0: Any, knots: list[tuple[float, Any, Any]]) -> Any:
    r"""x at TIMES where u = level + slope (t - start) from each start on.

    :math:`x = p(\tau) + (x_0 - p(0)) e^{-k \tau}`, :math:`p = (u_0 + u' \tau) / k - u' / k^2`.
    """
    found = np.zeros(len(TIMES), dtype=type(k + x_0 + sum(a + b for _, a, b in knots)))
    ends = [t for t, _, _ in knots[1:]] + [np.inf]
    for (start, level, slope), end in zip(knots, ends, strict=True):

        def course(tau: Any, level: Any = level, slope: Any = slope, x_0: Any = x_0) -> Any:
            particular = lambda s: (level + slope * s) / k - slope / k**2  # noqa: E731
            return particular(tau) + (x_0 - particular(0.0)) * np.exp(-k * tau)

        own = (start <= TIMES) & (end >= TIMES)
        found[own] = course(TIMES[own] - start)
        if np.isfinite(end):
            x_0 = course(end - start)
    return found


UP_AND_DOWN = [(3.0, RAMP, 0, 0.4), (10.0, RAMP, 0, -0.3), (15.5, SWITCH, 0, 1.0)]


def knots(level: Any = 0.5, up: Any = 0.4, down: Any = -0.3, last: Any = 1.0) -> list[tuple[float, Any, Any]]:
    top = level + up * 7.0
    return [(0.0, level, 0 * level), (3.0, level, up), (10.0, top, down), (15.5, last, 0 * last)]


def test_an_input_moves_until_it_is_switched(tank: CompiledModel) -> None:
    found = tank.run(tank.parameters(1), TIMES, events=Events.of([UP_AND_DOWN]), tolerance=TIGHT)
    np.testing.assert_allclose(found["x"][0], pieces(K, X_0, knots()), rtol=1e-8)
    line = np.interp(TIMES, [0, 3, 10, 15.5], [0.5, 0.5, 3.3, 1.65])
    np.testing.assert_allclose(found["inflow"][0], np.where(TIMES > 15.5, 1.0, line), rtol=1e-14)
    assert found.inputs[0, 0] == 1.0
    assert found.slopes[0, 0] == 0.0


def test_a_ramp_shows_at_its_own_instant_what_was_before(tank: CompiledModel) -> None:
    found = tank.run(tank.parameters(1), [2.0, 3.0, 4.0], start=0.0, events=Events.of([UP_AND_DOWN]))
    np.testing.assert_allclose(found["inflow"][0], [0.5, 0.5, 0.9], rtol=1e-14)


def test_a_switch_and_a_ramp_of_one_instant_act_in_their_order(tank: CompiledModel) -> None:
    jump: list[tuple[float, int, int, float]] = [(3.0, SWITCH, 0, 2.0), (3.0, RAMP, 0, 1.0)]
    events = Events.of([jump, jump[::-1]])
    found = tank.run(tank.parameters(2), [4.0], start=0.0, events=events)
    np.testing.assert_allclose(found["inflow"][:, 0], [3.0, 2.0], rtol=1e-14)


def test_a_course_through_points(tank: CompiledModel) -> None:
    at, values = [2.0, 6.0, 6.0, 9.0, 12.0], [1.0, 3.0, 0.5, 0.5, 2.0]
    events = Events.of([piecewise_linear(at, values, 0)])
    found = tank.run(tank.parameters(1), TIMES, events=events)
    later = TIMES > 2
    expected = np.where(
        later & (TIMES > 6), np.interp(TIMES, at[2:], values[2:]), np.interp(TIMES, at[:2], values[:2])
    )
    np.testing.assert_allclose(found["inflow"][0], np.where(later, expected, 0.5), rtol=1e-13)
    with pytest.raises(InvalidCall, match="cannot be interpolated"):
        piecewise_linear([1.0, 0.5], [1.0, 2.0], 0)


def test_a_moving_input_costs_no_order() -> None:
    r""":math:`x' = -u x^2` with u = a + s t: :math:`1/x = 1/x_0 + a t + s t^2 / 2`, at fixed steps."""
    m = built("loss", Flux(x >> NOTHING, mixed, inflow, x, one))
    events = Events.of([[(0.0, RAMP, 0, 0.8)]])
    exact = 1 / (1 / X_0 + 0.5 * 4 + 0.4 * 16)
    errors = []
    for step in (0.25, 0.125, 0.0625):
        fixed = Tolerance(rtol=1e9, atol=1e9, first_step=step, longest_step=step)
        errors.append(
            abs(m.run(m.parameters(1), [4.0], start=0.0, events=events, tolerance=fixed)["x"][0, 0] - exact)
        )
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert (orders > 4.5).all(), orders


def test_tangents_through_ramps(tank: CompiledModel) -> None:
    """By the rate of loss, the start, the level before, both slopes and the level after."""
    by = ("k", "x_0", "level", "up", "down", "last")
    parameters = np.zeros((6, len(tank.ode_system.parameters)))
    for row in (0, 1):
        parameters[row, tank.ode_system.parameters.index(by[row])] = 1.0
    inputs = np.array([[0.0], [0.0], [1.0], [0.0], [0.0], [0.0]])
    seeds = np.zeros((3, 6))
    seeds[[0, 1, 2], [3, 4, 5]] = 1.0
    d = Directions(by, parameters, inputs=inputs, events=seeds)
    found = tank.run_with_sensitivities(
        tank.parameters(1), TIMES, with_respect_to=d, events=Events.of([UP_AND_DOWN]), tolerance=TIGHT
    )
    at = {"k": K, "x_0": X_0, "level": 0.5, "up": 0.4, "down": -0.3, "last": 1.0}
    for name in by:
        v: dict[str, Any] = at | {name: at[name] + 1e-30j}
        exact = np.imag(pieces(v["k"], v["x_0"], knots(*(v[n] for n in by[2:])))) / 1e-30
        np.testing.assert_allclose(found["x", name][0], exact, rtol=1e-7, atol=1e-8 * np.abs(exact).max())
    plain = tank.run(tank.parameters(1), TIMES, events=Events.of([UP_AND_DOWN]), tolerance=TIGHT)
    np.testing.assert_array_equal(found.outcome.values, plain.values)


def test_a_parameter_may_vary() -> None:
    r""":math:`x' = -k(t) x`: :math:`x = x_0 e^{-(k t + s t^2/2)}`; k(t) starts from the child's own k."""
    m = built("tank", *FILLED, varying=("k",))
    rate = m.ode_system.inputs.index("k(t)")
    events = Events.of([[(0.0, SWITCH, 0, 0.0), (0.0, RAMP, rate, 0.02)]] * 2)
    table = m.parameters(2, {"k": np.array([0.3, 0.1])})
    found = m.run_with_sensitivities(table, TIMES, with_respect_to=("k",), events=events, tolerance=TIGHT)
    exact = X_0 * np.exp(-(np.array([[0.3], [0.1]]) * TIMES + 0.01 * TIMES**2))
    np.testing.assert_allclose(found.outcome["x"], exact, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found["x", "k"], -TIMES * exact, rtol=1e-7, atol=1e-11)
    with pytest.raises(UnknownName, match="to vary"):
        built("tank", *FILLED, varying=("q",))


def test_a_ramp_may_be_cut_into_runs(tank: CompiledModel) -> None:
    d = Directions(("up",), events=[[1.0], [0.0], [0.0]])
    events = Events.of([UP_AND_DOWN])
    options: dict[str, Any] = {"events": events, "tolerance": TIGHT}
    table = tank.parameters(1)
    whole = tank.run_with_sensitivities(table, TIMES, with_respect_to=d, **options)
    first = tank.run_with_sensitivities(table, TIMES[TIMES <= 6], with_respect_to=d, end=6.0, **options)
    assert first.outcome.slopes[0, 0] == 0.4
    assert first.slopes[0, 0, 0] == 1.0
    end = first.outcome
    second = tank.run_with_sensitivities(
        table, TIMES[TIMES > 6], with_respect_to=first.onward(d.events), start=6.0,
        states=end.states, inputs=end.inputs, slopes=end.slopes, **options,
    )  # fmt: skip
    np.testing.assert_allclose(second.outcome["x"][0], whole.outcome["x"][0, TIMES > 6], rtol=1e-9)
    np.testing.assert_allclose(second["x", "up"][0], whole["x", "up"][0, TIMES > 6], rtol=1e-8)


def test_a_child_without_ramp_is_the_same_in_any_company(tank: CompiledModel) -> None:
    """And so is one with a ramp; the slope of a finished ramp makes nobody slower."""
    still = [(3.0, SWITCH, 0, 2.0)]
    plans = [UP_AND_DOWN, still, [], UP_AND_DOWN, [(30.0, RAMP, 0, 1.0)]]
    table = tank.parameters(5) * np.random.default_rng(2).uniform(0.9, 1.1, (5, 2))
    together = tank.run(table, TIMES, events=Events.of(plans))
    for child, plan in enumerate(plans):
        alone = tank.run(table[child : child + 1], TIMES, events=Events.of([plan]))
        for name in ("values", "states", "inputs", "slopes", "accepted", "reached"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[child])
    seen = tank.run_with_sensitivities(table, TIMES, with_respect_to=("k",), events=Events.of(plans))
    np.testing.assert_array_equal(seen.outcome.values, together.values)
    one = tank.run_with_sensitivities(table[:1], TIMES, with_respect_to=("k",), events=Events.of(plans[:1]))
    np.testing.assert_array_equal(one.values[0], seen.values[0])
