"""What holds, reductions, stops and restarts do to the doses of a prescription."""

from __future__ import annotations

from quotidian.dosing import Person, Regimen, schedule, subcutaneous
from quotidian.trials.conduct.actions import Hold, Reduce, Restart, Stop, changed
from quotidian.trials.conduct.prescription import DrugStatus, Prescription

A, B = "tocilizumab", "prednisolone"
WEEKLY = subcutaneous("100 mg", of=A).every("7 day")
BOTH = WEEKLY.alongside(subcutaneous("5 mg", of=B).every("7 day"))
WEEK = 168.0


def written(regimen: Regimen = WEEKLY) -> Prescription:
    """Six weeks of it."""
    person = Person(weight_kg=20, age_years=6)
    return Prescription("weekly", 0.0, schedule(regimen, person, 6 * WEEK, start_h=0.0).administrations)


def after(p: Prescription, now_h: float, *actions: Hold | Reduce | Stop | Restart) -> Prescription:
    """The prescription after these actions at an hour."""
    p = p.until(now_h)
    for action in actions:
        p = p.with_status(action.drug, changed(p.of_drug(action.drug), action))
    return p


def amounts(p: Prescription, drug: str = A) -> list[tuple[float, float]]:
    """Week and mg of the doses given and to come."""
    return [(dose.time_h / WEEK, dose.amount_mg) for dose in p.doses if dose.drug == drug]


def test_without_action_every_dose_is_given() -> None:
    p = written()
    assert amounts(p) == amounts(p.until(3.5 * WEEK)) == [(float(w), 100.0) for w in range(6)]
    assert p.until(9 * WEEK).planned == p.until(9 * WEEK).withheld == ()


def test_a_hold_withholds_doses_until_a_restart() -> None:
    p = after(written(), 1.5 * WEEK, Hold(A))
    assert [week for week, _ in amounts(p)] == [0, 1]
    p = after(p, 3.5 * WEEK, Restart(A))
    assert [week for week, _ in amounts(p)] == [0, 1, 4, 5]
    assert [dose.time_h / WEEK for dose in p.withheld] == [2, 3]


def test_a_share_is_of_the_regimen_and_outlasts_a_hold() -> None:
    p = after(written(), WEEK + 1, Reduce(A, 0.5), Reduce(A, 0.5), Hold(A))
    p = after(p, 3 * WEEK + 1, Restart(A))
    assert amounts(p) == [(0.0, 100.0), (1.0, 100.0), (4.0, 50.0), (5.0, 50.0)]


def test_a_stop_is_for_good_and_of_one_drug() -> None:
    p = after(written(BOTH), WEEK, Stop(A), Restart(A), Hold(A), Reduce(A, 0.5))
    assert p.of_drug(A) == DrugStatus("stopped")
    assert [week for week, _ in amounts(p)] == [0]
    assert len(amounts(p, B)) == 6


def test_other_doses_from_an_hour_on_leave_the_earlier_ones_and_the_status() -> None:
    p = after(written(), 1.5 * WEEK, Hold(A))
    later = schedule(WEEKLY, Person(weight_kg=20, age_years=6), 5 * WEEK, start_h=3 * WEEK).administrations
    p = p.replanned(3 * WEEK, later, 5 * WEEK)
    assert [dose.time_h / WEEK for dose in p.planned] == [2, 3, 4]
    assert [week for week, _ in amounts(p)] == [0, 1]
    assert [week for week, _ in amounts(after(p, 2.5 * WEEK, Restart(A)))] == [0, 1, 3, 4]
