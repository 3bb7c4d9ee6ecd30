"""Doses, infusions and switches against their formulas, at their instants and between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from quotidian.engine import ADD, SET, SWITCH, CompiledModel, Events, Tolerance
from quotidian.network import NOTHING, Covariate, Flux, Input, Species
from quotidian.network.flux import itself

from .conftest import machine

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-9, atol=1e-12)
K = 0.25


def first_order(k: Any, x: Any) -> Any:
    r"""First order, :math:`v = k x`"""
    return k * x


x, k, x_0 = Species("x", "nM"), Covariate("k", "1/h", typical=K), Covariate("x_0", "nM", typical=0.0)
inflow = Input("inflow", "nM/h", resting=0.0)


@pytest.fixture(scope="module")
def tank() -> CompiledModel:
    """x' = inflow - k x."""
    return machine(
        "tank", {x: x_0}, Flux(NOTHING >> x, itself, inflow), Flux(x >> NOTHING, first_order, k, x)
    )


def solve(
    tank: CompiledModel, times: ArrayLike, *events: tuple[float, int, int, float], **start: float
) -> Floats:
    outcome = tank.run(tank.parameters(1, start), times, events=Events.of([events]), tolerance=TIGHT)
    assert not outcome.failures
    return outcome["x"][0]


def infused(t: ArrayLike, begin: float, end: float, rate: float) -> Floats:
    r"""Rises as :math:`\frac{r}{k} (1 - e^{-k (t - t_1)})`, then decays."""
    t = np.asarray(t, dtype=float)
    during = rate / K * -np.expm1(-K * np.clip(t - begin, 0, end - begin))
    result: Floats = during * np.exp(-K * np.clip(t - end, 0, None))
    return result


def test_an_infusion_on_and_off(tank: CompiledModel) -> None:
    times = np.linspace(0, 20, 81)  # 3 and 4.5 are among them
    found = solve(tank, times, (3.0, SWITCH, 0, 2.0), (4.5, SWITCH, 0, 0.0))
    np.testing.assert_allclose(found, infused(times, 3.0, 4.5, 2.0), atol=1e-8)
    assert found[times == 3.0] == 0.0


def test_infusions_add_up_and_may_overlap_the_end(tank: CompiledModel) -> None:
    times = np.linspace(0, 12, 49)
    found = solve(tank, times, (1.0, SWITCH, 0, 1.0), (2.0, SWITCH, 0, 4.0), (11.0, SWITCH, 0, 1.0))
    exact = infused(times, 1.0, 99.0, 1.0) + infused(times, 2.0, 11.0, 3.0)
    np.testing.assert_allclose(found, exact, atol=1e-8)


def test_an_output_at_the_instant_of_a_dose_shows_the_state_before_it(tank: CompiledModel) -> None:
    times = [0.0, 2.0, np.nextafter(2.0, 3.0), 4.0]
    found = solve(tank, times, (0.0, ADD, 0, 8.0), (2.0, ADD, 0, 1.0), (4.0, ADD, 0, 100.0))
    two = 8 * np.exp(-2 * K)
    np.testing.assert_allclose(found, [0.0, two, two + 1, (two + 1) * np.exp(-2 * K)], rtol=1e-8)


def test_an_output_asked_for_twice_at_a_dose_shows_the_state_before_it_twice(tank: CompiledModel) -> None:
    found = solve(tank, [0.0, 0.0, 2.0, 2.0], (0.0, ADD, 0, 8.0), (2.0, ADD, 0, 1.0))
    np.testing.assert_allclose(found, np.repeat([0.0, 8 * np.exp(-2 * K)], 2), rtol=1e-8)


def test_a_run_ends_on_the_dot(tank: CompiledModel) -> None:
    """Wherever it begins: its last step, longer here than all before it, loses no time to rounding."""
    drawn = np.random.default_rng(9).uniform(0, 1, (60, 2))
    for begin, end in zip(drawn[:, 0], drawn.sum(axis=1) * 30, strict=True):
        outcome = tank.run(tank.parameters(1, {"x_0": 1.0, "k": 1e-6}), [begin, end])
        assert outcome.reached[0] == end
        assert outcome["x"][0, 1] == pytest.approx(outcome.states[0, 0], rel=1e-15)


def test_a_dose_at_the_end_belongs_to_the_next_run(tank: CompiledModel) -> None:
    table, events = tank.parameters(1), Events.of([[(5.0, ADD, 0, 3.0), (5.0, SWITCH, 0, 1.0)]])
    first = tank.run(table, [0.0, 5.0], events=events, tolerance=TIGHT)
    assert (first.states[0, 0], first.inputs[0, 0]) == (0.0, 0.0)
    second = tank.run(
        table, [5.0, 6.0], events=events, tolerance=TIGHT, states=first.states, inputs=first.inputs
    )
    exact = 3 * np.exp(-K) + infused(1.0, 0.0, 9.0, 1.0)
    np.testing.assert_allclose(second["x"][0], [0.0, exact], atol=1e-8)
    assert second.inputs[0, 0] == 1.0


def test_a_state_is_set_whatever_it_was(tank: CompiledModel) -> None:
    found = solve(tank, [0.0, 3.0, 7.0], (3.0, SET, 0, 0.5), x_0=10.0)
    np.testing.assert_allclose(found, 10.0 * np.exp([0.0, -3 * K, np.log(0.05) - 4 * K]), rtol=1e-8)


@pytest.mark.parametrize(("order", "after"), [((SET, ADD), 3.0), ((ADD, SET), 2.0)])
def test_events_of_one_instant_act_in_their_order(
    tank: CompiledModel, order: tuple[int, int], after: float
) -> None:
    values = {SET: 2.0, ADD: 1.0}
    events = [(1.0, kind, 0, values[kind]) for kind in order]
    assert solve(tank, [0.0, 1.0, 2.0], *events)[2] == pytest.approx(after * np.exp(-K), rel=1e-8)


def test_events_need_not_come_in_order(tank: CompiledModel) -> None:
    events = [(4.0, ADD, 0, 1.0), (1.0, SET, 0, 2.0), (2.5, SWITCH, 0, 0.7)]
    times = np.linspace(0, 9, 10)
    np.testing.assert_array_equal(solve(tank, times, *events), solve(tank, times, *sorted(events)))


def test_a_negative_dose_takes_away(tank: CompiledModel) -> None:
    found = solve(tank, [0.0, 1.0, 2.0], (1.0, ADD, 0, -0.5), x_0=1.0)
    assert found[2] == pytest.approx((np.exp(-K) - 0.5) * np.exp(-K), rel=1e-8)


def test_children_have_their_own_doses(tank: CompiledModel) -> None:
    n = 30
    events = Events.of([[(0.1 * i, ADD, 0, float(i))] for i in range(n)])
    outcome = tank.run(tank.parameters(n), [0.0, 5.0], events=events, tolerance=TIGHT)
    i = np.arange(n)
    np.testing.assert_allclose(outcome["x"][:, 1], i * np.exp(-K * (5 - 0.1 * i)), rtol=1e-7, atol=1e-12)


def test_events_outside_the_run_do_nothing(tank: CompiledModel) -> None:
    outside = [(-1.0, ADD, 0, 9.0), (3.0, ADD, 0, 9.0), (8.0, SWITCH, 0, 9.0)]
    np.testing.assert_array_equal(
        solve(tank, [0.0, 3.0], *outside, x_0=1.0), solve(tank, [0.0, 3.0], x_0=1.0)
    )


def test_a_run_may_be_taken_in_parts(tank: CompiledModel) -> None:
    """0 to 10 at once, and 0 to 4 to 10, with an infusion across the seam and a dose on it."""
    events = Events.of([[(3.0, SWITCH, 0, 2.0), (4.0, ADD, 0, 1.0), (6.0, SWITCH, 0, 0.0)]])
    times, table = np.linspace(0, 10, 21), tank.parameters(1, {"x_0": 1.0})
    whole = tank.run(table, times, events=events, tolerance=TIGHT)
    first = tank.run(table, times[times <= 4], events=events, tolerance=TIGHT)
    second = tank.run(
        table, times[times >= 4], events=events, tolerance=TIGHT, states=first.states, inputs=first.inputs
    )
    assert first.inputs[0, 0] == 2.0
    assert first["x"][0, -1] == second["x"][0, 0]
    joined = np.concatenate([first["x"][0], second["x"][0, 1:]])
    np.testing.assert_allclose(joined, whole["x"][0], rtol=1e-8)
    np.testing.assert_allclose(second.states, whole.states, rtol=1e-8)
    exact = np.exp(-K * times) + infused(times, 3.0, 6.0, 2.0)
    exact += np.where(times > 4, np.exp(-K * (times - 4)), 0.0)
    np.testing.assert_allclose(whole["x"][0], exact, atol=1e-8)
