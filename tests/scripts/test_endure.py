"""Ended commands and damaged results: the judge sees what is wrong, and one command passes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from quotidian.application.learning.learnt_rows import learnt_rows

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModuleType, ...]]:
    """The modules of the commands, of their runs, and of the kills."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS.parent / "src"))
    yield tuple(import_module(f"endurance.{name}") for name in ("commands", "running", "kills"))


def test_an_ended_command_ends_the_next_time_in_the_same_bytes(
    parts: tuple[ModuleType, ...], tmp_path: Path
) -> None:
    commands, running, kills = parts
    command = commands.Command("map", "map healthy_child --output out.svg", "out.svg")
    folder = running.ready(tmp_path / "whole", command)
    done = running.run(command.words, folder)
    whole = kills.Whole(running.contents(folder / "out.svg"), running.names(folder), done.seconds)
    course, wrong = kills.killed(tmp_path / "killed", command, whole, Random("1"))
    assert wrong == "" and " after " in course


def test_what_is_wrong_with_an_ending_is_seen(parts: tuple[ModuleType, ...], tmp_path: Path) -> None:
    commands, running, kills = parts
    ended, wrong, judge = running.Ended, kills._wrong_ending, kills._wrong_result
    assert "exit code 1" in wrong(ended(1, "", 1.0), signal.SIGTERM)
    assert "Traceback" in wrong(ended(130, "Traceback (most recent call last)", 1.0), signal.SIGINT)
    assert "left running" in wrong(ended(130, "", 1.0, True), signal.SIGHUP)
    assert not wrong(ended(130, "", 1.0), signal.SIGHUP)
    assert not wrong(ended(-9, "", 1.0, True), signal.SIGKILL)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "out.csv").write_text("1")
    whole = kills.Whole({"out.csv": b"1"}, {"out.csv", "tmp"}, 1.0)
    command = commands.Command("x", "x", "out.csv")
    assert "ended with 2" in judge(ended(2, "", 1.0), tmp_path, command, whole)
    assert not judge(ended(0, "", 1.0), tmp_path, command, whole)
    (tmp_path / "fit.json").write_text(f'{{"seconds": 3, "data": "{tmp_path}/x"}}')
    assert running.contents(tmp_path / "fit.json") == {"fit.json": b'{"data": "./x"}'}
    (tmp_path / "fit.json").unlink()
    (tmp_path / "tmp/dask").mkdir()
    assert "leftovers" in judge(ended(0, "", 1.0), tmp_path, command, whole)
    (tmp_path / "out.csv").write_text("2")
    assert "other bytes" in judge(ended(0, "", 1.0), tmp_path, command, whole)


def test_a_process_that_has_ended_is_not_left_running(parts: tuple[ModuleType, ...]) -> None:
    running = parts[1]
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    goes_on = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has read its exit code
    try:
        assert not running._ended(ended.pid)
        assert running._ended(goes_on.pid)
        assert goes_on.wait(10) == -signal.SIGKILL
    finally:
        goes_on.kill()
        ended.wait()
    assert not running._ended(ended.pid)


def test_the_learning_that_is_ended_has_rows_to_learn_from(parts: tuple[ModuleType, ...]) -> None:
    (words,) = (command.words.split() for command in parts[0].COMMANDS if command.name == "learn")
    assert learnt_rows(words[words.index("--trials") + 1].split(","))


def test_an_unusual_environment_must_give_the_same_bytes(
    parts: tuple[ModuleType, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environments = import_module("endurance.environments")
    command = parts[0].Command("x", "x", "out.csv")
    by_name = {environment.name: environment for environment in environments.ENVIRONMENTS}
    usual, full = by_name["usual"], by_name["full output"]

    def judged(program: str, environment: object, number: int) -> str:
        monkeypatch.setattr(environments, "PROGRAM", program)
        return str(environments.judged(environment, command, tmp_path / f"{number}", {"out.csv": b"1"}))

    writes = "import pathlib, sys; pathlib.Path('out.csv').write_text('{}'); print(3, flush=True)"
    assert not judged(writes.format(1), usual, 1)
    assert "other bytes" in judged(writes.format(2), usual, 2)
    assert "exit code 4" in judged("import sys; sys.exit(4)", usual, 3)
    assert "exit code 1" in judged(writes.format(1), full, 4)
    assert "Traceback" in judged("import sys; sys.stderr.write('Traceback'); sys.exit(2)", full, 5)
