"""The random inputs: the same from their numbers, judged as they should be, and a thousand of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def fuzzing(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules of inputs and of their judge; what the judge replaces in the program is put back."""
    from importlib import import_module

    from quotidian.cli.support import exit_codes

    monkeypatch.syspath_prepend(str(SCRIPTS))
    inputs, judge = import_module("fuzzing.inputs"), import_module("fuzzing.judge")
    kept = [(import_module(module), name) for module, name in judge.WORK]
    for module, name in [*kept, (exit_codes, "app")]:
        monkeypatch.setattr(module, name, getattr(module, name))
    judge.prepare()
    yield inputs, judge


def test_an_input_depends_on_seed_and_number_alone(fuzzing: tuple[ModuleType, ModuleType]) -> None:
    inputs, _ = fuzzing
    first = [inputs.make(1, number) for number in range(200)]
    assert first == [inputs.make(1, number) for number in range(200)]
    assert first != [inputs.make(2, number) for number in range(200)]
    assert {case.kind for case in first} == set(inputs.KINDS)


def test_faults_of_every_kind_are_found(
    fuzzing: tuple[ModuleType, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, judge = fuzzing
    from quotidian.cli.support import exit_codes

    def verdict(run: object) -> str:
        monkeypatch.setattr(exit_codes, "run", run)
        return str(judge.judged(inputs.Case("command", 0, ("drugs",)), tmp_path).wrong)

    def left(_: object) -> int:
        Path(".out.csv.99999.partial").write_text("half")
        return 0

    def half(_: object) -> int:
        Path("out.csv").write_text("half")
        print("what\n  why", file=sys.stderr)
        return 2

    def endless(_: object) -> int:
        while True:
            pass

    def broken(_: object) -> int:
        raise ValueError("planted")

    assert "exit code 1" in verdict(lambda _: 1) and "exit code 3" in verdict(lambda _: 3)
    assert "leftovers" in verdict(left) and "files were written" in verdict(half)
    assert "without reason" in verdict(lambda _: 2) and "ValueError came out" in verdict(broken)
    monkeypatch.setattr(judge, "LIMIT_S", 0.2)
    assert "no end" in verdict(endless)


@pytest.mark.slow
def test_a_thousand_inputs_end_as_they_should() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "fuzz.py"), "1000", "--seed", "20261130", "--workers", "1"],
        capture_output=True, text=True, check=False, env={**_environment()},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(SCRIPTS.parent / "src")}
