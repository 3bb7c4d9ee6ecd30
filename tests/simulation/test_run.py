"""A request and its result: units, the doses given, parts, failures, and company that changes nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from quotidian.dosing import Person, no_drug
from quotidian.drugs.catalogue import regimen
from quotidian.engine import SWITCH
from quotidian.errors import InvalidCall, RegimenError, UnknownName
from quotidian.models import observables
from quotidian.simulation import (
    DosingEvent,
    SimulationRequest,
    SimulationResult,
    Subjects,
    compiled_model,
    output_hours,
    simulate,
)

PERSON = Person(20.0, 6.0, 115.0)
NAMES = ("crp", "tocilizumab", "canakinumab")
TIMES = output_hours(16, 12.0)


def request(count: int, *regimens: str, **options: object) -> SimulationRequest:
    values = {"body_weight": [20.0] * count}
    return SimulationRequest(
        subjects=Subjects((PERSON,) * count, values), regimens=tuple(map(regimen, regimens)), times=TIMES,
        end_h=16 * 24.0, observables=NAMES, **options,
    )  # fmt: skip


@cache
def treated() -> SimulationResult:
    return simulate(request(2, "none", "tocilizumab-iv"))


def test_the_doses_given_are_those_that_were_simulated() -> None:
    untreated, doses = treated().doses_given
    assert untreated == ()
    assert [(dose.drug, dose.time_h, dose.amount_mg) for dose in doses] == [
        ("tocilizumab", 9.0, 240.0), ("tocilizumab", 9.0 + 14 * 24, 240.0),
    ]  # fmt: skip
    drug = treated()["tocilizumab"]
    assert np.all(drug[0] == 0.0) and drug[1, TIMES > 9.0].min() > 0.0


def test_every_observable_has_its_unit_even_of_a_drug_that_no_model_holds() -> None:
    known = observables("sjia")
    assert treated().units == {name: known[name].unit for name in NAMES}
    assert np.all(treated()["canakinumab"] == 0.0)


def test_the_result_says_what_it_depends_on() -> None:
    found = treated().provenance
    assert (found.model, found.scenario) == ("sjia", "")
    assert found.equations_sha256 == {frozenset(): compiled_model("sjia").fingerprint}


def test_a_part_holds_some_times_and_observables() -> None:
    whole, part = treated(), treated().part(("crp",), TIMES[::3])
    assert part.names == ("crp",)
    np.testing.assert_array_equal(part["crp"], whole["crp"][:, ::3])
    with pytest.raises(InvalidCall, match="not among the outputs"):
        whole.part(("crp",), TIMES[:2] + 1.0)


def test_the_part_that_the_observables_need_gives_the_same_courses() -> None:
    """Doses of a drug that the part does not contain, and events on it, are left out."""
    background = ((DosingEvent(0.0, SWITCH, "liver_injury", 0.5),),) * 2
    whole = request(2, "none", "canakinumab", background=background)
    part = replace(whole, observables=("tocilizumab", "height"), narrow=True)
    crp = replace(whole, observables=("crp", "canakinumab"), narrow=True)
    full, few, only = simulate(whole), simulate(crp), simulate(part)
    for name in ("crp", "canakinumab"):
        np.testing.assert_allclose(few[name], full[name], rtol=3e-4, atol=1e-6)
    assert few["canakinumab"][1].max() > 1.0 and not only["tocilizumab"].any()
    solved = few.provenance.equations_sha256[frozenset({"canakinumab"})]
    assert solved != full.provenance.equations_sha256[frozenset({"canakinumab"})]
    with pytest.raises(UnknownName, match="no input 'no such'"):
        simulate(replace(crp, background=((DosingEvent(0.0, SWITCH, "no such", 1.0),),) * 2))


def test_further_output_times_change_no_value() -> None:
    fine = request(1, "tocilizumab-iv")
    coarse = simulate(replace(fine, times=TIMES[::4]))
    np.testing.assert_array_equal(coarse.values, simulate(fine).part(NAMES, TIMES[::4]).values)


def test_one_regimen_serves_all_and_another_number_is_refused() -> None:
    assert request(3, "none").regimen_of_each == (no_drug(),) * 3
    with pytest.raises(RegimenError, match="2 regimens for 3"):
        request(3, "none", "none")
