"""Derivatives by the instants of doses, lags and durations, against the complex step of closed forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import ADD, MULTIPLY, RAMP, SET, SWITCH, CompiledModel, Directions, Events, Tolerance
from quotidian.network import NOTHING, Covariate, Flux, Input, Species
from quotidian.network.flux import itself

from .conftest import first_order, limited, machine

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-10, atol=1e-12)
TIMES = np.linspace(0.0, 24.0, 67)  # off the grid of steps, and no instant of an event
WITHIN = 1e-6
STEP = 1e-30j  # of the complex step: exact to rounding

x = Species("x", "nM", usual=(0, 10))
x_0 = Covariate("x_0", "nM", typical=1.0)
k, r, K = (
    Covariate(name, unit, typical=at)
    for name, unit, at in (("k", "1/h", 0.3), ("r", "1/h", 0.4), ("K", "nM", 7.0))
)
inflow = Input("inflow", "nM/h")


@pytest.fixture(scope="module")
def tank() -> CompiledModel:
    """x' = inflow - k x."""
    return machine(
        "tank", {x: x_0}, Flux(NOTHING >> x, itself, inflow), Flux(x >> NOTHING, first_order, k, x)
    )


@pytest.fixture(scope="module")
def logistic() -> CompiledModel:
    """x' = r x (1 - x / K)."""
    return machine("logistic", {x: x_0}, Flux(NOTHING >> x, limited, r, x, K))


def slope(course: Callable[[complex], Any], at: float) -> Floats:
    return np.asarray(np.imag(course(at + STEP)) / abs(STEP))


def found(m: CompiledModel, doses: list[tuple[float, int, int, float]], **seeds: Any) -> Floats:
    """The derivative in one direction, [time]."""
    d = Directions(("s",), **{name: np.array(seed)[:, None] for name, seed in seeds.items()})
    run = m.run_with_sensitivities(
        m.parameters(1), TIMES, with_respect_to=d, events=Events.of([doses]), tolerance=TIGHT
    )
    assert not run.failures
    return run["x", "s"][0]


def close(one: Floats, exact: Floats) -> None:
    assert np.abs(exact).max() > 0.01
    np.testing.assert_allclose(one, exact, rtol=WITHIN, atol=WITHIN * np.abs(exact).max())


def decayed(since: Any, size: Any = 1.0) -> Any:
    """What is left of an amount; nothing before its instant."""
    return np.where(np.real(since) > 0, size * np.exp(-0.3 * since), 0.0)


def test_a_bolus_by_its_lag(tank: CompiledModel) -> None:
    close(found(tank, [(5.0, ADD, 0, 4.0)], times=[1.0]), slope(lambda s: decayed(TIMES - s, 4.0), 5.0))


def test_a_reset_by_its_instant(tank: CompiledModel) -> None:
    def course(s: complex) -> Any:
        return np.where(np.real(s) < TIMES, 4.0 * np.exp(-0.3 * (TIMES - s)), np.exp(-0.3 * TIMES))

    close(found(tank, [(5.0, SET, 0, 4.0)], times=[1.0]), slope(course, 5.0))


def given(since: Any) -> Any:
    """An infusion of 1 nM/h that begins so long ago and never ends."""
    return np.where(np.real(since) > 0, (1 - np.exp(-0.3 * since)) / 0.3, 0.0)


INFUSION = [(5.0, SWITCH, 0, 3.0), (9.0, SWITCH, 0, 0.0)]


def test_an_infusion_by_its_lag(tank: CompiledModel) -> None:
    exact = slope(lambda s: 3 * (given(TIMES - s) - given(TIMES - s - 4)), 5.0)
    close(found(tank, INFUSION, times=[1.0, 1.0]), exact)


def test_an_infusion_of_one_amount_by_its_duration(tank: CompiledModel) -> None:
    """The rate falls as the end moves out."""
    exact = slope(lambda d: 12 / d * (given(TIMES - 5) - given(TIMES - 5 - d)), 4.0)
    close(found(tank, INFUSION, times=[0.0, 1.0], events=[-12 / 4**2, 0.0]), exact)


def test_a_ramp_by_its_instants(tank: CompiledModel) -> None:
    """It climbs from one instant on, stands from another, and is over at a third."""

    def climbed(since: Any) -> Any:
        return np.where(np.real(since) > 0, (0.3 * since - 1 + np.exp(-0.3 * since)) / 0.09, 0.0)

    def course(s: complex) -> Any:
        begin, stand, end = 5 + (s - 5), 9 + 2 * (s - 5), 15 - (s - 5)
        height = 2 * (stand - begin)
        return 2 * (climbed(TIMES - begin) - climbed(TIMES - stand)) - height * given(TIMES - end)

    events = [(5.0, RAMP, 0, 2.0), (9.0, RAMP, 0, 0.0), (15.0, SWITCH, 0, 0.0)]
    close(found(tank, events, times=[1.0, 2.0, -1.0]), slope(course, 5.0))


def grown(t: Any, x: Any) -> Any:
    """Logistic growth over t from x."""
    return 7.0 / (1 + (7.0 / x - 1) * np.exp(-0.4 * t))


@pytest.mark.parametrize(("kind", "value"), [(ADD, 1.5), (MULTIPLY, 0.5), (SET, 0.7)])
def test_a_nonlinear_course(logistic: CompiledModel, kind: int, value: float) -> None:
    def course(s: complex) -> Any:
        before = grown(s, 1.0)
        after = {ADD: before + value, MULTIPLY: before * value, SET: value}[kind]
        return np.where(np.real(s) < TIMES, grown(TIMES - s, after), grown(TIMES, 1.0))

    close(found(logistic, [(5.0, kind, 0, value)], times=[1.0]), slope(course, 5.0))


def test_two_changes_of_one_instant(logistic: CompiledModel) -> None:
    def course(s: complex) -> Any:
        return np.where(np.real(s) < TIMES, grown(TIMES - s, grown(s, 1.0) * 0.5 + 2.0), grown(TIMES, 1.0))

    events = [(5.0, MULTIPLY, 0, 0.5), (5.0, ADD, 0, 2.0)]
    close(found(logistic, events, times=[1.0, 1.0]), slope(course, 5.0))


def test_a_run_in_two_parts_within_a_ramp(tank: CompiledModel) -> None:
    """What a seam hands on includes the moved instant at which the ramp began."""
    events = Events.of([[(5.0, RAMP, 0, 2.0)]])
    d = Directions(("s",), times=[[1.0]])
    options: dict[str, Any] = {"events": events, "tolerance": TIGHT}
    whole = tank.run_with_sensitivities(tank.parameters(1), TIMES, with_respect_to=d, **options)
    first = tank.run_with_sensitivities(tank.parameters(1), [0.0, 8.0], with_respect_to=d, **options)
    np.testing.assert_allclose(first.inputs[0, 0], [-2.0])
    second = tank.run_with_sensitivities(
        tank.parameters(1), TIMES[TIMES > 8], with_respect_to=first.onward(), start=8.0, **options,
        states=first.outcome.states, inputs=first.outcome.inputs, slopes=first.outcome.slopes,
    )  # fmt: skip
    np.testing.assert_allclose(second["x", "s"], whole["x", "s"][:, TIMES > 8], rtol=WITHIN)


def test_directions_in_several_rows(tank: CompiledModel) -> None:
    """Five directions take two rows of each subject; every one keeps its own instant."""
    events = [(2.0 + i, ADD, 0, 1.0 + i) for i in range(5)]
    d = Directions(tuple("abcde"), times=np.eye(5))
    run = tank.run_with_sensitivities(
        tank.parameters(1), TIMES, with_respect_to=d, events=Events.of([events]), tolerance=TIGHT
    )
    for i, name in enumerate("abcde"):
        close(run["x", name][0], slope(lambda s, i=i: decayed(TIMES - s, 1.0 + i), 2.0 + i))  # type: ignore[misc]
