"""A study and its indication: known, of possible ages, and with the observables that its endpoints need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quotidian.application.study_file import read_study
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol import library
from quotidian.trials.protocol.recording import recording_faults

STUDY = """
name: small
arms: {all: {give: "tocilizumab-iv:8mg/kg/4wk", children: 4}}
periods: [{name: open, kind: open, weeks: 12}]
visits: [4, 12]
primary_week: 12
"""


def test_an_unknown_indication_is_refused_with_the_nearest(refusal: Callable[[str], str]) -> None:
    text = refusal(STUDY + "indication: adult_r")
    assert "there is no indication 'adult_r'" in text and "'adult_ra'" in text


def test_ages_outside_the_indication_are_refused(refusal: Callable[[str], str]) -> None:
    text = refusal(STUDY + "indication: adult_ra\npopulation: {youngest: 10}")
    assert "no patient can be 10 to 90 years old" in text


def test_an_endpoint_whose_observable_is_not_recorded_is_refused_with_its_line(
    refusal: Callable[[str], str],
) -> None:
    text = refusal(STUDY + "endpoints:\n  - crp\n  - igf1_sds\n")
    assert text.startswith("study.yaml, line 9: the endpoint 'igf1_sds' needs igf1_sds")
    assert "Write 'observables: [igf1_sds]', or leave the endpoint out." in text


@pytest.mark.parametrize("name", ["neutropenia", "mas_rate_recognised", "mas_recognised", "rash_free"])
def test_an_endpoint_names_what_it_reads(refusal: Callable[[str], str], name: str) -> None:
    assert f"the endpoint '{name}' needs" in refusal(STUDY + f"endpoints: [{name}]")


@pytest.mark.parametrize(
    "fields",
    [
        "endpoints: [igf1_sds]\nobservables: [igf1_sds]",
        "endpoints: [mas_rate, cmax, crp]",
        "indication: castleman\nendpoints: [haemoglobin_change]",
    ],
)
def test_an_endpoint_whose_observable_is_recorded_is_accepted(tmp_path: Path, fields: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY + fields)
    assert read_study(path).endpoints


def test_an_endpoint_that_the_model_cannot_have_is_only_to_be_left_out() -> None:
    trial = replace(library.design("woo-2005"), endpoints=("crp", "igf1_sds"))
    (fault,) = recording_faults(trial, ENDPOINTS, dict.fromkeys([*trial.disease.assessments, "tocilizumab"]))
    assert fault.place == ("endpoints", 1) and fault.why == "The model has no igf1_sds."
    assert fault.remedy == "Leave the endpoint out."
