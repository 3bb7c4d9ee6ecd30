"""Two ways to run a command: within this process, which is quick, and as its own, which is the real thing."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from quotidian.cli.support.exit_codes import run


@dataclass(frozen=True)
class Ran:
    """What a command left with: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def quotidian(capfd: pytest.CaptureFixture[str]) -> Callable[[str], Ran]:
    """Run one command line, without the program's name, in this process."""

    def command(line: str) -> Ran:
        capfd.readouterr()
        code = run(shlex.split(line))
        return Ran(code, *capfd.readouterr())

    return command


@pytest.fixture(scope="session")
def environment(root: Path) -> dict[str, str]:
    """That of this process, with the sources on the path, without colours and without debugging."""
    kept = {name: value for name, value in os.environ.items() if name != "QUOTIDIAN_DEBUG"}
    return {**kept, "PYTHONPATH": str(root / "src"), "NO_COLOR": "1"}


@pytest.fixture(scope="session")
def process(environment: dict[str, str]) -> Callable[[str, Path], Ran]:
    """Run one command line from a folder, as a process of its own."""

    def command(line: str, folder: Path) -> Ran:
        start = [sys.executable, "-c", "from quotidian.cli import main; main()", *shlex.split(line)]
        done = subprocess.run(start, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    return command


def commands(page: Path) -> list[str]:
    """Command lines of quotidian in the shell blocks of a page, without those marked as not run."""
    blocks = re.findall(r"(?<!-->\n)```sh\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [" ".join(line.split()) for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith("quotidian ")]
