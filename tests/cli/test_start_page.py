"""The commands of the start page run as they are printed, one after another, in one folder."""

from __future__ import annotations

import re
from pathlib import Path

from .conftest import commands

PAGE = Path(__file__).resolve().parents[2] / "docs/start.md"


def test_every_command_of_the_start_page_runs(quotidian, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in commands(PAGE):
        told = quotidian(line.removeprefix("quotidian "))
        assert told.code == 0, f"{line}\n{told.err}"
    written = {str(item.relative_to(tmp_path)) for item in tmp_path.rglob("*") if item.is_file()}
    names = ("endpoints.csv", "effects.csv", "flow.csv", "baseline.csv", "report.html", "manifest.json")
    trial = {f"out/first/{name}" for name in names}
    assert written == {"child.csv", "fever.parquet", "sjia.md"} | trial


def test_every_python_block_of_the_start_page_runs(capsys) -> None:
    found = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found
    for block in found:
        exec(compile(block, str(PAGE), "exec"), {})
    told = capsys.readouterr().out
    assert "8 mg/kg, third dose missed" in told and "accumulation" in told


def test_the_start_page_shows_every_verb() -> None:
    verbs = {line.split()[1] for line in commands(PAGE)}
    assert verbs == {"simulate", "trial", "trials", "evidence", "equations", "observables"}


def test_the_start_page_says_what_it_is_not() -> None:
    assert "Research use, not a medical device." in " ".join(PAGE.read_text(encoding="utf-8").split())
