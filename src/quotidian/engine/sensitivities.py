"""Sensitivities: derivatives of the results of a run in each direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.directions import Directions
from quotidian.engine.events import Events
from quotidian.engine.outcome import BY_SUBJECT, Failure, Outcome
from quotidian.engine.runtime.kernel_call import TangentKernelCall, TangentTriggerKernelCall

Floats = NDArray[np.float64]
BLOCK = 4  # directions that are computed at once
WIDEST = 4 * BLOCK  # directions of a row, which share the run


@dataclass(frozen=True)
class Sensitivities:
    r"""Derivatives :math:`\partial x / \partial s` of a run in each direction, for the steps that it took.

    Attributes
    ----------
    outcome : the run, bit for bit that of :meth:`CompiledModel.run`.
    directions : what it was differentiated by.
    values : [subject, direction, time, observable]; not-a-number where the outcome's is.
    states, inputs, slopes : [subject, direction, ...] at the end.
    pending : of the instant at which each action of a trigger is due, [subject, direction, action].
    crossings : of the instants in the outcome's ``watched.time``, [subject, direction, crossing].
    """

    outcome: Outcome
    directions: Directions
    values: Floats
    states: Floats
    inputs: Floats
    slopes: Floats
    pending: Floats
    crossings: Floats

    def __getitem__(self, place: tuple[str, str]) -> Floats:
        """Derivative of an observable in a direction, [subject, time]: ``found["x", "k"]``."""
        observable, direction = place
        column = self.outcome.names.index(observable)
        return self.values[:, self.directions.names.index(direction), :, column]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Subjects that did not reach the end, and those with a derivative that is not finite."""
        lost = {failure.subject for failure in self.outcome.failures}
        sound = np.isfinite(self.states).all(axis=(1, 2)) & (
            np.isfinite(self.values) | ~np.isfinite(self.outcome.values[:, None])
        ).all(axis=(1, 2, 3))
        infinite = [int(subject) for subject in np.flatnonzero(~sound) if subject not in lost]
        reached = self.outcome.reached
        more = [
            Failure(subject, float(reached[subject]), "a derivative was not finite") for subject in infinite
        ]
        return tuple(sorted((*self.outcome.failures, *more), key=lambda failure: failure.subject))

    def onward(self, events: Floats | float = 0.0) -> Directions:
        """The same directions at the end of this run, for the run that continues it."""
        d = self.directions
        pending: Floats | float = self.pending if self.pending.shape[2] else 0.0
        return Directions(
            d.names, d.parameters, self.states, self.inputs, events, self.slopes, pending=pending
        )


@dataclass(frozen=True)
class Layout:
    """Distribution of directions over rows: a row is a subject with ``width`` directions, padded with zeros.

    Values are computed once a row for all of its directions, so one wide row is faster than several rows. The
    directions of a row are computed in ``blocks``.
    """

    subjects: int
    directions: int

    @property
    def rows(self) -> int:
        """Rows of each subject."""
        return -(-self.directions // WIDEST)

    @property
    def blocks(self) -> int:
        """Blocks of each row."""
        return -(-self.directions // (self.rows * BLOCK))

    @property
    def block(self) -> int:
        """Directions of each block."""
        return -(-self.directions // (self.rows * self.blocks))

    @property
    def width(self) -> int:
        return self.blocks * self.block

    def spread(self, table: Floats) -> Floats:
        """[subject, direction, item] to [row, width, item]."""
        room = np.zeros((self.subjects, self.rows * self.width, table.shape[2]))
        room[:, : self.directions] = table
        return room.reshape(self.subjects * self.rows, self.width, table.shape[2])

    def gather(self, rows: Floats) -> Floats:
        """[row, width, ...] to [subject, direction, ...]."""
        whole = rows.reshape(self.subjects, self.rows * self.width, *rows.shape[2:])
        return np.ascontiguousarray(whole[:, : self.directions]) + 0.0  # so that no 0 has a sign

    def repeated(self, table: Floats) -> Floats:
        """[subject, item] to [row, item]."""
        return np.repeat(table, self.rows, axis=0)

    def events(
        self, given: Events, seeds: Sequence[Floats], begin: float, end: float
    ) -> tuple[Events, list[Floats]]:
        """Events [row] between ``begin`` and ``end`` in order of time, and tangents [event, width].

        ``seeds`` are tables of tangents of the given events, [event, direction].
        """
        numbered = replace(given, value=np.arange(len(given.value), dtype=np.float64))
        kept = numbered.sorted().within(begin, end)
        counts = np.repeat(np.diff(kept.offset), self.rows)
        offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        first = np.repeat(np.asarray(kept.offset[:-1]), self.rows)
        order = kept.value.astype(np.int64)[np.arange(offset[-1]) + np.repeat(first - offset[:-1], counts)]
        row = np.repeat(np.tile(np.arange(self.rows), len(kept.offset) - 1), counts)
        columns = (given.time, given.kind, given.index, given.value)
        time, kind, index, value = (column[order] for column in columns)
        return Events(offset, time, kind, index, value), [self._of_rows(table)[order, row] for table in seeds]

    def _of_rows(self, seeds: Floats) -> Floats:
        """[event, direction] to [event, row, width]."""
        room = np.zeros((len(seeds), self.rows * self.width))
        room[:, : self.directions] = seeds
        return room.reshape(len(seeds), self.rows, self.width)


def gather_rows(
    call: TangentKernelCall, layout: Layout, model: str, names: tuple[str, ...], directions: Directions
) -> Sensitivities:
    """Rows of a kernel call as the tangents of a run."""
    whole = call.outcome(model, names)
    first: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(whole, name)[:: layout.rows]) for name in BY_SUBJECT
    }
    watched = None if whole.watched is None else whole.watched.every(layout.rows)
    outcome = Outcome(model, whole.times, names, **first, watched=watched)
    values = layout.gather(call.output_dot.transpose(0, 2, 1, 3))
    states, inputs = layout.gather(call.states_dot), layout.gather(call.inputs_dot)
    if isinstance(call, TangentTriggerKernelCall):
        moved = [x.transpose(0, 2, 1) for x in (call.pending_dot, call.crossing_time_dot)]
    else:
        moved = [np.zeros((len(call.states_dot), layout.width, 0))] * 2
    return Sensitivities(
        outcome, directions, values, states, inputs, np.zeros_like(inputs), *map(layout.gather, moved)
    )
