"""Episodes from readings: when, how long, at what toll, and how they ended; one draw decides on death."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.patients.mas_episodes import fatal_toll, ledger, mas_histories, toll
from quotidian.statistics.streams import Streams

DAYS = np.arange(120.0)
H_D = ledger()["death_hazard"].value


def activation(*stretches: tuple[int, int, float]) -> np.ndarray:
    values = np.full((1, len(DAYS)), 0.02)
    for first, last, height in stretches:
        values[:, first:last] = height
    return values


def survivor() -> int:
    """A child whom no toll of these tests kills."""
    return int(fatal_toll(Streams(1), 0, range(500)).argmax())


def test_the_toll_is_the_time_integral_of_haemophagocytosis_in_mas() -> None:
    """Of a ramp to 1 over 8 days: the integral of (t/8)^2 from day 4 on is 7/3."""
    ramp = np.linspace(0.0, 1.0, 8001)[None, :]
    assert toll(np.linspace(0.0, 8.0, 8001), ramp)[0, -1] == pytest.approx(7 / 3, rel=1e-3)


def test_episodes_have_days_toll_and_an_ending() -> None:
    readings = activation((10, 20, 0.9), (60, 66, 0.7))
    found = mas_histories(DAYS, readings, Streams(1), 0, [survivor()])[0]
    assert [(e.first_day, e.last_day) for e in found.episodes] == [(10.0, 20.0), (60.0, 66.0)]
    assert (found.first_day, found.last_day, found.days) == (10.0, 66.0, 16.0)
    assert found.episodes[0].toll == pytest.approx(10 * 0.81, rel=0.01)
    assert found.ending == "recovered"


def test_an_episode_at_the_end_is_ongoing_and_none_has_no_ending() -> None:
    who = [survivor()]
    assert mas_histories(DAYS, activation((110, 120, 0.9)), Streams(1), 0, who)[0].ending == "ongoing"
    none = mas_histories(DAYS, activation(), Streams(1), 0, who)[0]
    assert none.ending == "" and np.isnan(none.first_day) and none.days == 0.0 and not none.died


def test_death_comes_when_the_toll_reaches_the_childs_own_and_ends_the_history() -> None:
    fatal = fatal_toll(Streams(1), 0, range(500))
    who = int(np.flatnonzero((fatal > 2.0) & (fatal < 5.0))[0])
    readings = activation((10, 30, 1.0), (60, 80, 1.0))
    found = mas_histories(DAYS, readings, Streams(1), 0, [who])[0]
    assert found.died and len(found.episodes) == 1 and found.intensive_care
    assert found.last_day == pytest.approx(10.0 + fatal[who], abs=1.1)


def test_shares_of_death_and_intensive_care_follow_their_hazards() -> None:
    n, cost = 4000, 6.0
    readings = np.repeat(activation((10, 10 + round(cost / 0.81), 0.9)), n, axis=0)
    found = mas_histories(DAYS, readings, Streams(2), 0, range(n))
    paid = toll(DAYS, readings)[0, -1]
    assert np.mean([h.died for h in found]) == pytest.approx(-np.expm1(-H_D * paid), abs=0.015)
    care = np.mean([h.intensive_care for h in found])
    assert care > 3 * np.mean([h.died for h in found]) and 0.25 < care < 0.45


def test_a_child_has_the_same_fate_in_any_company() -> None:
    alone = fatal_toll(Streams(3), 5, [17])
    assert alone[0] == fatal_toll(Streams(3), 5, range(40))[17]
    assert alone[0] != fatal_toll(Streams(3), 6, [17])[0]
