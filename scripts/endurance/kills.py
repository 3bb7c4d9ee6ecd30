"""Commands ended by signals at random moments: the next run gives the same bytes and leaves nothing else."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from endurance.commands import COMMANDS, Command
from endurance.running import ENDINGS, Ended, contents, names, ready, run

BEYOND = 1.05
"""Latest moment of a signal, as a share of the time of a whole run."""
CANCELLED, DONE = 130, 0


@dataclass(frozen=True)
class Whole:
    """An undisturbed run: its result, all names around it, and its time."""

    result: dict[str, bytes]
    names: set[str]
    seconds: float


def whole(place: Path, command: Command) -> Whole:
    """Run a command undisturbed, twice if the first run fills caches."""
    for attempt in ("warm", "whole"):
        folder = ready(place / attempt, command)
        done = run(command.words, folder)
        if done.code:
            raise SystemExit(f"'{command.words}' ended with {done.code}: {done.said}")
    found = Whole(contents(folder / command.output), names(folder), done.seconds)
    shutil.rmtree(place)
    return found


def killed(place: Path, command: Command, undisturbed: Whole, random: Random) -> tuple[str, str]:
    """End a command once or twice at random moments, run it again, and judge: how it went, what is wrong."""
    folder, course = ready(place, command), []
    for _ in range(random.choice((1, 1, 1, 2))):
        ending = random.choice(ENDINGS)
        moment = random.random() * BEYOND * undisturbed.seconds
        ended = run(command.words, folder, ending, moment)
        course.append(f"{signal.Signals(ending).name} after {moment:.2f} s: {ended.code}")
        if wrong := _wrong_ending(ended, ending):
            return "; ".join(course), wrong
    again = run(command.words, folder)
    wrong = _wrong_result(again, folder, command, undisturbed)
    shutil.rmtree(place)
    return "; ".join(course), wrong


def _wrong_ending(ended: Ended, ending: int) -> str:
    """What is wrong with the end of a killed run, or "".

    After SIGKILL the command can say nothing; what its helpers say of the lost connection is not judged.
    """
    allowed = {DONE, -signal.SIGKILL} if ending == signal.SIGKILL else {DONE, CANCELLED, -ending}
    if ended.code not in allowed:
        return f"exit code {ended.code}: {ended.said[-300:]}"
    if ending == signal.SIGKILL:
        return ""
    if "Traceback" in ended.said or "fault of the program" in ended.said:
        return f"it says {ended.said[-300:]!r}"
    return "processes were left running" if ended.left else ""


def _wrong_result(again: Ended, folder: Path, command: Command, undisturbed: Whole) -> str:
    """What is wrong with the run after it, or ""."""
    if again.code:
        return f"the next run ended with {again.code}: {again.said[-300:]}"
    found = contents(folder / command.output)
    if found != undisturbed.result:
        other = [
            name
            for name in found.keys() | undisturbed.result
            if found.get(name) != undisturbed.result.get(name)
        ]
        return f"other bytes in {sorted(other)}"
    more = names(folder) - undisturbed.names
    return f"leftovers: {sorted(more)}" if more else ""


def run_kills(place: Path, count: int, seed: int, chosen: list[str]) -> int:
    """End the commands ``count`` times in all, each about as often; the number of findings."""
    commands = [c for c in COMMANDS if not chosen or c.name in chosen]
    known: dict[str, Whole] = {}
    findings, codes = 0, Counter[str]()
    for number in range(count):
        random, command = Random(f"{seed}/{number}"), commands[number % len(commands)]
        if command.name not in known:
            known[command.name] = whole(place / "whole", command)
            print(f"{command.name}: {known[command.name].seconds:.1f} s undisturbed", flush=True)
        course, wrong = killed(place / f"{number}", command, known[command.name], random)
        codes.update(part.rpartition(" ")[2] for part in course.split("; "))
        if wrong:
            findings += 1
            print(f"FINDING {number}, {command.name}, {course}: {wrong}", flush=True)
    print(
        f"{count} runs of {len(commands)} commands ended, codes {dict(codes)}: {findings} findings",
        flush=True,
    )
    return findings
