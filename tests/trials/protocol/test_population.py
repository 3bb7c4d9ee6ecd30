"""Means to match are refused where no selection of the patients can give them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quotidian.trials.protocol.design import Population, Trial
from quotidian.trials.protocol.fault import Fault
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.population import population_faults


def faults(trial: Trial, **match: float) -> list[Fault]:
    return list(population_faults(replace(trial, population=Population(match=match))))


@pytest.mark.parametrize("name", ["duration", "height_sds"])
def test_adults_have_no_duration_of_disease_and_no_height_score(name: str) -> None:
    (fault,) = faults(design("ra-iv"), **{name: 1.0})
    assert fault.place == ("population", "match", name)
    assert "its patients have no such value" in fault.why
    assert faults(design("tender"), **{name: 1.0}) == []


def test_a_mean_dose_of_steroid_needs_children_who_take_any() -> None:
    trial = design("tender")
    assert faults(trial, steroid=0.3) == []
    (fault,) = faults(replace(trial, steroid=None), steroid=0.3)
    assert fault.place == ("population", "match", "steroid")


def test_a_mean_age_lies_within_the_ages_of_the_population() -> None:
    assert faults(design("tender"), age=9.8) == []
    (fault,) = faults(design("tender"), age=52.0)
    assert fault.place == ("population", "match", "age")
