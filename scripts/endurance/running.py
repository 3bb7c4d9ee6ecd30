"""Run a command in a folder of its own, end it if asked, and take stock of what it left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from endurance.commands import Command, prepared

PROGRAM = "from quotidian.cli import main; main()"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
PATIENCE_S = 900.0
GRACE_S = 2.0
"""Seconds in which processes that see their parent gone end by themselves."""
VARYING = "seconds"
"""Field of a JSON file that states the time of the run."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it wrote to standard error, and how long it took.

    ``left`` says whether processes of it were still there.
    """

    code: int
    said: str
    seconds: float
    left: bool = False


def run(words: str, folder: Path, ending: int | None = None, after_s: float = 0.0) -> Ended:
    """Run a command, and send it a signal after some seconds."""
    scratch = folder / "tmp"
    scratch.mkdir(exist_ok=True)
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words.split()], cwd=folder, stdout=subprocess.DEVNULL, text=True,
        stderr=subprocess.PIPE, start_new_session=True, env=os.environ | {"TMPDIR": str(scratch)},
        preexec_fn=_usual_signals,
    )  # fmt: skip
    if ending is not None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(after_s)
        process.send_signal(ending)
    try:  # to the end of a stream that workers hold open too
        _, said = process.communicate(timeout=PATIENCE_S)
    finally:
        left = _ended(process.pid)
    return Ended(process.returncode, said, time.monotonic() - begun, left)


def _usual_signals() -> None:
    for number in ENDINGS[:3]:
        signal.signal(number, signal.SIG_DFL)


def _ended(group: int) -> bool:
    """End what is left of a session, and say whether there was anything.

    A process that has ended is no longer counted, although its number remains until its parent reads it.
    """
    with suppress(ProcessLookupError):
        os.killpg(group, 0)
        latest = time.monotonic() + GRACE_S
        while (left := _running(group)) and time.monotonic() < latest:
            time.sleep(0.05)
        os.killpg(group, signal.SIGKILL)
        return left
    return False


def _running(group: int) -> bool:
    """Whether a process of a group runs; where the system does not list processes, any that is known."""
    try:
        states = [_state(place) for place in Path("/proc").iterdir() if place.name.isdigit()]
    except OSError:
        return True
    return any(own == group and letter not in "ZX" for own, letter in states)


def _state(process: Path) -> tuple[int, str]:
    """Group and state of a process; of one that has just ended, 0 and X."""
    try:
        letter, _, own = (process / "stat").read_text().rpartition(") ")[2].split()[:3]
    except (OSError, ValueError):
        return 0, "X"
    return int(own), letter


def ready(folder: Path, command: Command) -> Path:
    """A new folder in which the command can be run."""
    folder.mkdir(parents=True)
    prepared(folder)
    for words in command.first:
        done = run(words, folder)
        if done.code:
            raise SystemExit(f"'{words}' ended with {done.code}: {done.said}")
    return folder


def contents(place: Path) -> dict[str, bytes]:
    """Every file of a result by name, without the time that a run took and the folder that it ran in."""
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
    here = str(place.parent).encode()
    return {str(file.relative_to(place.parent)): _timeless(file).replace(here, b".") for file in files}


def _timeless(file: Path) -> bytes:
    content = file.read_bytes()
    if file.suffix != ".json":
        return content
    found = json.loads(content)
    if isinstance(found, dict):
        found.pop(VARYING, None)
    return json.dumps(found).encode()


def names(folder: Path) -> set[str]:
    """All files and folders in a folder and in its folder of temporary files."""
    return {item.name for item in folder.iterdir()} | {f"tmp/{p.name}" for p in (folder / "tmp").iterdir()}
