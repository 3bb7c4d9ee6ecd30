"""Regimens become administrations, and administrations become events by name."""

from __future__ import annotations

import pytest

from quotidian.dosing import Person, Regimen, infusion, oral, schedule, subcutaneous
from quotidian.drugs.catalogue import REGIMENS, regimen
from quotidian.drugs.limits import refuse_excess
from quotidian.engine import ADD, SWITCH
from quotidian.errors import DoseOutsideBand, RegimenError
from quotidian.simulation import FIRST_DOSE_HOUR, DosingEvent, dosing_events, planned_doses

PERSON = Person(20.0, 6.0, 115.0)
PORT = "tocilizumab_infusion"


def events(regimen: Regimen, days: float = 1.0) -> list[DosingEvent]:
    return dosing_events(planned_doses(PERSON, regimen, days * 24.0))


def test_an_infusion_switches_its_rate_on_and_off() -> None:
    plan = infusion("12 mg/kg", of="tocilizumab", over="2 hours").every("14 day")
    assert events(plan, 20) == [
        (9.0, SWITCH, PORT, 120.0), (11.0, SWITCH, PORT, 0.0),
        (345.0, SWITCH, PORT, 120.0), (347.0, SWITCH, PORT, 0.0),
    ]  # fmt: skip


def test_overlapping_infusions_add_up() -> None:
    long = infusion("240 mg", of="tocilizumab", over="4 hours")
    both = long.alongside(long.starting("2 hours"))
    assert [event.value for event in events(both)] == [60.0, 120.0, 60.0, 0.0]


def test_a_subcutaneous_dose_enters_the_depot() -> None:
    (event,) = events(subcutaneous("162 mg", of="tocilizumab"))
    assert event == (FIRST_DOSE_HOUR, ADD, "tocilizumab_depot", 162.0)


def test_a_route_the_drug_does_not_have_is_refused() -> None:
    with pytest.raises(RegimenError, match="cannot be given by oral"):
        events(oral("1 mg/kg", of="tocilizumab"))


def test_a_dose_is_that_for_the_person_at_its_hour() -> None:
    plan = infusion("10 mg/kg", of="tocilizumab", over="1 hour").every("7 day")

    def growing(hour: float) -> Person:
        return Person(20.0 if hour < 100.0 else 30.0, 6.0, 115.0)

    assert [dose.amount_mg for dose in planned_doses(growing, plan, 10 * 24.0)] == [200.0, 300.0]


def test_antibodies_switch_on_for_a_subject_with_a_low_threshold_only() -> None:
    given = planned_doses(PERSON, infusion("8 mg/kg", of="tocilizumab", over="1 hour"), 24.0)
    assert {event.target for event in dosing_events(given)} == {PORT}
    assert {event.target for event in dosing_events(given, 1e-9)} == {PORT, "tocilizumab_antibodies"}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("80mg/kg/2wk", "80"),
        ("12mg/kg/1h", "72"),
        ("12mg/kg/1d", "72"),
        ("20mg/kg/3d", "None"),
        ("60mg/kg/4wk", "None"),
    ],
)
def test_more_than_five_times_the_standard_in_a_week_is_refused(text: str, amount: str) -> None:
    plan = regimen(f"tocilizumab-iv:{text}")
    if amount == "None":
        assert planned_doses(PERSON, plan, 28 * 24.0)
        return
    with pytest.raises(RegimenError, match=f"^{amount} mg/kg of tocilizumab in 7 days is refused") as refusal:
        planned_doses(PERSON, plan, 28 * 24.0)
    assert "60 mg/kg in 7 days, 5 times the standard" in str(refusal.value)


@pytest.mark.parametrize("name", [n for n in REGIMENS if n != "none"])
@pytest.mark.parametrize("person", [PERSON, Person(8.0, 2.0, 80.0), Person(100.0, 17.0, 180.0)])
def test_no_standard_regimen_is_refused(name: str, person: Person) -> None:
    try:
        given = schedule(REGIMENS[name], person, 84 * 24.0).administrations
    except DoseOutsideBand:
        return
    refuse_excess(given, person)


def test_a_dose_is_compared_with_what_the_child_would_be_given() -> None:
    plan = regimen("tocilizumab-iv:45mg/kg/4wk")
    assert planned_doses(Person(29.0, 9.0, 130.0), plan, 24.0)
    with pytest.raises(RegimenError, match=r"45 mg/kg .*\n.* 40 mg/kg in 7 days"):
        planned_doses(Person(30.0, 9.0, 130.0), plan, 24.0)
