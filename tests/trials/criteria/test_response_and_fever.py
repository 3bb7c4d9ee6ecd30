"""Endpoints at their edges: exactly 30 %, exactly 37.5 degC, exactly seven days."""

from collections.abc import Mapping

import numpy as np
import pytest

from quotidian.errors import InvalidCall, InvalidInput
from quotidian.trials.criteria import (
    CORE_SET,
    counted,
    fever_days,
    inactive,
    jadas,
    jia_acr,
    jia_acr_flare,
    no_fever,
    non_responder,
)


def core(*children: tuple[float, ...]) -> dict[str, np.ndarray]:
    """One row of six values a child, in the order of CORE_SET."""
    return dict(zip(CORE_SET, np.array(children, dtype=float).T, strict=True))


BASE = core((10, 10, 10, 10, 10, 10))


@pytest.mark.parametrize(
    ("now", "responds"),
    [
        ((7, 7, 7, 10, 10, 10), True),
        ((7, 7, 7.01, 10, 10, 10), False),
        ((7, 7, 7, 13, 13, 13), True),
        ((7, 7, 7, 13.01, 13, 13), True),
        ((7, 7, 7, 13.01, 13.01, 13), False),
        ((0, 0, 0, 0, 20, 20), False),
        ((10, 10, 10, 10, 10, 10), False),
    ],
)
def test_acr30_takes_three_better_and_one_worse(now: tuple[float, ...], responds: bool) -> None:
    assert jia_acr(BASE, core(now), 30).tolist() == [responds]


def test_a_level_counts_at_its_edge_whatever_the_binary_digits() -> None:
    for base in (0.1, 0.125, 1.5, 1.1, 2.3, 17.0):
        for level in (30, 50, 70, 90):
            before, after = (core((x, x, x, 1, 1, 1)) for x in (base, round(base * (100 - level) / 100, 9)))
            assert jia_acr(before, after, level).all(), (base, level)
            assert not jia_acr(before, after, level + 0.001).any(), (base, level)
        worse = core((1, 1, 1, *(3 * [round(1.3 * base, 9)])))
        assert jia_acr(core((9, 9, 9, base, base, base)), worse, 30).all(), base


def test_higher_levels_keep_the_limit_of_worsening() -> None:
    assert jia_acr(BASE, core((1, 1, 1, 10, 10, 13)), 90).all()
    assert not jia_acr(BASE, core((1, 1, 1, 10, 14, 14)), 90).any()


def test_a_zero_at_baseline_cannot_improve_and_any_rise_is_worse() -> None:
    before = core((10, 10, 0, 0, 0, 10))
    assert not jia_acr(before, core((1, 1, 0, 0, 0, 10)), 30).any()
    assert jia_acr(before, core((1, 1, 0, 0, 0.01, 1)), 30).all()
    assert not jia_acr(before, core((1, 1, 0, 0.01, 0.01, 1)), 30).any()


def test_children_are_judged_each_for_itself() -> None:
    before = core(*3 * [(10,) * 6])
    now = core((1,) * 6, (10,) * 6, (7, 7, 7, 10, 10, 10))
    assert jia_acr(before, now, 30).tolist() == [True, False, True]
    assert jia_acr(before, now, 90).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("now", "flares"),
    [
        ((13, 13, 13, 10, 10, 10), True),
        ((13, 13, 12.99, 10, 10, 10), False),
        ((13, 13, 13, 7, 7, 7), True),
        ((13, 13, 13, 6.99, 7, 7), True),
        ((13, 13, 13, 6.99, 6.99, 7), False),
    ],
)
def test_flare_is_the_mirror_of_response(now: tuple[float, ...], flares: bool) -> None:
    assert jia_acr_flare(BASE, core(now)).tolist() == [flares]


def test_a_zero_that_rises_counts_towards_a_flare_and_one_that_stays_does_not() -> None:
    before = core((0, 0, 0, 10, 10, 10))
    assert jia_acr_flare(before, core((1, 1, 1, 10, 10, 10))).all()
    assert not jia_acr_flare(before, core((1, 1, 0, 10, 10, 10))).any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_a_missing_value_is_refused_by_child(bad: float) -> None:
    before = core(*9 * [(10,) * 6])
    now = core(*9 * [(1,) * 6])
    now["esr"][[2, 8]] = bad
    for judge in (lambda: jia_acr(before, now, 30), lambda: jia_acr_flare(before, now)):
        with pytest.raises(InvalidInput, match="The later visit has no usable value of esr: child 2, 8 "):
            judge()
    now["esr"][:] = bad
    with pytest.raises(InvalidInput, match="child 0, 1, 2, 3, 4 and 4 more"):
        jia_acr(before, now, 30)


@pytest.mark.parametrize(
    ("before", "now", "level", "message"),
    [
        ({k: v for k, v in BASE.items() if k != "chaq"}, BASE, 30, "The earlier visit lacks chaq"),
        (BASE, core((1,) * 6, (1,) * 6), 30, "The earlier visit has 1 children and the later one 2"),
        (BASE, {**BASE, "esr": np.ones(2)}, 30, "different shapes"),
    ],
)
def test_malformed_visits_are_refused(before: Mapping, now: Mapping, level: float, message: str) -> None:
    with pytest.raises(InvalidCall, match=message):
        jia_acr(before, now, level)


@pytest.mark.parametrize("level", [0, 101])
def test_a_level_outside_0_to_100_is_refused(level: float) -> None:
    with pytest.raises(InvalidInput, match=f"JIA ACR{level} does not exist"):
        jia_acr(BASE, BASE, level)


DAYS = np.arange(0, 28 * 24 + 1) / 24.0


def chart(*spikes: float, height: float = 39.0) -> np.ndarray:
    """One child's hourly temperatures over 28 days, 36.8 degC but for spikes at given days."""
    readings = np.full((1, DAYS.size), 36.8)
    for day in spikes:
        readings[0, np.abs(DAYS - day).argmin()] = height
    return readings


@pytest.mark.parametrize(
    ("spike", "afebrile"), [(14.0, True), (14 + 1 / 24, False), (21.0, False), (21.1, True)]
)
def test_the_window_leaves_out_its_start_and_holds_its_end(spike: float, afebrile: bool) -> None:
    assert no_fever(chart(spike), DAYS, 21, 7).tolist() == [afebrile]


def test_the_edges_hold_when_days_are_sums_of_hours() -> None:
    days = np.cumsum(np.full(DAYS.size, 1 / 24)) - 1 / 24
    assert not np.array_equal(days, DAYS)
    assert no_fever(chart(14.0), days, 21, 7).all() and not no_fever(chart(21.0), days, 21, 7).any()


def test_both_windows_of_tender_differ() -> None:
    assert no_fever(chart(10.0), DAYS, 21, 7).all() and not no_fever(chart(10.0), DAYS, 21, 14).any()


def test_fever_begins_at_its_threshold() -> None:
    assert not no_fever(chart(20.0, height=37.5), DAYS, 21, 7).any()
    assert no_fever(chart(20.0, height=37.49), DAYS, 21, 7).all()
    assert no_fever(chart(20.0, height=37.9), DAYS, 21, 7, threshold=38.0).all()


def test_fever_days_counts_days_not_readings() -> None:
    readings = np.concatenate([chart(), chart(20.2, 20.4, 20.9), chart(15.5, 17.5, 19.0, 20.0), chart(13.9)])
    assert fever_days(readings, DAYS, 21, 7).tolist() == [0, 1, 4, 0]


def test_a_chart_with_a_hole_proves_nothing() -> None:
    with pytest.raises(InvalidInput, match="no reading in the day that ends at day 3"):
        no_fever(chart()[:, 72 + 1 :], DAYS[72 + 1 :], 9, 7)
    holed = np.concatenate([chart(), chart()])
    holed[1, 20 * 24] = np.nan
    with pytest.raises(InvalidInput, match="lacks a reading in the day to day 20: child 1 "):
        no_fever(holed, DAYS, 21, 7)
    assert no_fever(holed, DAYS, 28, 7).all()


@pytest.mark.parametrize(
    ("readings", "days", "window"),
    [(chart()[0], DAYS, 7), (chart(), DAYS[1:], 7), (chart(), DAYS, 0), (chart(), DAYS, 6.5)],
)
def test_a_chart_of_the_wrong_shape_is_refused(readings: np.ndarray, days: np.ndarray, window: int) -> None:
    with pytest.raises(InvalidInput, match="The fever chart cannot be used"):
        no_fever(readings, days, 21, window)


@pytest.mark.parametrize(
    ("version", "marker", "score"),
    [
        (71, {"esr": [20.0]}, 45.0),
        (71, {"esr": [70.0]}, 50.0),
        (71, {"esr": [5.0]}, 45.0),
        (71, {"esr": [200.0]}, 55.0),
        (27, {"crp": [10.0]}, 42.0),
        (10, {"crp": [60.0]}, 30.0),
        (10, {"crp": [500.0]}, 35.0),
    ],
)
def test_jadas_by_hand(version: int, marker: dict[str, list[float]], score: float) -> None:
    assert jadas([8.0], [7.0], [30.0], version=version, **marker) == pytest.approx([score])


def test_jadas_reaches_the_top_of_each_version() -> None:
    for version, top in ((71, 101.0), (27, 57.0), (10, 40.0)):
        assert jadas([10.0], [10.0], [99.0], esr=[120.0], version=version) == pytest.approx([top])


def test_inactive_is_a_score_up_to_one() -> None:
    assert inactive([0.0, 1.0, 1.01]).tolist() == [True, True, False]
    with pytest.raises(InvalidInput, match="no usable value of JADAS: child 1 "):
        inactive([0.0, np.nan])


def test_jadas_refuses_what_it_is_not() -> None:
    one = [1.0]
    for wrong in ({"version": 44, "esr": one}, {}, {"esr": one, "crp": one}):
        with pytest.raises(InvalidInput, match="10, 27 or 71 joints and takes either ESR or CRP"):
            jadas(one, one, one, **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="0 to 100 mm"):
        jadas([55.0], one, one, esr=one)
    with pytest.raises(InvalidInput, match="JADAS has no usable value of parent_global: child 0 "):
        jadas(one, [np.nan], one, esr=one)


def test_escape_is_no_response() -> None:
    response, escaped = np.array([True, True, False, False]), np.array([False, True, False, True])
    assert non_responder(response, escaped).tolist() == [True, False, False, False]


@pytest.mark.parametrize("escaped", [[0.0], [1], [True, False]])
def test_escape_must_be_a_truth_value_per_child(escaped: list[float]) -> None:
    with pytest.raises(InvalidCall, match="must be booleans"):
        non_responder([True], escaped)


def test_crp_stands_in_the_core_set_where_esr_is_absent() -> None:
    both = core((10, 10, 10, 10, 10, 10)) | {"crp": np.array([100.0])}
    later = core((1, 1, 10, 10, 10, 10)) | {"crp": np.array([5.0])}
    by_crp, by_esr = counted(both, "crp"), counted(both, "esr")
    assert len(by_crp) == len(by_esr) == 6
    assert jia_acr(by_crp, counted(later, "crp"), 90).all()
    assert not jia_acr(by_esr, counted(later, "esr"), 90).any()
