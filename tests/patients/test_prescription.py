"""What actions do to the doses to come."""

from __future__ import annotations

import pytest

from quotidian.dosing import Person, Regimen, infusion, oral, subcutaneous
from quotidian.errors import RegimenError
from quotidian.patients.prescription import Prescription
from quotidian.patients.rules import ChangeTo, Hold, Reduce, Restart, Stop, first_of, where

A, B = "tocilizumab", "prednisolone"
WEEKLY = subcutaneous("100 mg", of=A).every("7 day")
BOTH = WEEKLY.alongside(subcutaneous("5 mg", of=B).every("7 day"))
WEEK = 168.0


def written(regimen: Regimen = WEEKLY) -> Prescription:
    """Six weeks of it."""
    return Prescription.of(Person(weight_kg=20, age_years=6), regimen, 6 * WEEK, 0.0)


def amounts(p: Prescription, drug: str = A) -> list[tuple[float, float]]:
    """Week and mg of the doses given."""
    return [(dose.time_h / WEEK, dose.amount_mg) for dose in p.given if dose.drug == drug]


def test_without_action_every_dose_is_given() -> None:
    p = written()
    for week in range(1, 7):
        p = p.proceed(week * WEEK)
    assert amounts(p) == [(float(w), 100.0) for w in range(6)]
    assert p.left_out == p.planned == ()


def test_a_hold_leaves_out_so_many_doses_and_ends_by_itself() -> None:
    p = written().proceed(1.0).after(Hold(doses=2), A, 1.0)
    assert p.of_drug(A).state == "held"
    p = p.proceed(6 * WEEK)
    assert [week for week, _ in amounts(p)] == [0, 3, 4, 5]
    assert [dose.time_h / WEEK for dose in p.left_out] == [1, 2]
    assert p.of_drug(A).state == "given"


def test_an_open_hold_ends_with_a_restart_at_the_share_in_force() -> None:
    p = written().proceed(1.0).after(Hold(), A, 1.0).after(Reduce(0.5), A, 1.0)
    p = p.proceed(3 * WEEK + 1).after(Restart(), A, 3 * WEEK + 1).proceed(6 * WEEK)
    assert amounts(p) == [(0.0, 100.0), (4.0, 50.0), (5.0, 50.0)]


def test_shares_are_of_the_regimen_and_do_not_multiply() -> None:
    p = written().after(Reduce(0.5), A, 0.0).proceed(WEEK).after(Reduce(0.5), A, WEEK).proceed(2 * WEEK)
    p = p.after(Reduce(1.0), A, 2 * WEEK).proceed(3 * WEEK)
    assert [mg for _, mg in amounts(p)] == [50.0, 50.0, 100.0]


def test_a_stop_is_for_good_and_of_one_drug() -> None:
    p = written(BOTH).proceed(WEEK).after(Stop(), A, WEEK)
    assert p.after(Restart(), A, WEEK) is p
    assert p.after(Hold(1), A, WEEK) is p
    p = p.proceed(6 * WEEK)
    assert [week for week, _ in amounts(p)] == [0]
    assert len(amounts(p, B)) == 6


def test_a_change_begins_when_it_says_and_lifts_what_stood() -> None:
    rescue = infusion("12 mg/kg", of=A, over="1 hour").every("14 day")
    p = written().proceed(2 * WEEK + 1).after(Stop(), A, 2 * WEEK + 1)
    p = p.after(ChangeTo(rescue, after_h=2.0), A, 2 * WEEK + 1).proceed(6 * WEEK)
    given = [(dose.time_h, dose.route, dose.amount_mg) for dose in p.given[3:]]
    assert given == [(2 * WEEK + 3, "infusion", 240.0), (4 * WEEK + 3, "infusion", 240.0)]


def test_an_action_that_changes_nothing_gives_the_same_prescription() -> None:
    p = written().after(Hold(), A, 0.0)
    assert p.after(Hold(), A, 0.0) is p
    assert written().after(Restart(), A, 0.0) == written()


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(RegimenError, match="a hold of 0 doses"):
        Hold(0)
    for share in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(RegimenError, match="a share of"):
            Reduce(share)


def test_answers_are_combined() -> None:
    low, very_low = where([True, True, False], Hold(1)), where([False, True, False], Stop())
    assert first_of(very_low, low) == [Hold(1), Stop(), None]


def test_more_than_anybody_gives_is_refused_at_the_start_and_at_a_change() -> None:
    much = oral("100 mg/kg", of=B).every("1 day")
    with pytest.raises(RegimenError):
        written(much)
    with pytest.raises(RegimenError):
        written().after(ChangeTo(much), A, 0.0)
