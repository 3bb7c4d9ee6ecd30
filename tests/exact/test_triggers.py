"""Crossings against closed forms: decay, a thermostat, a bouncing ball, a swing; and what they order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import (
    ADD,
    MULTIPLY,
    RAMP,
    SET,
    STOP,
    SWITCH,
    Action,
    Events,
    Outcome,
    Tolerance,
    Trigger,
)  # fmt: skip
from quotidian.network import NOTHING, TIME, Covariate, Flux, Input, Species
from quotidian.network.flux import itself
from quotidian.network.laws import cos

from .conftest import machine

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-11, atol=1e-13)
WITHIN = 1e-8
K, X_0 = 0.3, 10.0

x, y = Species("x", "nM", usual=(0, 10)), Species("y", "nM", usual=(0, 10))
x_0, y_0 = Covariate("x_0", "nM", typical=X_0), Covariate("y_0", "nM", typical=0.0)
k, made, W = (
    Covariate("k", "1/h", typical=K), Covariate("made", "nM/h", typical=1.0),
    Covariate("W", "1/h", typical=2 * np.pi / 24),
)  # fmt: skip
inflow = Input("inflow", "nM/h")
height, speed = Species("height", "m", usual=(0, 10)), Species("speed", "m/h", usual=(0, 10))
h_0, v_0 = Covariate("h_0", "m", typical=5.0), Covariate("v_0", "m/h", typical=0.0)
g = Covariate("g", "m/h**2", typical=9.81)


def first_order(k: Any, x: Any) -> Any:
    r"""First order, :math:`v = k x`"""
    return k * x


def season(m: Any, W: Any, t: Any) -> Any:
    r"""Season, :math:`v = m \cos W t`"""
    return m * cos(W * t)


def down(g: Any) -> Any:
    r"""Falls, :math:`v = -g`"""
    return -g


TANK = machine("tank", {x: x_0}, Flux(NOTHING >> x, itself, inflow), Flux(x >> NOTHING, first_order, k, x))
SWINGS = machine(
    "swings",
    {x: x_0, y: y_0},
    Flux(NOTHING >> x, season, made, W, TIME),
    Flux(y >> NOTHING, first_order, k, y),
)
BALL = machine(
    "ball", {height: h_0, speed: v_0}, Flux(NOTHING >> height, itself, speed), Flux(NOTHING >> speed, down, g)
)


def tank(triggers: list[Trigger], end: float = 24.0, children: int = 1, **options: Any) -> Outcome:
    options = {"tolerance": TIGHT, "start": 0.0, **options}
    options.setdefault("times", [end])
    times, over = options.pop("times"), options.pop("parameters", {})
    return TANK.run(TANK.parameters(children, over), times, end=end, triggers=triggers, **options)


def falls(x_from: float, x_to: float, k: float = K) -> float:
    """Hours of decay from one value to another."""
    return float(np.log(x_from / x_to) / k)


def test_decay_reaches_a_level_when_it_must() -> None:
    rates = np.array([0.3, 0.2, 0.05])
    found = tank(
        [Trigger("x", 2.0, rising=False)], children=3, parameters={"k": rates}, times=[0.0, 5.0, 24.0]
    )
    for child, rate in enumerate(rates):
        exact = [falls(X_0, 2.0, rate)] if falls(X_0, 2.0, rate) < 24 else []
        np.testing.assert_allclose(found.crossings[child][0], exact, rtol=WITHIN)
    np.testing.assert_allclose(found["x"], X_0 * np.exp(-rates[:, None] * [0, 5, 24]), rtol=WITHIN)
    assert not found.failures


def test_the_instant_is_exact_at_loose_tolerance_too() -> None:
    """As exact as the run: its own dense polynomial is on the level there to rounding."""
    loose: dict[str, Any] = {"tolerance": Tolerance(rtol=1e-4, atol=1e-6)}
    (at,) = tank([Trigger("x", 2.0, rising=False)], **loose).crossings[0][0]
    assert at == pytest.approx(falls(X_0, 2.0), rel=1e-4)
    plain = TANK.run(TANK.parameters(1), [at], start=0.0, end=24.0, tolerance=Tolerance(rtol=1e-4, atol=1e-6))
    assert plain["x"][0, 0] == pytest.approx(2.0, rel=1e-14)


def test_an_output_at_the_instant_shows_the_state_before() -> None:
    trigger = [Trigger("x", 2.0, (Action(SET, "x", 7.0),), rising=False, once=True)]
    (at,) = tank(trigger).crossings[0][0]
    found = tank(trigger, times=[at, np.nextafter(at, 24), at + 1.0])
    assert found.crossings[0][0][0] == at
    np.testing.assert_allclose(found["x"][0], [2.0, 7.0, 7.0 * np.exp(-K)], rtol=WITHIN)


def test_a_thermostat_keeps_its_period() -> None:
    """Heated towards 10, cooled towards 0, switched at 4 and 6."""
    on, off = Action(SWITCH, "inflow", 3.0), Action(SWITCH, "inflow", 0.0)
    relay = [Trigger("x", 4.0, (on,), rising=False), Trigger("x", 6.0, (off,))]
    found = tank(relay, end=60.0)
    heating, cooling = float(np.log(6 / 4) / K), falls(6.0, 4.0)
    first = falls(X_0, 4.0)
    lows, highs = found.crossings[0]
    assert len(lows) > 15
    np.testing.assert_allclose(lows, first + np.arange(len(lows)) * (heating + cooling), rtol=WITHIN)
    np.testing.assert_allclose(
        highs, first + heating + np.arange(len(highs)) * (heating + cooling), rtol=WITHIN
    )


def test_a_ball_bounces() -> None:
    """Each flight takes 0.8 of the one before: :math:`t_n = t_1 + 2 t_1 \\sum e^i`."""
    bounce = Trigger(
        "height", 0.0, (Action(MULTIPLY, "speed", -0.8), Action(SET, "height", 0.0)), rising=False
    )
    found = BALL.run(
        BALL.parameters(1), [7.6], start=0.0, triggers=[bounce], tolerance=Tolerance(rtol=1e-11, atol=1e-13)
    )
    first = np.sqrt(2 * 5.0 / 9.81)
    exact = first * (1 + 2 * np.concatenate([[0.0], np.cumsum(0.8 ** np.arange(1, 8))]))
    np.testing.assert_allclose(found.crossings[0][0][:8], exact, rtol=WITHIN)


def swings(trigger: Trigger, end: float = 96.0, **options: Any) -> Outcome:
    """x = 10 + sin(W t) / W, of period 24 h and height 3.8."""
    steps = Tolerance(rtol=1e-11, atol=1e-13, longest_step=options.pop("longest_step", 48.0))
    return SWINGS.run(SWINGS.parameters(1), [end], start=0.0, triggers=[trigger], tolerance=steps, **options)


PEAK = X_0 + 24 / (2 * np.pi)


def test_it_fires_again_only_after_the_value_came_back() -> None:
    up = float(np.arcsin(0.5) * 24 / (2 * np.pi))
    level = X_0 + 0.5 * (PEAK - X_0)
    every = swings(Trigger("x", level)).crossings[0][0]
    np.testing.assert_allclose(every, up + 24 * np.arange(4), rtol=WITHIN)
    fall = swings(Trigger("x", level, rising=False)).crossings[0][0]
    np.testing.assert_allclose(fall, 12 - up + 24 * np.arange(4), rtol=WITHIN)
    np.testing.assert_allclose(
        swings(Trigger("x", level, rearm=X_0 - 3.0)).crossings[0][0], every, rtol=0, atol=0
    )
    for strict in (Trigger("x", level, rearm=X_0 - 4.0), Trigger("x", level, once=True)):
        np.testing.assert_array_equal(swings(strict).crossings[0][0], every[:1])


def test_a_peak_that_only_touches_does_not_fire() -> None:
    assert len(swings(Trigger("x", PEAK + 1e-8), longest_step=0.05).crossings[0][0]) == 0
    near = swings(Trigger("x", PEAK - 1e-3), longest_step=0.05).crossings[0][0]
    share = (PEAK - 1e-3 - X_0) / (PEAK - X_0)
    np.testing.assert_allclose(near, np.arcsin(share) * 24 / (2 * np.pi) + 24 * np.arange(4), rtol=1e-7)


def test_of_two_in_one_step_the_earlier_wins() -> None:
    """Steps of 1 h lose a quarter: both levels lie in one, and the first reset saves x from the second."""
    wide: dict[str, Any] = {"tolerance": Tolerance(rtol=1e9, atol=1e9, first_step=1.0, longest_step=1.0)}
    later = Trigger("x", 1.9, (Action(SET, "x", 9.0),), rising=False)
    sooner = Trigger("x", 2.0, (Action(SET, "x", 5.0),), rising=False, once=True)
    for order in ([later, sooner], [sooner, later]):
        found = tank(order, end=12.0, **wide).crossings[0]
        first = falls(X_0, 2.0)
        np.testing.assert_allclose(found[order.index(sooner)], [first], rtol=1e-5)
        np.testing.assert_allclose(found[order.index(later)], [first + falls(5.0, 1.9)], rtol=1e-5)


def test_at_one_instant_they_act_in_the_order_of_declaration() -> None:
    sets = Trigger("x", 2.0, (Action(SET, "x", 5.0),), rising=False, once=True)
    doubles = Trigger("x", 2.0, (Action(MULTIPLY, "x", 2.0),), rising=False, once=True)
    for order, left in (([sets, doubles], 10.0), ([doubles, sets], 5.0)):
        found = tank(order)
        (at,) = found.crossings[0][0]
        assert found.crossings[0][1][0] == at
        np.testing.assert_allclose(found["x"][0, -1], left * np.exp(-K * (24 - at)), rtol=WITHIN)


def test_events_of_the_instant_come_before_the_actions() -> None:
    """A dose lifts x over the level: the trigger fires at the dose's own instant."""
    dose = Events.of([[(8.0, ADD, 0, 6.0)]])
    found = tank([Trigger("x", 5.0, (Action(SET, "x", 1.0),))], events=dose, times=[8.0, 9.0])
    assert found.crossings[0][0].tolist() == [8.0]
    np.testing.assert_allclose(found["x"][0], [X_0 * np.exp(-K * 8), np.exp(-K)], rtol=WITHIN)


def test_a_value_that_begins_past_the_level_waits_until_it_came_back() -> None:
    assert len(tank([Trigger("x", 5.0)]).crossings[0][0]) == 0
    dose = Events.of([[(8.0, ADD, 0, 6.0)]])
    assert tank([Trigger("x", 5.0)], events=dose).crossings[0][0].tolist() == [8.0]


def test_a_stop_ends_the_child_and_is_no_failure() -> None:
    trigger = Trigger("x", np.array([2.0, np.nan]), (Action(STOP),), rising=False)
    found = tank([trigger], children=2, times=[1.0, 5.0, 6.0])
    assert found.failures == ()
    assert found.status.tolist() == [4, 0]
    np.testing.assert_allclose(found.reached, [falls(X_0, 2.0), 24.0], rtol=WITHIN)
    assert np.isnan(found["x"]).tolist() == [[False, False, True], [False] * 3]
    np.testing.assert_allclose(found.states[:, 0], [2.0, X_0 * np.exp(-K * 24)], rtol=WITHIN)


def test_an_action_may_wait() -> None:
    trigger = Trigger("x", 2.0, (Action(ADD, "x", 4.0, after_h=3.0),), rising=False, once=True)
    found = tank([trigger], times=[8.0, 9.0])
    due = falls(X_0, 2.0) + 3.0
    after = (2.0 * np.exp(-K * 3) + 4.0) * np.exp(-K * (9.0 - due))
    np.testing.assert_allclose(found["x"][0], [X_0 * np.exp(-K * 8), after], rtol=WITHIN)


def test_while_it_waits_it_is_not_ordered_again() -> None:
    """Crossings a day apart, a wait of 30 h: acts 30 h after the first and after the third."""
    level = X_0 + 0.5 * (PEAK - X_0)
    found = swings(Trigger("x", level, (Action(ADD, "y", 1.0, after_h=30.0),)))
    assert len(found.crossings[0][0]) == 4
    first = found.crossings[0][0][0]
    exact = sum(np.exp(-K * (96 - first - wait)) for wait in (30.0, 78.0))
    np.testing.assert_allclose(found["y"][0, -1], exact, rtol=1e-7)


def test_a_trigger_may_set_an_input_in_motion() -> None:
    trigger = Trigger("x", 2.0, (Action(RAMP, "inflow", 0.5),), rising=False, once=True)
    found = tank([trigger], times=[20.0])
    tau = 20.0 - falls(X_0, 2.0)
    exact = 0.5 * tau / K - 0.5 / K**2 + (2.0 + 0.5 / K**2) * np.exp(-K * tau)
    np.testing.assert_allclose(found["x"][0, 0], exact, rtol=WITHIN)
    np.testing.assert_allclose(found.slopes[0, 0], 0.5)


def test_a_watch_goes_on_in_the_next_run() -> None:
    """What is armed, spent and still waiting at the seam."""
    on, off = Action(SWITCH, "inflow", 3.0, after_h=0.7), Action(SWITCH, "inflow", 0.0)
    relay = [
        Trigger("x", 4.0, (on,), rising=False), Trigger("x", 6.0, (off,)),
        Trigger("x", 9.0, rising=False, once=True),
    ]  # fmt: skip
    whole = tank(relay, end=20.0).crossings[0]
    seam = whole[0][2] + 0.3
    first = tank(relay, end=seam)
    assert np.isfinite(first.watched.pending[0, 0])  # type: ignore[union-attr]
    second = tank(
        relay, end=20.0, start=seam, states=first.states, inputs=first.inputs, watched=first.watched
    )
    for trigger in range(3):
        joined = np.concatenate([first.crossings[0][trigger], second.crossings[0][trigger]])
        np.testing.assert_allclose(joined, whole[trigger], rtol=WITHIN)
