"""One input run in this process, and judged: exit codes 0 and 2, whole files, right numbers.

Verbs that compute for minutes are checked up to the point at which their work would begin.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from fuzzing import sbml_referee, table_referee
from fuzzing.inputs import Case
from fuzzing.linear_doses import Abstains
from quotidian.cli.support import exit_codes
from quotidian.reports.leftovers import is_leftover

LIMIT_S = 20.0
"""Seconds of processor time after which an input counts as one without end."""
REFEREES: Mapping[str, Callable[[Case, Path], str]] = {
    "table": table_referee.disagreement,
    "sbml": sbml_referee.disagreement,
}
WORK = (
    ("quotidian.application.trial_run", "run_trial"), ("quotidian.application.cohort_run", "run_cohort"),
    ("quotidian.application.scoreboard_run", "run_scoreboard"),
    ("quotidian.application.power_run", "run_power"),
    ("quotidian.application.installation_check", "findings"),
    ("quotidian.reports.assumption_sensitivity", "assumption_sensitivity"), ("quotidian.web.app", "run"),
    ("quotidian.cli.benchmarking.contest", "contest"), ("webbrowser", "open"),
    ("quotidian.application.learning.learning_run", "learn"), ("quotidian.live.bundle", "page"),
    ("quotidian.application.learning.worth_run", "worth"),
    ("quotidian.application.sensitivity.ranking", "rank"),
)  # fmt: skip


class Reached(BaseException):
    """The work of a verb would begin here: its request was accepted."""


class Slow(BaseException):
    """An input has taken more than ``LIMIT_S``."""


@dataclass(frozen=True)
class Verdict:
    """What became of an input: its exit code (0 also where work would begin), what is wrong, or "", and
    whether a referee compared its numbers. ``said`` is what it wrote to standard error, and
    ``began`` whether its work was not only reached but done.
    """

    code: int
    wrong: str
    seconds: float
    refereed: bool = False
    said: str = ""
    began: bool = False


def prepare() -> None:
    """Build the parser once, and replace long work by a sign that it was reached."""
    from importlib import import_module

    from quotidian.cli.app import app

    exit_codes.app = typer.main.get_command(app)

    def reached(*_: Any, **__: Any) -> None:
        raise Reached

    for module, name in WORK:
        if hasattr(import_module(module), name):
            setattr(import_module(module), name, reached)
    signal.signal(signal.SIGPROF, _late)


def _late(number: int, frame: FrameType | None) -> None:
    raise Slow


def judged(case: Case, place: Path, limit_s: float | None = None) -> Verdict:
    """Run the case in a folder of its own below ``place``, and judge what it left.

    ``limit_s`` replaces ``LIMIT_S``.
    """
    folder = place / "case"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    begun, limit_s = time.process_time(), LIMIT_S if limit_s is None else limit_s
    with _inside(folder) as said:
        signal.setitimer(signal.ITIMER_PROF, limit_s)
        try:
            code, wrong = exit_codes.run(case.words), ""
        except Reached:
            code, wrong = 0, ""
        except Slow:
            code, wrong = -1, f"no end within {limit_s:g} s"
        except BaseException as error:
            code, wrong = -1, f"{type(error).__name__} came out: {error}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0.0)
    seconds = time.process_time() - begun
    wrong = wrong or _wrong(case, code, said.getvalue(), folder)
    if wrong or code or case.kind not in REFEREES:
        return Verdict(code, wrong, seconds, said=said.getvalue())
    try:
        return Verdict(code, REFEREES[case.kind](case, folder), seconds, refereed=True)
    except Abstains:
        return Verdict(code, "", seconds)


def _wrong(case: Case, code: int, said: str, folder: Path) -> str:
    """What is wrong with an ending, or ""."""
    if code not in (0, 2):
        return f"exit code {code}: {' '.join(said.split())[:300]}"
    if "Traceback" in said or "fault of the program" in said:
        return f"it ended with code {code} and blames the program: {' '.join(said.split())[-600:]}"
    left = [item.name for item in folder.rglob("*") if is_leftover(item.name)]
    if left:
        return f"leftovers: {left}"
    new = [item.name for item in folder.iterdir() if item.name not in case.files]
    if code and new:
        return f"exit code {code}, and files were written: {new}"
    if code and len(said.strip().splitlines()) < 2:
        return f"a refusal without reason or remedy: {said!r}"
    return ""


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[io.StringIO]:
    """Within a folder, with standard output dropped and standard error kept."""
    said, before = io.StringIO(), os.getcwd()
    os.chdir(folder)
    out, sys.stdout, err, sys.stderr = sys.stdout, io.StringIO(), sys.stderr, said
    try:
        yield said
    finally:
        os.chdir(before)
        sys.stdout, sys.stderr = out, err
