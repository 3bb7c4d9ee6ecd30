"""The whole scoreboard, trial by trial: each finished one is kept, and a killed run goes on from there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

from quotidian.application.process_pool import Progress, side_by_side
from quotidian.engine import thread_count
from quotidian.errors import OutputError
from quotidian.reports.files import write_atomically
from quotidian.trials.benchmarks.scores import Apart, ScoreRow, TrialScore, score
from quotidian.trials.protocol.library import design, names

FINISHED = "finished"
"""Folder, within that of a scoreboard, of the trials that are done: a JSON file each."""
PROGRAM = "quotidian scoreboard"
LANES = 2
"""Trials that run side by side at most: the largest takes a quarter of all, so more would wait for it."""


@cache
def code() -> str:
    """Checksum of the whole program, equations and evidence included: another program, another result."""
    root, digest = Path(__file__).parent.parent, hashlib.sha256()
    for file in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".yaml", ".csv", ".json")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def chosen(trials: Sequence[str]) -> tuple[str, ...]:
    """The designs of these names, once each, in the order in which trials are told; all for none.

    Raises UnknownName for a design that is not here.
    """
    wanted = {design(name).name for name in trials}
    return tuple(name for name in names() if not wanted or name in wanted)


def run(
    trials: Sequence[str], replicates: int, seed: int, folder: Path | None = None,
    progress: Progress | None = None, threads: int | None = None,
) -> tuple[TrialScore, ...]:  # fmt: skip
    """Score the trials, two at a time, a process each, where there are two threads; with a ``folder`` those
    finished there are read and new ones kept there.

    ``progress`` is called with the share of children done, 0 to 1. Raises UnknownName for a trial that is
    not here, OutputError where the folder cannot be written, InvalidInput for a trial that never ends.
    """
    order = chosen(trials)
    sizes = {name: design(name).size * (design(name).weeks + 4) for name in order}
    workers = thread_count() if threads is None else threads
    lanes = min(LANES, workers, len(order))

    one = partial(_scored, replicates, seed, folder, workers // lanes)
    found = side_by_side(sizes, one, lanes, progress)
    return tuple(found[name] for name in order)


def _scored(
    replicates: int, seed: int, folder: Path | None, threads: int, name: str, tell: Progress
) -> TrialScore:
    """The trial as it is finished in the folder, or run and kept there."""
    earlier = None if folder is None else _read(folder, name, replicates, seed)
    found = earlier or score(name, replicates, seed, tell, threads)
    if earlier is None and folder is not None:
        _keep(folder, found)
    return found


def is_finished(path: Path) -> bool:
    """Whether a file is a finished trial of some scoreboard."""
    try:
        return bool(json.loads(path.read_bytes())["program"] == PROGRAM)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _keep(folder: Path, one: TrialScore) -> None:
    """Write a finished trial, whole or not at all."""
    place = folder / FINISHED
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"'{place}' cannot be made.", f"The system says: {error.strerror}.", "Choose another --output."
        ) from None
    content = {"program": PROGRAM, "code_sha256": code()} | asdict(one)
    write_atomically(place / f"{one.trial}.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _read(folder: Path, name: str, replicates: int, seed: int) -> TrialScore | None:
    """The finished trial, if it is there, whole, and of this program, size and seed."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        held: dict[str, Any] = json.loads((folder / FINISHED / f"{name}.json").read_bytes())
        same = held.pop("program") == PROGRAM and held.pop("code_sha256") == code()
        if same and (held["trial"], held["replicates"], held["seed"]) == (name, replicates, seed):
            rows = tuple(ScoreRow(**row) for row in held.pop("rows"))
            return TrialScore(**held | {"rows": rows, "apart": tuple(Apart(**a) for a in held["apart"])})
    return None
