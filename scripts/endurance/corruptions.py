"""Finished parts that are damaged: the next run renews them or refuses in words."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from random import Random

from endurance.commands import COMMANDS, Command
from endurance.kills import Whole, whole
from endurance.running import contents, ready, run

INVALID = 2


def damaged(file: Path, random: Random) -> str:
    """Damage a file at random, and say how."""
    content = file.read_bytes()
    place = random.randrange(max(len(content), 1))
    kind = random.choice(("empty", "cut", "bit", "digit", "gone", "other", "doubled"))
    if kind == "gone":
        file.unlink()
        return kind
    digits = [i for i, byte in enumerate(content) if byte in b"0123456789"] or [0]
    digit = random.choice(digits)
    file.write_bytes({
        "empty": b"", "cut": content[:place], "doubled": content + content,
        "other": b'{"program": "another"}\n',
        "bit": content[:place] + bytes([(content[place : place + 1] or b"\0")[0] ^ 4]) + content[place + 1 :],
        "digit": content[:digit] + b"%d" % ((content[digit] - 47) % 10) + content[digit + 1 :],
    }[kind])  # fmt: skip
    return kind


def corrupted(
    place: Path, command: Command, finished: Path, undisturbed: Whole, random: Random
) -> tuple[str, str]:
    """Damage one file of a finished result, run again, and judge: what was done, what is wrong."""
    folder = ready(place, command)
    shutil.copytree(finished, folder / command.output)
    file = random.choice(sorted(p for p in (folder / command.output).rglob("*") if p.is_file()))
    name = str(file.relative_to(folder))
    what = f"{name} {damaged(file, random)}"
    again = run(command.words, folder)
    if again.code == INVALID and len(again.said.splitlines()) > 1 and "Traceback" not in again.said:
        outcome = f"{what}: refused"
        wrong = "" if "manifest" in name else f"refused: {again.said}"
    elif again.code:
        outcome, wrong = what, f"exit code {again.code}: {again.said[-300:]}"
    else:
        same = contents(folder / command.output) == undisturbed.result
        outcome, wrong = f"{what}: renewed", "" if same else "the result has other bytes"
    shutil.rmtree(place)
    return outcome, wrong


def run_corruptions(place: Path, count: int, seed: int, chosen: list[str]) -> int:
    """Damage results of the commands that resume, ``count`` times in all; the number of findings."""
    commands = [c for c in COMMANDS if c.resumes and (not chosen or c.name in chosen)]
    findings, outcomes = 0, Counter[str]()
    known: dict[str, Whole] = {}
    for number in range(count):
        random, command = Random(f"{seed}/{number}"), commands[number % len(commands)]
        finished = place / command.name / command.output
        if command.name not in known:
            known[command.name] = whole(place / "whole", command)
            run(command.words, ready(place / command.name, command))
        outcome, wrong = corrupted(place / f"{number}", command, finished, known[command.name], random)
        outcomes[outcome.rpartition(": ")[2]] += 1
        if wrong:
            findings += 1
            print(f"FINDING {number}, {command.name}, {outcome}: {wrong}", flush=True)
    print(f"{count} results damaged, {dict(outcomes)}: {findings} findings", flush=True)
    return findings
