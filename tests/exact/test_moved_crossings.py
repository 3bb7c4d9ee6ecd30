"""Derivatives through triggers against closed forms: a decay, a thermostat, a bouncing ball, a swing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import (
    ADD,
    MULTIPLY,
    RAMP,
    SET,
    SWITCH,
    Action,
    Directions,
    Events,
    Sensitivities,
    Tolerance,
    Trigger,
)  # fmt: skip
from quotidian.engine.abi import GRAZED

from .test_triggers import BALL, SWINGS, TANK, X_0, K

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-10, atol=1e-12)
TIMES = np.linspace(0.0, 24.0, 67)  # off the grid of steps
WITHIN = 1e-6
STEP = 1e-30j  # of the complex step: exact to rounding


def slope(course: Callable[[complex], Any], at: float) -> Floats:
    return np.asarray(np.imag(course(at + STEP)) / abs(STEP))


def tank(by: tuple[str, ...] | Directions, triggers: list[Trigger], **options: Any) -> Sensitivities:
    table = TANK.parameters(1, options.pop("parameters", {}))
    options = {"tolerance": TIGHT, **options}
    found = TANK.run_with_sensitivities(table, TIMES, with_respect_to=by, triggers=triggers, **options)
    assert not found.failures
    return found


def close(found: Floats, exact: Any) -> None:
    exact = np.asarray(exact)
    np.testing.assert_allclose(found, exact, rtol=WITHIN, atol=WITHIN * np.abs(exact).max())


def test_the_instant_at_which_a_decay_has_come_down() -> None:
    r""":math:`t = \ln(x_0 / a) / k`."""
    found = tank(("k", "x_0"), [Trigger("x", 4.0, rising=False)])
    t = np.log(X_0 / 4) / K
    close(found.crossings[0, :, 0], [-t / K, 1 / (K * X_0)])
    assert np.isnan(found.crossings[0, :, 1:]).all()


@pytest.mark.parametrize(("kind", "value"), [(ADD, 5.0), (SET, 7.0), (MULTIPLY, 3.0)])
@pytest.mark.parametrize("after_h", [0.0, 2.5])
def test_what_is_given_at_a_level(kind: int, value: float, after_h: float) -> None:
    """At once or later: the dose moves with the crossing."""
    act = Action(kind, "x", value, after_h=after_h)
    found = tank(("k", "x_0"), [Trigger("x", 4.0, (act,), rising=False, once=True)])

    def course(k: complex, x_0: complex) -> Any:
        t = np.log(x_0 / 4) / k + after_h
        before = x_0 * np.exp(-k * t)
        after = {ADD: before + value, SET: value, MULTIPLY: before * value}[kind]
        return np.where(np.real(t) < TIMES, after * np.exp(-k * (TIMES - t)), x_0 * np.exp(-k * TIMES))

    close(found["x", "k"][0], slope(lambda k: course(k, X_0), K))
    close(found["x", "x_0"][0], slope(lambda x_0: course(K, x_0), X_0))


HEATING = [
    Trigger("x", 4.0, (Action(SWITCH, "inflow", 3.0),), rising=False),
    Trigger("x", 8.0, (Action(SWITCH, "inflow", 0.0),)),
]


def thermostat(k: complex, x_0: complex) -> tuple[Any, list[Any]]:
    """The course, and the instants at which the heating turns on and off."""
    t, level, heats = 0.0 * k, x_0 + 0.0 * k, False
    course, instants = np.zeros(len(TIMES), dtype=complex), []
    for _ in range(12):
        limit = 3 / k if heats else 0.0 * k
        goal = 8.0 if heats else 4.0
        until = t + np.log((level - limit) / (goal - limit)) / k
        here = (np.real(t) <= TIMES) & (np.real(until) > TIMES)
        course[here] = (limit + (level - limit) * np.exp(-k * (TIMES - t)))[here]
        t, level, heats = until, goal + 0.0 * k, not heats
        instants.append(t)
    return course, instants


def test_a_thermostat() -> None:
    found = tank(("k", "x_0"), HEATING)
    count = int(found.outcome.watched.count[0])  # type: ignore[union-attr]
    assert count >= 4
    for i, course in enumerate((lambda k: thermostat(k, X_0), lambda x_0: thermostat(K, x_0))):
        at = (K, X_0)[i]
        close(found.values[0, i, :, 0], slope(lambda p, c=course: c(p)[0], at))  # type: ignore[misc]
        exact = slope(lambda p, c=course: np.array(c(p)[1][:count]), at)  # type: ignore[misc]
        close(found.crossings[0, i, :count], exact)


def test_a_thermostat_in_two_parts() -> None:
    """The seam hands on the tangents of what is due, and how each trigger stands."""
    delayed = [
        Trigger("x", 4.0, (Action(SWITCH, "inflow", 3.0, after_h=1.5),), rising=False),
        Trigger("x", 8.0, (Action(SWITCH, "inflow", 0.0),)),
    ]
    whole = tank(("k",), delayed)
    seam = float(whole.outcome.crossings[0][0][0]) + 0.7
    table, early = TANK.parameters(1), TIMES[seam > TIMES]
    first = TANK.run_with_sensitivities(
        table, early, with_respect_to=("k",), triggers=delayed, end=seam, tolerance=TIGHT
    )
    assert np.abs(first.pending).max() > 1.0
    outcome = first.outcome
    second = TANK.run_with_sensitivities(
        table, TIMES[seam < TIMES], with_respect_to=first.onward(), triggers=delayed, start=seam,
        states=outcome.states, inputs=outcome.inputs, watched=outcome.watched, tolerance=TIGHT,
    )  # fmt: skip
    close(second["x", "k"], whole["x", "k"][:, seam < TIMES])


def test_a_bouncing_ball() -> None:
    """By the height from which it falls and by the gravity, through four bounces."""
    bounce = Trigger(
        "height", 0.0, (Action(MULTIPLY, "speed", -0.8), Action(SET, "height", 0.0)), rising=False
    )
    times = np.linspace(0.0, 5.0, 41)
    found = BALL.run_with_sensitivities(
        BALL.parameters(1), times, with_respect_to=("h_0", "g", "v_0"), triggers=[bounce], tolerance=TIGHT
    )
    assert not found.failures

    def course(h_0: complex, g: complex) -> tuple[Any, list[Any]]:
        t, speed = np.sqrt(2 * h_0 / g), np.sqrt(2 * h_0 * g)
        height, instants = h_0 - g * times**2 / 2, [t]
        for _ in range(8):
            speed = 0.8 * speed
            since = times - t
            height = np.where(np.real(t) < times, speed * since - g * since**2 / 2, height)
            t = t + 2 * speed / g
            instants.append(t)
        return height, instants

    count = int(found.outcome.watched.count[0])  # type: ignore[union-attr]
    assert count >= 4
    for i, at in enumerate((5.0, 9.81)):

        def moved(p: complex, i: int = i) -> tuple[Any, list[Any]]:
            return course(p, 9.81) if i == 0 else course(5.0, p)

        close(found.values[0, i, :, 0], slope(lambda p, m=moved: m(p)[0], at))  # type: ignore[misc]
        exact = slope(lambda p, m=moved: np.array(m(p)[1][:count]), at)  # type: ignore[misc]
        close(found.crossings[0, i, :count], exact)


def test_a_ramp_that_a_crossing_begins() -> None:
    r"""From :math:`t^*` on the inflow climbs by 1.5 an hour each hour."""
    found = tank(("k",), [Trigger("x", 4.0, (Action(RAMP, "inflow", 1.5),), rising=False, once=True)])

    def course(k: complex) -> Any:
        t = np.log(X_0 / 4) / k
        since = TIMES - t
        climbed = 1.5 * (k * since - 1 + np.exp(-k * since)) / k**2
        return np.where(np.real(t) < TIMES, 4 * np.exp(-k * since) + climbed, X_0 * np.exp(-k * TIMES))

    close(found["x", "k"][0], slope(course, K))


def test_a_level_that_a_dose_moves() -> None:
    """Ordered dose and crossing: the later the bolus, the later the rescue."""
    rescue = Trigger("x", 4.0, (Action(ADD, "x", 5.0),), rising=False, once=True)
    d = Directions(("lag",), times=[[1.0]])
    found = tank(d, [rescue], events=Events.of([[(1.0, ADD, 0, 2.0)]]))

    def course(lag: complex) -> Any:
        at_dose = X_0 * np.exp(-K * lag) + 2.0
        t = lag + np.log(at_dose / 4) / K
        x = np.where(np.real(lag) < TIMES, at_dose * np.exp(-K * (TIMES - lag)), X_0 * np.exp(-K * TIMES))
        return np.where(np.real(t) < TIMES, 9 * np.exp(-K * (TIMES - t)), x)

    close(found["x", "lag"][0], slope(course, 1.0))


def test_values_are_those_of_the_plain_run() -> None:
    found, table = tank(("k",), HEATING), TANK.parameters(1)
    plain = TANK.run(table, TIMES, triggers=HEATING, tolerance=TIGHT)
    np.testing.assert_array_equal(found.outcome.values.view(np.int64), plain.values.view(np.int64))
    np.testing.assert_array_equal(found.outcome.watched.time, plain.watched.time)  # type: ignore[union-attr]


def swing(level: float, tolerance: Tolerance) -> Sensitivities:
    r""":math:`x = 10 + 24 / (2 \pi) \sin(2 \pi t / 24)` past a level."""
    table = SWINGS.parameters(1)
    return SWINGS.run_with_sensitivities(
        table, [0.0, 12.0], with_respect_to=("made",), triggers=[Trigger("x", level)],
        tolerance=tolerance,
    )  # fmt: skip


@pytest.mark.parametrize("below", [1e-3, 1e-2])
def test_a_level_that_is_only_grazed_is_refused(below: float) -> None:
    """Passed by less than a hundred errors of 1e-4, for long enough to be seen."""
    top = 10.0 + 24 / (2 * np.pi)
    found = swing(top - below, Tolerance(longest_step=0.05))
    assert found.outcome.status[0] == GRAZED
    assert "only grazed" in found.failures[0].reason


def test_a_level_well_below_the_top_is_not() -> None:
    found = swing(10.0 + 12 / (2 * np.pi), TIGHT)
    assert not found.failures
    close(found.crossings[0, :, 0], [-0.5 * 24 / (2 * np.pi) / np.cos(np.pi / 6)])


def test_directions_in_several_rows_find_the_same_crossings() -> None:
    """Five directions take two rows of each subject."""
    unit = np.eye(5)
    events = Events.of([[(0.5 + 0.1 * i, ADD, 0, 0.1) for i in range(5)]])
    found = tank(Directions(tuple("abcde"), events=unit), HEATING, events=events)
    assert found.outcome.watched.armed.shape == (1, 2)  # type: ignore[union-attr]
    one = tank(Directions(("e",), events=unit[:, 4:]), HEATING, events=events)
    np.testing.assert_array_equal(found["x", "e"], one["x", "e"])
    np.testing.assert_array_equal(found.crossings[:, 4], one.crossings[:, 0])
