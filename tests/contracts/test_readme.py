"""The README's promises hold: its commands exist and parse, its links lead somewhere, its map is true."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
QUOTIDIAN = [sys.executable, "-c", "from quotidian.cli import main; main()"]


def commands(page: str, program: str) -> list[str]:
    """Command lines of one program in the shell blocks of a page, comments off."""
    blocks = re.findall(r"```sh\n(.*?)```", page, flags=re.DOTALL)
    shell = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in shell if line.startswith(f"{program} ")]


def targets(makefile: str) -> set[str]:
    """Names that make can be asked for."""
    return set(re.findall(r"(?m)^([a-z]+):", makefile))


def test_two_commands_are_all_a_newcomer_types() -> None:
    assert commands(README, "make") == ["make demo", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_exists(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named - targets((ROOT / "Makefile").read_text()) == set()


def test_the_gate_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci/run").read_text()
    assert commands(README, "make")[1] == "make test"
    assert [line for line in script.splitlines() if line.startswith("make")] == ["make test"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def help_of(line: str) -> subprocess.CompletedProcess[str]:
    """The line with --help at its end: options and verbs are parsed, nothing is run."""
    arguments = [*shlex.split(line)[1:], "--help"]
    return subprocess.run([*QUOTIDIAN, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("line", commands(README, "quotidian"))
def test_every_command_shown_parses(line: str) -> None:
    done = help_of(line)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("line", ["quotidian simulate --shoe-size 30", "quotidian prescribe"])
def test_a_command_that_does_not_exist_is_refused(line: str) -> None:
    assert help_of(line).returncode == 2


def test_the_readme_shows_every_verb() -> None:
    from quotidian.cli.app import COMMANDS, GROUPS

    shown = {line.split()[1] for line in commands(README, "quotidian")}
    groups = {title for title, _, _ in GROUPS}
    assert shown == {verb.__name__.rstrip("_").replace("_", "-") for verb in COMMANDS} | groups
    for title, verbs, _ in GROUPS:
        own = {line.split()[2] for line in commands(README, f"quotidian {title}")}
        assert own == {verb.__name__ for verb in verbs}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_map_of_layers_is_the_one_enforced() -> None:
    shown = re.search(r"## The layers.*?```text\n(.*?)```", README, flags=re.DOTALL)
    rows = [re.split(r"\s{2,}", line)[0] for line in shown.group(1).splitlines()] if shown else []
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    enforced = [re.sub(r" ?\|? ?\(\w+\)", "", layer).strip() for layer in contracts[0]["layers"]]
    assert rows == [layer for layer in enforced if layer]
