"""The random inputs: the same from their numbers, judged as they should be, and a thousand of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from quotidian.application.trial_run import run_trial

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


TABLE = b"""ID,TIME,AMT,RATE,II,ADDL,SS,EVID,CMT,DV
1,0,100,0,12,1,0,1,1,.
1,24,0,0,0,0,0,0,1,.
2,0,100,25,8,0,1,1,1,.
2,3,0,0,0,0,0,0,1,.
"""


def test_referees_find_a_wrong_number(
    fuzzing: tuple[ModuleType, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two boluses, of an infusion in the steady state, and of exponential decay, each by hand."""
    from math import exp

    inputs, judge = fuzzing
    from quotidian.cli.support import exit_codes

    decay = [exp(-0.1 * t) for t in (24, 12, 3, 4, 8)]
    table = [5 * (decay[0] + decay[1])]
    constant = 12.5  # rate over clearance
    peak = constant * (1 - decay[3]) / (1 - decay[4])
    table.append(constant * (1 - decay[2]) + peak * exp(-0.1 * 4) * decay[2])
    course = [(0.0, 3.0), (1.0, 3 * exp(-0.5))]

    def verdict(kind: str, text: str) -> tuple[bool, str]:
        monkeypatch.setattr(exit_codes, "run", lambda _: Path("out.csv").write_text(text) and 0)
        words = ("run-events", "--data", "t.csv", "--model", "pk-1cmt", "--set", "CL=2,V=20")
        files = {"t.csv": TABLE, "m.xml": inputs.MODEL.encode()}
        found = judge.judged(inputs.Case(kind, 0, words, files), tmp_path)
        return found.refereed, found.wrong

    def written(factor: float) -> str:
        return f"ROW,PRED\n2,{table[0]}\n4,{table[1] * factor}\n"

    assert verdict("table", written(1.0)) == (True, "")
    assert "subject 2, row 4" in verdict("table", written(1.0001))[1]
    pytest.importorskip("roadrunner", reason="libRoadRunner has no wheel for this Python")
    assert verdict("sbml", "\n".join(["time,S", *(f"{t},{s}" for t, s in course)])) == (True, "")
    assert "S at 1" in verdict("sbml", f"time,S\n0,3\n1,{course[1][1] * 1.0002}\n")[1]


STUDY = b"""\
name: small
arms: {one: {give: none, children: 2}, two: {give: anakinra, children: 2}}
periods: [{name: blinded, kind: randomised, weeks: 1}]
visits: [1]
primary_week: 1
entry: {joints: 1}
"""
RUN = ("study", "run", "s.yaml", "--replicates", "1", "--threads", "1", "--output", "out")


@pytest.mark.slow
def test_an_accepted_study_is_run_to_its_end(
    fuzzing: tuple[ModuleType, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib import import_module

    from quotidian.application import trial_archive
    from quotidian.errors import InvalidInput, SolverFailed

    whole = import_module("fuzzing.whole_studies")
    case = fuzzing[0].Case("study", 0, RUN, {"s.yaml": STUDY})

    def ended(error: Exception) -> Any:
        def work(*_: object, **__: object) -> object:
            raise error

        return whole.judged_whole(case, tmp_path, work)

    verdict = whole.judged_whole(case, tmp_path, run_trial)
    assert (verdict.code, verdict.wrong, verdict.began) == (0, "", True)
    assert "exit code 3" in ended(SolverFailed("planted", "for", "a test")).wrong
    assert "after its work began: quotidian: planted" in ended(InvalidInput("planted", "for", "a test")).wrong
    refused = ended(InvalidInput("planted", "9 candidates were screened.", "Relax them."))
    assert (refused.code, refused.wrong, refused.began) == (2, "", True) and "planted" in refused.said
    monkeypatch.setattr(trial_archive, "keep_trial", lambda *_: None)
    assert "the result has the files []" in whole.judged_whole(case, tmp_path, run_trial).wrong
    wrong = fuzzing[0].Case("study", 0, RUN, {"s.yaml": STUDY.replace(b"visits: [1]", b"visits: [9]")})
    verdict = whole.judged_whole(wrong, tmp_path, run_trial)
    assert (verdict.code, verdict.began) == (2, False)


def test_memory_beyond_the_limit_is_a_finding(
    fuzzing: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    import resource
    from importlib import import_module

    fuzz = import_module("fuzz")
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(fuzz, "RESIDENT", 2**20)
    fuzz._work(1, range(3), False)
    said = capsys.readouterr().out
    assert said.count("FINDING") == 1 and "MiB of memory" in said


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
