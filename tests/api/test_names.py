"""Commands and public names: what the command line can do has a name in Python, and the reverse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

import quotidian as q
from quotidian.cli.app import COMMANDS, GROUPS
from quotidian.errors import OutputError, UnknownName

GIRL = q.Child(age=6, sex="female", weight="20 kg")

NAMES = {
    "simulate": "simulate exposure", "sensitivity": "sensitivity", "cohort": "cohort", "trial": "trial",
    "trials": "published_trials", "power": "power", "scoreboard": "scoreboard", "learn": "learn",
    "worth": "worth", "drugs": "preparations regimens", "scenarios": "scenarios", "evidence": "ledger",
    "equations": "equations", "firm": "firm", "map": "draw_map", "observables": "observables",
    "export": "export", "run-sbml": "run_sbml", "run-events": "predict_events read_events",
    "run-archive": "run_archive", "petab": "evaluate_petab read_petab", "page": "page",
    "study new": "new_study", "study run": "study plan", "study schema": "study_schema",
    "fit population": "fit_population", "fit child": "fit_child search_regimens sample_worth",
    "check fit": "check_fit",
}  # fmt: skip
"""Public names by command."""
OF_THE_TERMINAL = {"explore", "bench", "doctor"}
"""Commands that start a server or examine the machine."""
OF_PYTHON = {
    "Child", "children", "regimen", "describe", "parameters", "knowledge", "time_to", "draw", "as_text",
    "as_pandas", "dosing_strategy", "write_petab",
}  # fmt: skip
"""Values that commands take as options or print, and calls that need Python values."""


def commands() -> set[str]:
    plain = {command.__name__.rstrip("_").replace("_", "-") for command in COMMANDS}
    return plain | {f"{title} {verb.__name__}" for title, verbs, _ in GROUPS for verb in verbs}


def test_every_command_has_a_public_name_and_the_reverse() -> None:
    assert commands() == NAMES.keys() | OF_THE_TERMINAL
    named = {name for names in NAMES.values() for name in names.split()}
    assert named | OF_PYTHON == set(q.__all__) and not named & OF_PYTHON


def test_every_public_call_says_what_it_does_and_what_it_refuses() -> None:
    for name in set(q.__all__) - {"regimens"}:
        text = getattr(q, name).__doc__ or ""
        assert re.match(r"[A-Z].{15,}\.", text.split("\n\n")[0].replace("\n", " ")), name


def test_a_model_is_exported_for_one_child(tmp_path: Path) -> None:
    place = q.export(tmp_path / "girl.xml", GIRL, "tocilizumab-iv", model="healthy_child", weeks=2, run_in=0)
    assert place.read_text().startswith("<?xml") and "tocilizumab" in place.read_text()
    with pytest.raises(UnknownName, match="'sbml'"):
        q.export(tmp_path / "x.xml", format="smbl")
    with pytest.raises(OutputError):
        q.export(tmp_path / "x.txt")
    assert [f.name for f in tmp_path.iterdir()] == ["girl.xml"]


def test_a_file_of_sbml_is_solved(tmp_path: Path) -> None:
    place = q.export(tmp_path / "healthy.xml", model="healthy_child")
    table = q.run_sbml(place, until=24, every=6, observables=["crp"])
    assert table["time"].to_list() == [0.0, 6.0, 12.0, 18.0, 24.0] and (table["crp"] > 0).all()
    assert q.run_sbml(place, until=6, every=6).width > 10


def test_a_study_is_begun_from_python(tmp_path: Path) -> None:
    assert q.plan(q.new_study(tmp_path / "s.yaml")).arms
    with pytest.raises(OutputError, match="exists already"):
        q.new_study(tmp_path / "s.yaml")
    assert yaml.safe_load((tmp_path / "s.yaml").read_text())["arms"]
    assert "arms" in json.loads(q.study_schema())["properties"]


def test_the_published_trials_are_a_table() -> None:
    table = q.published_trials()
    row = next(one for one in table.iter_rows(named=True) if one["name"] == "tender")
    assert table.height == 20 and (row["children"], row["weeks"]) == (112, 12)


def test_a_map_is_drawn(tmp_path: Path) -> None:
    assert "<svg" in q.draw_map(tmp_path / "m.svg", "healthy_child", "none").read_text()
