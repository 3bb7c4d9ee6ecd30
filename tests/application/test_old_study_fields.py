"""Study files of version 0.1: earlier names of fields are read, each with a note."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quotidian.application.study_file import read_study

OLD = """
name: old
arms: {all: {give: "tocilizumab-iv:8mg/kg/4wk", children: 4}}
periods: [{name: open, kind: open, weeks: 12}]
visits: [4, 12]
primary_week: 12
"""


@pytest.mark.parametrize(
    ("fields", "name", "old"),
    [
        ("population: {kind: polyarticular}", "pjia", "'population: kind'"),
        ("population: {kind: infants}", "sjia_infants", "'population: kind'"),
        ("model: adult_ra\npopulation: {kind: adults}", "adult_ra", "'model' and 'population: kind'"),
        ("model: adult_ra", "adult_ra", "'model'"),
        ("population: {kind: sjia, youngest: 4}", "sjia", "'population: kind'"),
    ],
)
def test_earlier_fields_name_the_indication_with_a_note(
    tmp_path: Path, fields: str, name: str, old: str
) -> None:
    path, notes = tmp_path / "old.yaml", []
    path.write_text(OLD + fields)
    trial = read_study(path, notes.append)
    assert trial.indication == name
    assert notes == [f"old.yaml: {old} is now written 'indication: {name}'."]
    assert trial.population.youngest == (4 if "youngest: 4" in fields else None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            "population: {kind: infants, youngest: 2, oldest: 18}",
            "'youngest' and 'oldest' of the population are left out, as before: patients are 1 to below 2",
        ),
        (
            "model: adult_ra\npopulation: {kind: adults, oldest: 60}",
            "'oldest' of the population is left out, as before: patients are 18 to below 90",
        ),
    ],
)
def test_ages_that_never_applied_are_mentioned_in_the_note(tmp_path: Path, fields: str, said: str) -> None:
    path, notes = tmp_path / "old.yaml", []
    path.write_text(OLD + fields)
    trial = read_study(path, notes.append)
    assert trial.ages == (trial.disease.youngest, trial.disease.oldest)
    assert len(notes) == 1 and said in notes[0]


def test_an_earlier_name_of_a_field_is_read_with_a_note_and_its_line(
    tmp_path: Path, refusal: Callable[[str], str]
) -> None:
    path, notes = tmp_path / "old.yaml", []
    rule = 'respacing: {give: "GIVE", from_week: 4, quiet_weeks: 4}'
    path.write_text(OLD + rule.replace("GIVE", "tocilizumab-iv:8mg/kg/8wk"))
    assert read_study(path, notes.append).interval_extension is not None
    assert notes == ["old.yaml: 'respacing' is now called 'interval_extension'."]
    assert "line 7" in refusal(OLD + rule.replace("GIVE", "nothing-known"))


def test_earlier_names_of_population_values_are_read_with_a_note(tmp_path: Path) -> None:
    path, notes = tmp_path / "old.yaml", []
    path.write_text(OLD + "population: {values: {CL: 0.4, girls: 0.8}, because: adults}")
    assert read_study(path, notes.append).population.values == {"tocilizumab.omega_CL": 0.4, "girls": 0.8}
    assert notes == ["old.yaml: 'CL' of a population is now called 'tocilizumab.omega_CL'."]
