"""Unusual environments: another user, no HOME, a plain console, and output that is full or closed.

Each command is run in each environment and must end as in a usual one, with the same bytes; where its output
takes no more, it ends with 2 (full) or 1 (the reader has left), and its files are complete or absent.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from endurance.commands import COMMANDS, QUICK, Command
from endurance.running import PROGRAM, contents, ready

NOBODY = 65534
HOMES = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "QUOTIDIAN_CACHE", "MPLCONFIGDIR")


@dataclass(frozen=True)
class Environment:
    """Variables to set, variables to remove, options of Python, the user, and where standard output goes.

    ``largest`` is the size, in bytes, beyond which no file can grow, as on a disk that becomes full.
    """

    name: str
    set: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    user: int | None = None
    output: str = ""
    largest: int | None = None
    codes: tuple[int, ...] = (0,)


ENVIRONMENTS = (
    Environment("usual"),
    Environment("plain console", {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    Environment("latin console", {"PYTHONIOENCODING": "latin-1"}),
    Environment("no home", without=HOMES),
    Environment("nobody", without=HOMES, user=NOBODY),
    Environment("without assertions", options=("-O",)),
    Environment("full disk", largest=1024, codes=(0, 2)),
    Environment("full output", output="/dev/full", codes=(0, 2)),
    Environment("closed output", output="closed", codes=(0, 1)),
)


def run_in(environment: Environment, command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment; its standard output is dropped, and errors are kept."""
    own = {k: v for k, v in os.environ.items() if k not in environment.without} | dict(environment.set)
    words = [sys.executable, *environment.options, "-c", PROGRAM, *command.words.split()]
    if environment.user is not None:
        for item in (folder, *folder.rglob("*")):
            os.chown(item, environment.user, environment.user)
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with open(environment.output if environment.output.startswith("/") else os.devnull, "w") as sink:
            return subprocess.run(
                words, cwd=folder, env=own, stderr=subprocess.PIPE, text=True, check=False,
                stdout=writer if environment.output == "closed" else sink, user=environment.user,
                preexec_fn=None if environment.largest is None else partial(_limited, environment.largest),
            )  # fmt: skip
    finally:
        os.close(writer)


def _limited(size: int) -> None:
    """Let no file of this process grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def judged(environment: Environment, command: Command, place: Path, usual: dict[str, bytes] | None) -> str:
    """What is wrong with a command in an environment, or ""."""
    folder = ready(place, command)
    done = run_in(environment, command, folder)
    if done.returncode not in environment.codes:
        return f"exit code {done.returncode}: {done.stderr[-300:]}"
    if "Traceback" in done.stderr or "fault of the program" in done.stderr or "Exception" in done.stderr:
        return f"it says {done.stderr[-300:]!r}"
    found = _result(folder, command)
    if command.resumes and done.returncode:  # finished parts are kept
        found = {}
    return "" if usual is None or found in (usual, {}) else "other bytes than in a usual environment"


def _result(folder: Path, command: Command) -> dict[str, bytes]:
    place = folder / command.output
    return contents(place) if command.output and place.exists() else {}


def _possible(environment: Environment) -> bool:
    """Whether the environment can be made here; says so where it cannot."""
    if environment.user is None:
        return True
    try:
        subprocess.run([sys.executable, "-c", ""], user=environment.user, check=True)
    except (PermissionError, subprocess.CalledProcessError):
        print(
            f"'{environment.name}' is left out: only root can change to another user, and that user must be "
            f"allowed to run {sys.executable}.",
            flush=True,
        )
        return False
    return True


def run_environments(place: Path, chosen: list[str], named: list[str]) -> int:
    """Run every command in every environment, or those that are named; the number of findings."""
    commands = [c for c in (*QUICK, *COMMANDS) if not chosen or c.name in chosen]
    environments = [e for e in ENVIRONMENTS if (not named or e.name in named) and _possible(e)]
    findings = 0
    for command in commands:
        usual: dict[str, bytes] | None = None
        for environment in environments:
            folder = place / "run"
            wrong = judged(environment, command, folder, usual)
            usual = _result(folder, command) if usual is None else usual
            shutil.rmtree(folder)
            if wrong:
                findings += 1
                print(f"FINDING {command.name} in '{environment.name}': {wrong}", flush=True)
    print(f"{len(commands)} commands in {len(environments)} environments: {findings} findings", flush=True)
    return findings
