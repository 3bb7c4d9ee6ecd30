"""The periodic start against a closed form and a long wait; company, states that grow, and honest failure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, PeriodicStart, Tolerance
from quotidian.errors import UnknownName
from quotidian.models import model as model_named
from quotidian.network import NOTHING, TIME, Covariate, Flux, Species
from quotidian.network.laws import cos

from .conftest import bits, first_order, model, second_order

Floats = NDArray[np.float64]
DAY = 24.0
TIGHT = Tolerance(rtol=1e-10, atol=1e-13)
MADE, SWING = 2.0, 0.7
SLOW, FAST = 1 / (120 * DAY), 0.4  # 1/h: red cells, and something quick

x, y = Species("x", "nM", usual=(0, 10)), Species("y", "nM", usual=(0, 1e4))
x_0, y_0 = Covariate("x_0", "nM", typical=0.1), Covariate("y_0", "nM", typical=1.0)
made, swing = Covariate("made", "nM/h", typical=MADE), Covariate("swing", "1", typical=SWING)
k_x, k_y = Covariate("k_x", "1/h", typical=FAST), Covariate("k_y", "1/h", typical=SLOW)
per = Covariate("per", "1/nM/h", typical=0.02)
day = Covariate("day", "h", typical=DAY)


def daily(m: Any, a: Any, t: Any, T: Any) -> Any:
    r"""Made by the hour, :math:`v = m (1 + a \cos 2\pi t/T)`"""
    return m * (1 + a * cos(6.283185307179586 * t / T))


MAKING = Flux(NOTHING >> x, daily, made, swing, TIME, day)
CHAIN = CompiledModel(
    model(
        "chain", {x: x_0, y: y_0}, MAKING, Flux(x >> y, first_order, k_x, x),
        Flux(y >> NOTHING, first_order, k_y, y),
    )
)  # fmt: skip
SJIA = CompiledModel(model_named("sjia"))
GROWN = tuple(
    s for s in SJIA.ode_system.states if s in ("height", "bone_age", "adult_height", "joint_damage")
)


def subjects(count: int, seed: int) -> Floats:
    """Every number of each its own, but the length of the day."""
    names = SJIA.ode_system.parameters
    table = SJIA.parameters(count) * np.random.default_rng(seed).uniform(0.8, 1.25, (count, len(names)))
    days = [i for i, name in enumerate(names) if name.endswith(".day")]
    table[:, days] = DAY
    return table


RETURNING = [i for i, name in enumerate(SJIA.ode_system.states) if name not in GROWN]


def settled(table: Floats, **options: Any) -> PeriodicStart:
    """The model's periodic start, with what grows held."""
    return SJIA.periodic_start(table, except_states=GROWN, **options)


def off(found: Floats, right: Floats, least: float) -> Floats:
    """Share by which each state is off, one below ``least`` of its usual size counted as that."""
    return np.asarray(np.abs(found - right) / (np.abs(right) + least * np.array(SJIA.ode_system.scales)))


def chain_at(t: float, made: float = MADE) -> tuple[float, float]:
    r"""A cosine through two first-order filters, :math:`\hat x = m a / (k + i w)`, on their means."""
    w = 2 * np.pi / DAY
    x_hat = made * SWING / (FAST + 1j * w)
    y_hat = FAST * x_hat / (SLOW + 1j * w)
    turn = np.exp(1j * w * t)
    return made / FAST + float(np.real(x_hat * turn)), made / SLOW + float(np.real(y_hat * turn))


@pytest.mark.parametrize("start", [0.0, 8.0])
def test_a_slow_pool_is_found_in_a_handful_of_days(start: float) -> None:
    """Waiting would take years: after 60 days the slow pool is two fifths of the way."""
    found = CHAIN.periodic_start(CHAIN.parameters(1), start=start, tolerance=TIGHT, accuracy=1e-8)
    assert found.converged.all()
    assert found.periods[0] <= 6
    np.testing.assert_allclose(found.states[0], chain_at(start), rtol=1e-7)


def test_it_returns_after_a_day() -> None:
    table = subjects(6, 4)
    found = settled(table, start=-24.0, tolerance=TIGHT, accuracy=1e-7)
    assert found.converged.all()
    after = SJIA.run(table, [], observables=(), start=-24.0, end=0.0, states=found.states, tolerance=TIGHT)
    assert off(after.states, found.states, 1e-7)[:, RETURNING].max() < 1e-7


def test_it_is_where_years_of_disease_lead() -> None:
    """Established arthritis takes longest: 1200 days leave it 2 % from there, and it needs fifteen years."""
    table, exact = (
        SJIA.parameters(3, {"severity": np.array([0.6, 1.0, 1.6])}),
        Tolerance(rtol=1e-8, atol=1e-11),
    )
    found = settled(table, tolerance=exact, accuracy=1e-7)
    waited = SJIA.run(table, [], observables=(), start=-5500 * DAY, end=0.0, tolerance=exact)
    assert found.converged.all()
    ageless = [i for i in RETURNING if not SJIA.ode_system.states[i].startswith("igf")]
    assert off(found.states, waited.states, 1e-6)[:, ageless].max() < 1e-6
    assert found.periods[1:].max() <= 20  # mild disease is near the point below which it ends: 155 days


def test_a_disease_near_its_tipping_point_is_followed_for_years() -> None:
    """From an odd subject, with numbers far apart, two searches lead out of the model."""
    names, rng = list(SJIA.ode_system.parameters), np.random.default_rng(6)
    table = SJIA.parameters(100) * rng.uniform(0.6, 1.6, (100, len(names)))
    table[:, [i for i, name in enumerate(names) if name.endswith(".day")]] = DAY
    table[:, names.index("innate_loop.gain_il1")] *= rng.uniform(0.2, 1.2, 100)
    found = settled(table[[59]])
    assert found.converged.all() and found.periods.min() > 3650


def test_bits_do_not_depend_on_company(monkeypatch: pytest.MonkeyPatch) -> None:
    table = subjects(40, 5)
    together = settled(table, accuracy=1e-4)
    assert len(np.unique(together.periods)) > 1
    for chosen in (slice(0, 1), slice(17, 18), slice(30, 33), slice(None, None, -1)):
        found = settled(table[chosen], accuracy=1e-4, threads=2)
        np.testing.assert_array_equal(bits(found.states), bits(together.states[chosen]))
        np.testing.assert_array_equal(found.periods, together.periods[chosen])
    monkeypatch.setattr("quotidian.engine.steady_state.periodic_orbit.BLOCK", 7)
    np.testing.assert_array_equal(bits(settled(table, accuracy=1e-4).states), bits(together.states))


def test_states_that_grow_are_held_and_what_they_feed_settles() -> None:
    grows = CompiledModel(
        model(
            "grows", {x: x_0, y: y_0}, Flux(NOTHING >> y, daily, made, swing, TIME, day),
            Flux(NOTHING >> x, first_order, k_y, y), Flux(x >> NOTHING, first_order, k_x, x),
        )
    )  # fmt: skip
    table = grows.parameters(1)
    lost = grows.periodic_start(table)
    assert not lost.converged[0]
    assert "still moved by" in lost.reasons[0]
    assert "after 180 periods" in lost.reasons[0]
    found = grows.periodic_start(table, except_states=("y",))
    assert found.converged.all()
    assert found.states[0, grows.ode_system.states.index("y")] == 1.0
    with pytest.raises(UnknownName, match="no state 'z'"):
        grows.periodic_start(table, except_states=("z",))


def test_a_subject_that_cannot_settle_says_so_and_changes_nobody() -> None:
    m = CompiledModel(
        model(
            "explodes", {x: x_0}, MAKING, Flux(NOTHING >> x, second_order, per, x),
            Flux(x >> NOTHING, first_order, k_x, x),
        )
    )  # fmt: skip
    table = m.parameters(3, {"per": np.array([0.005, 2.0, 0.01])})
    found = m.periodic_start(table)
    assert found.converged.tolist() == [True, False, True]
    assert found.reasons[1].startswith("the integration failed")
    assert np.isfinite(found.states).all()
    alone = m.periodic_start(table[[0, 2]])
    np.testing.assert_array_equal(bits(alone.states), bits(found.states[[0, 2]]))


def test_a_search_that_fails_is_repeated_after_plain_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    """No patience at first: the second search ends where the first would have ended."""
    table = subjects(2, 8)
    usual = settled(table)
    monkeypatch.setattr("quotidian.engine.steady_state.periodic_orbit.PATIENCE", 3)
    again = settled(table)
    assert again.converged.all()
    assert again.periods.min() > 120 > usual.periods.max()
    np.testing.assert_allclose(again.states, usual.states, rtol=1e-5, atol=1e-9)
