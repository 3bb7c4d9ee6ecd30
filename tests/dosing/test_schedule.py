"""Schedules: what a child receives, and the laws that hold for every regimen."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quotidian.dosing import (
    Administration,
    Bands,
    Person,
    Regimen,
    Schedule,
    infusion,
    no_drug,
    oral,
    schedule,
    subcutaneous,
)
from quotidian.errors import RegimenError

CHILD = Person(weight_kg=20.0, age_years=6.0)
BY_WEIGHT = Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
STANDARD = infusion(BY_WEIGHT, of="tocilizumab", over="1 hour").every("14 day").until("84 day")
STEROID = oral("1 mg/kg", of="prednisolone").every("1 day")
DAY = 24.0


def courses() -> st.SearchStrategy[Regimen]:
    """Courses that end: a dose, again and again, some times, from some hour on."""
    routes = st.sampled_from([oral("1 mg/kg", of="a"), subcutaneous("162 mg", of="b")])
    return st.builds(
        lambda dose, every, n, at: dose.every(f"{every} hour").times(n).starting(f"{at} hour"),
        routes,
        st.integers(1, 8766),
        st.integers(1, 12),
        st.integers(0, 5000),
    )


def regimens() -> st.SearchStrategy[Regimen]:
    """Trees of courses, side by side and one after the other, cut and shifted."""

    def grown(inner: st.SearchStrategy[Regimen]) -> st.SearchStrategy[Regimen]:
        gaps = st.integers(1, 1000).map(lambda hours: f"{hours} hour")
        return st.one_of(
            st.builds(lambda a, b: a + b, inner, inner),
            st.builds(lambda a, b, gap: a.then(b, after=gap), inner, inner, gaps),
            st.builds(lambda a, at: a.starting(at), inner, gaps),
        )

    return st.recursive(courses(), grown, max_leaves=5)


def test_the_standard_course_of_a_small_child() -> None:
    given_doses = schedule(STANDARD, CHILD, until_h=100 * DAY).administrations
    assert given_doses == tuple(
        Administration(14 * DAY * k, "tocilizumab", "infusion", 240.0, 1.0) for k in range(6)
    )


def test_the_same_regimen_for_a_larger_child() -> None:
    doses = schedule(STANDARD, Person(30.0, 9.0), until_h=100 * DAY).administrations
    assert {one.amount_mg for one in doses} == {240.0}
    assert {one.amount_mg for one in schedule(STANDARD, Person(29.0, 9.0), 2400).administrations} == {348.0}


def test_at_one_time_drugs_stand_in_order_of_name() -> None:
    first, second = schedule(STANDARD + STEROID, CHILD, until_h=1.0).administrations
    assert (first.drug, second.drug) == ("prednisolone", "tocilizumab")


def test_an_endless_regimen_is_cut_half_open() -> None:
    assert len(schedule(STEROID, CHILD, until_h=7 * DAY).administrations) == 7
    assert len(schedule(STEROID, CHILD, until_h=7 * DAY + 0.001).administrations) == 8


def test_infusions_may_overlap_and_run_past_the_end() -> None:
    slow = infusion("1 mg", of="x", over="3 day").every("1 day")
    doses = schedule(slow, CHILD, until_h=2 * DAY).administrations
    assert [(one.time_h, one.duration_h) for one in doses] == [(0.0, 72.0), (24.0, 72.0)]


def test_the_start_lies_on_the_clock_of_the_simulation() -> None:
    doses = schedule(STEROID, CHILD, until_h=10 * DAY, start_h=8 * DAY).administrations
    assert [one.time_h for one in doses] == [8 * DAY, 9 * DAY]


def test_no_time_no_doses() -> None:
    assert schedule(STEROID, CHILD, until_h=0.0) == Schedule()
    assert schedule(STEROID, CHILD, until_h=5.0, start_h=6.0) == Schedule()


def test_no_drug_no_doses() -> None:
    assert schedule(no_drug(), CHILD, until_h=2016.0) == Schedule(())


@pytest.mark.parametrize(("until_h", "start_h"), [(math.inf, 0.0), (math.nan, 0.0), (24.0, -math.inf)])
def test_a_schedule_has_two_ends(until_h: float, start_h: float) -> None:
    with pytest.raises(RegimenError, match="Both ends must be finite"):
        schedule(STEROID, CHILD, until_h, start_h)


def test_the_last_dose_before() -> None:
    plan = schedule(STANDARD + STEROID.times(3), CHILD, until_h=84 * DAY)
    assert plan.last_dose_before(0.0) is None
    assert plan.last_dose_before(14 * DAY) == Administration(2 * DAY, "prednisolone", "oral", 20.0, 0.0)
    before = plan.last_dose_before(14 * DAY, drug="tocilizumab")
    assert before is not None and before.time_h == 0.0
    after = plan.last_dose_before(14 * DAY + 0.001)
    assert after is not None and after.time_h == 14 * DAY
    assert plan.last_dose_before(1e9, drug="anakinra") is None


@given(regimen=regimens())
def test_administrations_are_sorted(regimen: Regimen) -> None:
    keys = [(one.time_h, one.drug) for one in schedule(regimen, CHILD, until_h=1e6).administrations]
    assert keys == sorted(keys)
    assert keys


@given(regimen=regimens(), until_h=st.integers(0, 20_000))
def test_a_shorter_schedule_is_the_start_of_a_longer(regimen: Regimen, until_h: int) -> None:
    whole = schedule(regimen, CHILD, until_h=1e6).administrations
    assert schedule(regimen, CHILD, until_h).administrations == tuple(
        one for one in whole if one.time_h < until_h
    )


@given(regimen=regimens(), shift=st.integers(0, 5000))
def test_a_shift_moves_every_dose_and_nothing_else(regimen: Regimen, shift: int) -> None:
    plain = schedule(regimen, CHILD, until_h=1e4).administrations
    moved = schedule(regimen, CHILD, until_h=1e4 + shift, start_h=shift)
    assert moved == schedule(regimen.starting(f"{shift} hour"), CHILD, until_h=1e4 + shift)
    assert [(one.time_h - shift, one.drug, one.amount_mg) for one in moved.administrations] == [
        (one.time_h, one.drug, one.amount_mg) for one in plain
    ]


@given(interval=st.integers(1, 8766), n=st.integers(1, 40), cap=st.floats(0.1, 500.0))
def test_doses_are_one_interval_apart_and_their_sum_is_number_times_amount(
    interval: int, n: int, cap: float
) -> None:
    regimen = oral("8 mg/kg", of="x").at_most(f"{cap:.6f} mg").every(f"{interval} hour").times(n)
    doses = schedule(regimen, CHILD, until_h=1e7).administrations
    assert {b.time_h - a.time_h for a, b in pairwise(doses)} <= {float(interval)}
    assert sum(one.amount_mg for one in doses) == pytest.approx(n * min(160.0, round(cap, 6)), rel=1e-12)


@given(a=regimens(), b=regimens())
def test_side_by_side_is_the_sum_in_either_order(a: Regimen, b: Regimen) -> None:
    def total(regimen: Regimen) -> float:
        return math.fsum(one.amount_mg for one in schedule(regimen, CHILD, until_h=1e7).administrations)

    assert total(a + b) == pytest.approx(total(a) + total(b), rel=1e-12)
    assert _as_bag(a + b) == _as_bag(b + a)


@given(a=regimens(), b=regimens(), gap=st.integers(1, 3000))
def test_then_leaves_exactly_the_gap(a: Regimen, b: Regimen, gap: int) -> None:
    first, second = _times(a), _times(b)
    assert _times(a.then(b, after=f"{gap} hour")) == first + [first[-1] + gap + time for time in second]


@given(regimen=courses(), missed=st.sets(st.integers(1, 12), min_size=1))
def test_missed_and_given_doses_make_the_whole(regimen: Regimen, missed: set[int]) -> None:
    whole = _times(regimen)
    assume(max(missed) <= len(whole))
    left_out = {whole[number - 1] for number in missed}
    assert _times(regimen.without(sorted(missed))) == [time for time in whole if time not in left_out]


def _times(regimen: Regimen) -> list[float]:
    return [one.time_h for one in schedule(regimen, CHILD, until_h=1e7).administrations]


def _as_bag(regimen: Regimen) -> list[tuple[float, str, float]]:
    doses = schedule(regimen, CHILD, until_h=1e7).administrations
    return sorted((one.time_h, one.drug, one.amount_mg) for one in doses)


@given(courses(), st.floats(-10, 9000), st.floats(0, 500))
def test_from_an_hour_on_the_doses_are_those_of_the_whole(
    course: Regimen, from_h: float, start_h: float
) -> None:
    whole = schedule(course, CHILD, 9000.0, start_h=start_h).administrations
    some = schedule(course, CHILD, 9000.0, start_h=start_h, from_h=from_h).administrations
    assert some == tuple(one for one in whole if one.time_h >= from_h)


def test_one_that_stands_still_is_given_what_one_that_could_grow_is_given() -> None:
    both = STANDARD + STEROID.until("30 day")
    assert schedule(both, CHILD, 2000.0) == schedule(both, lambda hour: CHILD, 2000.0)
