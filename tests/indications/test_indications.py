"""Indications: an adult is an adult, an infant an infant, and each indication names what exists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.drugs.registry import DRUGS
from quotidian.errors import UnknownName
from quotidian.evidence import all_ledgers
from quotidian.indications.registry import INDICATIONS, indication
from quotidian.models import MODELS, observables
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.population import draw
from quotidian.patients.size_over_time import person_on
from quotidian.statistics.streams import Streams
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.library import design, names

STREAMS, NUMBERS = Streams(4), np.arange(2000)


def patients(name: str, first: int = 0, count: int = 2000) -> list[Child]:
    """Patients of an indication, by number."""
    numbers = NUMBERS[first : first + count]
    drawn = draw(STREAMS, 0, numbers, indication(name).population)
    return indication(name).make_patients(drawn, STREAMS, 0, numbers)


@pytest.mark.parametrize("name", INDICATIONS)
def test_an_indication_names_a_model_its_observables_and_endpoints(name: str) -> None:
    one = indication(name)
    assert one.name == name and one.title and one.model in MODELS and 0 < one.youngest < one.oldest
    assert set(one.assessments) <= set(observables(one.model))
    assert [own for own in one.endpoints if not any(e.startswith(own) for e in ENDPOINTS)] == []


@pytest.mark.parametrize("name", INDICATIONS)
def test_patients_have_the_ages_of_their_indication(name: str) -> None:
    ages = [patient.age_years for patient in patients(name, count=300)]
    assert min(ages) >= indication(name).youngest and max(ages) < indication(name).oldest


@pytest.mark.parametrize("name", INDICATIONS)
def test_a_patient_does_not_depend_on_the_others_drawn(name: str) -> None:
    assert patients(name, 7, 1) == patients(name, 0, 20)[7:8]


def test_an_adult_has_age_and_height_of_an_adult_and_does_not_grow() -> None:
    adults = patients("adult_ra")
    ages = np.array([a.age_years for a in adults])
    assert ages.mean() == pytest.approx(52.0, abs=1.0) and ages.std() == pytest.approx(12.0, abs=0.7)
    women = [a for a in adults if a.sex == "female"]
    assert len(women) / len(adults) == pytest.approx(0.8, abs=0.03)
    assert np.mean([w.height_cm for w in women]) == pytest.approx(163.3, abs=0.7)
    assert np.median([a.weight_kg for a in adults]) == pytest.approx(70.0, abs=1.0)
    one = adults[0]
    assert person_on(one, 700.0).weight_kg == one.weight_kg
    assert person_on(one, 700.0).height_cm == pytest.approx(one.height_cm)
    assert one.label == f"{np.floor(one.age_years * 10 + 1e-6) / 10:g}-year-old woman, {one.weight_kg:.3g} kg"
    own = {f"tocilizumab.{name}" for name in ("CL", "V_c", "V_p", "V_m", "strain")}
    assert {
        name for name in one.random_effects if name.split(".")[0] not in DRUGS.keys() - {"tocilizumab"}
    } == own


def test_an_infant_has_the_weight_and_length_of_its_age() -> None:
    infants = patients("sjia_infants", count=50)
    for infant, child in zip(infants, patients("sjia", count=50), strict=True):
        z = growth.sd_score("weight", child.age_years, child.sex, child.weight_kg)
        assert growth.sd_score("weight", infant.age_years, infant.sex, infant.weight_kg) == pytest.approx(z)
        assert child.height_z - 1e-9 <= infant.height_z <= max(child.target, child.height_z) + 1e-9
        assert infant.person.age_years == infant.age_years == infant.reference_age < 2.0
    assert -1.0 < np.mean([infant.height_z for infant in infants]) < 0.0  # ill for months, not for years


def test_an_unknown_indication_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="adult_ra"):
        indication("adult_r")


@pytest.mark.parametrize("name", names())
def test_a_published_design_has_an_indication_and_its_ages(name: str) -> None:
    trial = design(name)
    assert trial.disease is INDICATIONS[trial.indication] and trial.model == trial.disease.model
    assert trial.disease.youngest <= trial.ages[0] < trial.ages[1] <= trial.disease.oldest


def test_values_of_a_design_come_on_top_of_those_of_its_indication() -> None:
    trial = design("pjia-iv")
    own = replace(trial, population=replace(trial.population, values={"age_mean": 8.0}))
    assert own.patient_population.replaced["age_mean"] == 8.0
    assert own.patient_population.replaced["severity_median"] == 0.3


@pytest.mark.parametrize("name", INDICATIONS)
def test_every_value_of_an_indication_stands_in_a_ledger(name: str) -> None:
    one, file = indication(name), name.removesuffix("_infants")
    (own,) = (ledger for ledger in all_ledgers() if ledger.module == f"indications.diseases.{file}")
    assert {key: own[key].value for key in one.variability} == dict(one.variability)
    assert {one.youngest, one.oldest} <= {entry.value for entry in own.values() if entry.unit == "year"}
