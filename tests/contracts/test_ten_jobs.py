"""The ten jobs: each is one command or at most five lines of Python, and all of them run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from quotidian.cli.support.exit_codes import run

PAGE = Path(__file__).resolve().parents[2] / "docs/guides/ten-jobs.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCK = re.compile(r"(?m)^```(?P<kind>\w+)\n(?P<text>.*?)^```\n", re.DOTALL)
SMALL = (
    (r"children\(1000", "children(12"),
    (r"samples=\d+", "samples=4"),
    (r"--replicates \d+", "--replicates 1"),
)
WRITTEN = {
    "both.svg", "own.yaml", "mine.csv", "mine.svg", "girl.xml", "sensitivity.svg", "bands.svg",
    "out/own/effects.csv", "out/own/endpoints.csv", "out/own/flow.csv", "out/own/baseline.csv",
    "out/own/report.html", "out/own/manifest.json",
}  # fmt: skip


def small(text: str) -> str:
    for many, few in SMALL:
        text = re.sub(many, few, text)
    return text


def commands(text: str) -> list[str]:
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def jobs() -> list[str]:
    return re.split(r"(?m)^## \d+\. ", TEXT)[1:]


def test_there_are_ten_jobs_of_one_command_or_five_lines() -> None:
    assert len(jobs()) == 10
    for job in jobs():
        for block in BLOCK.finditer(job):
            if block["kind"] == "sh":
                assert len(commands(block["text"])) == 1
            elif block["kind"] == "python":
                assert len([line for line in block["text"].splitlines() if line.strip()]) <= 5


def test_every_job_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}
    for block in BLOCK.finditer(TEXT):
        text = small(block["text"])
        if named := re.match(r"# file: (\S+)\n", text):
            body = text if block["kind"] == "yaml" else text.split("\n", 1)[1]
            Path(named[1]).write_text(body, encoding="utf-8")
        elif block["kind"] == "python":
            exec(compile(text, str(PAGE), "exec"), known)
        else:
            for line in commands(text):
                program, *arguments = shlex.split(line)
                assert (program, run(arguments)) == ("quotidian", 0), line
    plt.close("all")
    assert {str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file()} == WRITTEN
    said = capsys.readouterr().out
    assert "Exposure to tocilizumab" in said and "ferritin" in said.lower() and "mg/L" in said
