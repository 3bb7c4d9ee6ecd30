"""``evidence``, ``equations``, ``observables``, ``--version`` and every help: what a person reads."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from quotidian import __version__
from quotidian.cli.app import app
from quotidian.models import MODELS, observables

RESEARCH_USE = "Research use, not a medical device."
COMMANDS = (
    "simulate",
    "sensitivity",
    "cohort",
    "trial",
    "trials",
    "scoreboard",
    "power",
    "learn",
    "worth",
    "drugs",
    "scenarios",
    "evidence",
    "equations",
    "firm",
    "map",
    "observables",
    "bench",
    "export",
    "run-events",
    "run-sbml",
    "petab",
    "page",
    "run-archive",
    "explore",
    "doctor",
)


def test_evidence_is_found_by_all_words(quotidian) -> None:
    ran = quotidian("evidence SGP130 baseline")
    assert ran.code == 0
    assert (
        "il6_homeostasis.sgp130_baseline  free sgp130\n  value        3.9 nM, plausible 0.43 to 5\n"
        in ran.out
    )
    assert "  variability  SD 0.72 nM\n  uncertainty  unknown: contested" in ran.out
    assert "  basis        measured\n  status       seen\n  source       narazaki1993 (seen), " in ran.out
    assert "k_sgp130" not in ran.out
    assert ran.out.endswith(f"entries. {RESEARCH_USE}\n") or ran.out.endswith(f"1 entry. {RESEARCH_USE}\n")


def test_what_nobody_wrote_is_not_found(quotidian) -> None:
    ran = quotidian("evidence unicorn horn")
    assert ran.code == 0
    assert ran.out.startswith("No entry has all of: unicorn horn. Try fewer or shorter words")
    assert json.loads(quotidian("evidence unicorn --json").out) == []


def test_evidence_as_json_is_whole(quotidian) -> None:
    entries = json.loads(quotidian("evidence --json").out)
    cards = quotidian("evidence").out
    assert cards.splitlines()[-1] == f"{len(entries)} entries. {RESEARCH_USE}"
    assert all(entry["basis"]["kind"] and entry["unit"] for entry in entries)
    assert all(entry["variability"]["text"] and entry["uncertainty"]["text"] for entry in entries)


def test_a_long_line_of_a_card_hangs_under_its_text(quotidian) -> None:
    lines = quotidian("evidence").out.splitlines()
    assert max(map(len, lines)) <= 140
    assert any(line.startswith(" " * 10) for line in lines)


def test_equations_are_a_page_on_the_screen_or_in_a_file(quotidian, tmp_path) -> None:
    page = quotidian("equations sjia").out
    assert page.startswith("# ")
    assert "$$" in page
    assert RESEARCH_USE in page
    ran = quotidian(f"equations sjia --output {tmp_path}/sjia.md")
    assert ran.out.splitlines()[-1] == RESEARCH_USE
    assert (tmp_path / "sjia.md").read_text(encoding="utf-8").rstrip("\n") == page.rstrip("\n")
    assert [item.name for item in tmp_path.iterdir()] == ["sjia.md"]


def test_equations_are_not_written_into_a_table(quotidian, tmp_path) -> None:
    ran = quotidian(f"equations sjia --output {tmp_path}/sjia.csv")
    assert (ran.code, list(tmp_path.iterdir())) == (2, [])
    assert "The suffix names the format: .md." in ran.err


@pytest.mark.parametrize("name", MODELS)
def test_observables_are_all_listed(quotidian, name) -> None:
    known = {o.name: (o.unit, o.meaning) for o in observables(name).values()}
    lines = quotidian(f"observables {name}").out.splitlines()
    listed = {line.split()[0]: line for line in lines[1:-2]}
    assert listed.keys() == known.keys()
    assert all(unit in listed[key] and meaning in listed[key] for key, (unit, meaning) in known.items())
    assert lines[-1] == RESEARCH_USE


def test_observables_as_json(quotidian) -> None:
    first, *_ = json.loads(quotidian("observables --json").out)
    assert first == {"name": "tocilizumab", "unit": "ug/mL", "meaning": "free tocilizumab in plasma"}


def test_scenarios_are_listed_by_question(quotidian) -> None:
    from quotidian.models import SCENARIOS

    ran = quotidian("scenarios")
    assert ran.code == 0 and ran.out.endswith(f"\n{RESEARCH_USE}\n")
    lines = ran.out.splitlines()
    for scenario in SCENARIOS.values():
        assert lines.count(scenario.question) == 1
        (line,) = [line for line in lines if line.split()[:1] == [scenario.name]]
        assert scenario.answer in line and scenario.differs in line
    assert "43 ng/mL" in quotidian("evidence scenarios.sgp130-low").out


def test_the_version_is_said(quotidian) -> None:
    assert quotidian("--version").out == f"quotidian {__version__}. {RESEARCH_USE}\n"


def test_the_help_names_every_verb(quotidian) -> None:
    ran = quotidian("--help")
    assert ran.code == 0
    assert all(f"│ {verb} " in ran.out for verb in COMMANDS)
    assert RESEARCH_USE in ran.out
    assert {command.name for command in app.registered_commands} == set(COMMANDS)
    assert "│ study " in ran.out
    assert all(verb in quotidian("study --help").out for verb in ("new", "run", "schema"))


def test_the_program_alone_shows_its_help(quotidian) -> None:
    assert quotidian("") == quotidian("--help")


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_helps_with_examples_that_exist(quotidian, verb, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    ran = quotidian(f"{verb} --help")
    assert ran.code == 0
    assert RESEARCH_USE in ran.out
    shown = re.sub(r"\\\s*\n", " ", ran.out)
    examples = re.findall(rf"^   (quotidian {verb}.*?)\s*$", shown, flags=re.MULTILINE)
    assert examples
    for example in examples:
        assert (
            quotidian(" ".join(shlex.quote(word) for word in [*shlex.split(example)[1:], "--help"])).code == 0
        )


def test_the_map_is_drawn_to_a_file(quotidian, tmp_path) -> None:
    ran = quotidian(f"map sjia --output {tmp_path}/map.svg")
    assert ran.code == 0 and "arrows to" in ran.out and RESEARCH_USE in ran.out
    assert (tmp_path / "map.svg").read_text().startswith("<svg ")
    wrong = quotidian(f"map sjia --output {tmp_path}/map.txt")
    assert wrong.code == 2 and not (tmp_path / "map.txt").exists()
