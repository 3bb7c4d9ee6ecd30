"""What a differentiated run gave: the run itself, and how each number of it moves in each direction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.directions import Directions
from quotidian.engine.events import Events
from quotidian.engine.outcome import BY_CHILD, Failure, Outcome
from quotidian.engine.runtime.kernel_call import TangentKernelCall

Floats = NDArray[np.float64]
WIDEST = 4  # directions a row: more would gain little and compile long


@dataclass(frozen=True)
class Sensitivities:
    r"""Derivatives :math:`\partial x / \partial s` of a run in each direction, at the steps that it took.

    Attributes
    ----------
    outcome : the run, bit for bit that of :meth:`CompiledModel.run`.
    directions : what it was differentiated by.
    values : [child, direction, time, observable]; not-a-number where the outcome's is.
    states, inputs, slopes : [child, direction, ...] at the end.
    """

    outcome: Outcome
    directions: Directions
    values: Floats
    states: Floats
    inputs: Floats
    slopes: Floats

    def __getitem__(self, place: tuple[str, str]) -> Floats:
        """Derivative of an observable in a direction, [child, time]: ``tangents["x", "k"]``."""
        observable, direction = place
        column = self.outcome.names.index(observable)
        return self.values[:, self.directions.names.index(direction), :, column]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Children that did not reach the end, and those a derivative of which is not finite."""
        lost = {failure.child for failure in self.outcome.failures}
        sound = np.isfinite(self.states).all(axis=(1, 2)) & (
            np.isfinite(self.values) | ~np.isfinite(self.outcome.values[:, None])
        ).all(axis=(1, 2, 3))
        endless = [int(child) for child in np.flatnonzero(~sound) if child not in lost]
        reached = self.outcome.reached
        more = [Failure(child, float(reached[child]), "a derivative was not finite") for child in endless]
        return tuple(sorted((*self.outcome.failures, *more), key=lambda failure: failure.child))

    def onward(self, events: Floats | float = 0.0) -> Directions:
        """The same directions from the end of this run on, for the run that continues it."""
        d = self.directions
        return Directions(d.names, d.parameters, self.states, self.inputs, events, self.slopes)


@dataclass(frozen=True)
class Layout:
    """How directions share out into rows: a row is a child with ``width`` directions, padded with zeros.

    Values are computed once a row for all of its directions, so a wide row is cheaper than many rows.
    """

    children: int
    directions: int

    @property
    def rows(self) -> int:
        """Rows of each child."""
        return -(-self.directions // WIDEST)

    @property
    def width(self) -> int:
        return -(-self.directions // self.rows)

    def spread(self, table: Floats) -> Floats:
        """[child, direction, item] to [row, width, item]."""
        room = np.zeros((self.children, self.rows * self.width, table.shape[2]))
        room[:, : self.directions] = table
        return room.reshape(self.children * self.rows, self.width, table.shape[2])

    def gather(self, rows: Floats) -> Floats:
        """[row, width, ...] to [child, direction, ...]."""
        whole = rows.reshape(self.children, self.rows * self.width, *rows.shape[2:])
        return np.ascontiguousarray(whole[:, : self.directions])

    def repeated(self, table: Floats) -> Floats:
        """[child, item] to [row, item]."""
        return np.repeat(table, self.rows, axis=0)

    def events(self, given: Events, seeds: Floats, begin: float, end: float) -> tuple[Events, Floats]:
        """Events [row] between ``begin`` and ``end`` in order of time, and tangents [event, width].

        ``seeds`` are those of the given events, [event, direction].
        """
        numbered = replace(given, value=np.arange(len(given.value), dtype=np.float64))
        kept = numbered.sorted().within(begin, end)
        spans = [kept.value[a:z].astype(np.int64) for a, z in pairwise(kept.offset)]
        nothing = np.zeros(0, np.int64)
        order = np.concatenate([nothing, *(np.tile(span, self.rows) for span in spans)])
        row = np.concatenate([nothing, *(np.repeat(np.arange(self.rows), len(span)) for span in spans)])
        room = np.zeros((len(seeds), self.rows * self.width))
        room[:, : self.directions] = seeds
        moves = room.reshape(len(seeds), self.rows, self.width)[order, row]
        counts = np.repeat(np.diff(kept.offset), self.rows)
        offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        columns = (given.time, given.kind, given.index, given.value)
        time, kind, index, value = (column[order] for column in columns)
        return Events(offset, time, kind, index, value), np.ascontiguousarray(moves)


def gathered(
    job: TangentKernelCall, layout: Layout, model: str, names: tuple[str, ...], directions: Directions
) -> Sensitivities:
    """Rows of a job as the tangents of a run."""
    whole = job.outcome(model, names)
    first: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(whole, name)[:: layout.rows]) for name in BY_CHILD
    }
    outcome = Outcome(model, whole.times, names, **first)
    values = layout.gather(job.output_dot.transpose(0, 2, 1, 3))
    states, inputs = layout.gather(job.states_dot), layout.gather(job.inputs_dot)
    return Sensitivities(outcome, directions, values, states, inputs, np.zeros_like(inputs))
