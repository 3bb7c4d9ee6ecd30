"""Events and outputs of all occasions of an event table as columns, as the engine takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.data.event_table import EventTable
from quotidian.engine import CompiledModel
from quotidian.engine.events import Events
from quotidian.errors import StudyTooLarge
from quotidian.simulation.event_timeline import OccasionRun

MOST_ACTIONS = 5_000_000  # doses and records of a table; about 2 GB of memory
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RunColumns:
    """The input of the engine for many occasions.

    Attributes
    ----------
    names : of states and inputs that events act on. occasion : [event] ascending, and those of one occasion
        in order. time : [event] since the first record of the occasion. kind, target, value : [event] kind of
        the engine, place in ``names``, and value.
    owner : [output] occasion of an output, ascending. at : [output] its time, infinite where an event records
        it. row : [output] its row of the table.
    """

    names: tuple[str, ...]
    occasion: Integers
    time: Floats
    kind: Integers
    target: Integers
    value: Floats
    owner: Integers
    at: Floats
    row: Integers

    @staticmethod
    def of(runs: Sequence[OccasionRun], occasions: Integers, names: tuple[str, ...]) -> RunColumns:
        """Runs, one for each of these ``occasions``, as columns."""
        place = {name: number for number, name in enumerate(names)}
        pairs = list(zip(occasions.tolist(), runs, strict=True))
        events = [(o, t, kind, place[n], x) for o, run in pairs for t, kind, n, x in run.events]
        outputs = [(o, *shown) for o, run in pairs for shown in zip(run.times, run.rows, strict=True)]
        e, shown = np.array(events).reshape(-1, 5).T, np.array(outputs).reshape(-1, 3).T
        occasion, kind, target = (e[k].astype(np.int64) for k in (0, 2, 3))
        owner, row = shown[0].astype(np.int64), shown[2].astype(np.int64)
        return RunColumns(names, occasion, e[1], kind, target, e[4], owner, shown[1], row)

    def joined(self, other: RunColumns) -> RunColumns:
        """Both, in order of their occasions; none belongs to both."""
        if not len(other.occasion) and not len(other.owner):
            return self
        event = np.argsort(np.concatenate([self.occasion, other.occasion]), kind="stable")
        output = np.argsort(np.concatenate([self.owner, other.owner]), kind="stable")
        mixed = {
            name: np.concatenate([getattr(self, name), getattr(other, name)])[order]
            for order, names in (
                (event, ("occasion", "time", "kind", "target", "value")), (output, ("owner", "at", "row"))
            )
            for name in names
        }  # fmt: skip
        return RunColumns(self.names, **mixed)

    def events(self, compiled: CompiledModel, occasions: int) -> Events:
        """The events of so many occasions for a run of a model."""
        return compiled.event_columns(
            offsets(self.occasion, occasions), self.time, self.kind, self.names, self.target, self.value
        )

    def places(self, occasions: int) -> Integers:
        """Number of each output within its occasion, [output]."""
        return np.arange(len(self.owner)) - offsets(self.owner, occasions)[self.owner]

    def grid(self, occasions: int) -> Floats:
        """Times of outputs [occasion, output]; infinite beyond the last of an occasion."""
        width = int(np.bincount(self.owner, minlength=occasions).max(initial=1))
        found = np.full((occasions, width), np.inf)
        found[self.owner, self.places(occasions)] = self.at
        return found


def offsets(owner: Integers, owners: int) -> Integers:
    """Where the elements of each owner begin, [owner + 1]; ``owner`` [element] ascends."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=owners))]).astype(np.int64)


def too_many(table: EventTable, row: int) -> StudyTooLarge:
    """The refusal of a table that stands for more than fits, reached at a row."""
    return StudyTooLarge(
        f"'{table.text.name}' stands for more than {MOST_ACTIONS:,} doses and observations.",
        f"That many are reached at row {table.number[row]}, and do not fit into memory.",
        "Split the table by subjects, or write fewer doses.",
    )
