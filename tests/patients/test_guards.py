"""What cannot be followed is refused before it is, with the reason and the remedy."""

from __future__ import annotations

import math
from typing import Any

import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.errors import ImplausibleChild, InvalidInput, InvalidQuantity, RegimenError
from quotidian.patients.child import Child, child
from quotidian.patients.guards import ADULT
from quotidian.patients.treatment import treatment_request

GIRL: Child = child(age="6 years", sex="female")
REFUSED: dict[str, tuple[dict[str, Any], type[InvalidInput], str]] = {
    "no end": ({"days": math.nan}, InvalidQuantity, "A course of nan days"),
    "an end before the start": ({"days": -7.0}, InvalidQuantity, "A course of -7 days"),
    "no time between outputs": ({"every_hours": 0.0}, InvalidQuantity, "Outputs every 0 h"),
    "outputs that run back": ({"every_hours": -1.0}, InvalidQuantity, "Outputs every -1 h"),
    "outputs before the run-in": ({"from_day": -29.0}, InvalidQuantity, "Outputs from day -29"),
    "outputs after the end": ({"from_day": 15.0}, InvalidQuantity, "Outputs from day 15"),
    "outputs from nowhere": ({"from_day": math.nan}, InvalidQuantity, "Outputs from day nan"),
    "one text of observables": ({"observables": "crp"}, InvalidInput, r"Write observables=\['crp'\]"),
    "a grown-up": ({"days": 14_000.0}, ImplausibleChild, "an age of 44 years"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case: str) -> None:
    given, kind, says = REFUSED[case]
    with pytest.raises(kind, match=says):
        treatment_request(GIRL, regimen("none"), **{"days": 14.0, **given})


def test_a_regimen_without_a_dose_in_the_course_is_refused() -> None:
    late = regimen("tocilizumab-iv:8mg/kg/2wk @14d")
    with pytest.raises(RegimenError, match="The first is at hour 345; the simulation ends at hour 336"):
        treatment_request(GIRL, late, days=14.0)
    assert treatment_request(GIRL, late, days=15.0).end_h == 360.0


def test_a_child_is_followed_until_it_has_grown() -> None:
    days = (ADULT - 6.0) * 365.25
    assert treatment_request(GIRL, regimen("none"), days=days, every_hours=24.0).end_h == days * 24.0
