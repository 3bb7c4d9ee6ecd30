"""Runs of an ensemble: one virtual trial of each design for each member, in parts that are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.application.executors import Executor, Here, Progress, WorkList, run_all
from quotidian.application.learning.learnt_rows import LearntRow, statistics
from quotidian.application.learning.learnt_values import overlay_of
from quotidian.application.manifest import as_json, sealed, unsealed
from quotidian.application.process_executor import Processes
from quotidian.application.provenance import digest
from quotidian.inference.ensemble.prior import Prior
from quotidian.reports.files import folder_in_use, write_atomically

Floats = NDArray[np.float64]
PART_MEMBERS = 4
"""Members of a part: a few minutes of one processor at most."""
PARTS = "parts"
Statistics: TypeAlias = list[list[list[float | None]]]
"""By member, repeat and row; None stands for not-a-number."""


@dataclass(frozen=True)
class Part:
    """Some members of one step: values [member, value], seeds [member], and trials of a design with each."""

    name: str
    values: tuple[tuple[float, ...], ...]
    seeds: tuple[int, ...]
    repeats: int


@dataclass(frozen=True)
class EnsembleRuns:
    """Runs members in this process, in several, or on a cluster. No number depends on where.

    Attributes
    ----------
    rows : whose statistics are taken. identity : checksum of rows, priors, program and platform; a part is
        run again if this, its values or its seeds are others. folder : where parts are kept; None keeps none.
    repeats : trials of each design with each member.
    """

    rows: tuple[LearntRow, ...]
    prior: Prior
    seed: int
    identity: str
    folder: Path | None = None
    workers: int = 1
    executor: Executor | None = None
    repeats: int = 1

    def run(self, step: str, number: int, scores: Floats, progress: Progress | None = None) -> Floats:
        """Statistics on their scales, [member, repeat, row], of scores [member, value].

        ``number`` of the step addresses its random streams, which no two members share.
        """
        values, members = self.prior.at(scores), len(scores)
        if not members:
            return np.empty((0, self.repeats, len(self.rows)))
        seeds = [_seed(self.seed, number, member) for member in range(members)]
        parts = [
            Part(f"{step}-{first:04d}", _rows_of(values[first : first + PART_MEMBERS]),
                 tuple(seeds[first : first + PART_MEMBERS]), self.repeats)
            for first in range(0, members, PART_MEMBERS)
        ]  # fmt: skip
        work = partial(_run_part, self.rows, self.prior, self.identity, self.folder)
        sizes = [float(len(part.seeds)) for part in parts]
        found = run_all(self._executor(len(parts)), WorkList(work, parts, sizes), progress)
        return np.array([[[_number(x) for x in one] for one in own] for part in found for own in part])

    def _executor(self, parts: int) -> Executor:
        if self.executor is not None:
            return self.executor
        workers = min(self.workers, parts)
        return Processes(workers) if workers > 1 else Here()


def _run_part(
    rows: tuple[LearntRow, ...],
    prior: Prior,
    identity: str,
    folder: Path | None,
    part: Part,
    report: Progress,
) -> Statistics:
    """The statistics of a part, read if an earlier run kept them; None stands for not-a-number."""
    place = None if folder is None else folder / PARTS / f"{part.name}.json"
    asked = digest(
        {"identity": identity, "values": part.values, "seeds": part.seeds, "repeats": part.repeats}
    )
    kept = None if place is None else _kept(place, asked)
    if kept is not None:
        return kept
    found: Statistics = []
    for values, seed in zip(part.values, part.seeds, strict=True):
        report(len(found) / len(part.seeds))
        numbers = statistics(rows, overlay_of(prior, np.array(values)), seed, part.repeats)
        found.append([[None if math.isnan(x) else x for x in one] for one in numbers.tolist()])
    if place is not None:
        with folder_in_use(place.parent):
            write_atomically(place, as_json(sealed({"identity": asked, "statistics": found})))
    return found


def _kept(place: Path, identity: str) -> Statistics | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = unsealed(place.read_bytes())
        if held["identity"] == identity:
            return list(held["statistics"])
    return None


def _seed(seed: int, step: int, member: int) -> int:
    """Seeds of the streams of members: apart for every step and member."""
    return (seed * 1_000_003 + step) * 1_000_003 + member


def _rows_of(values: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())


def _number(x: float | None) -> float:
    return math.nan if x is None else x


def complete(statistics_: Floats) -> NDArray[np.bool_]:
    """Members [member] of which every row has a number in every repeat; statistics [member, repeat, row]."""
    return np.asarray(np.isfinite(statistics_).all(axis=(1, 2)))


def countable(rows: Sequence[LearntRow], statistics_: Floats) -> NDArray[np.int64]:
    """Rows that have a number in nine of ten runs; statistics [member, repeat, row]."""
    return np.flatnonzero(np.isfinite(statistics_).mean(axis=(0, 1)) >= 0.9)
