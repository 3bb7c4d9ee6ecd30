"""What happens to a child at an instant: an amount is added, an input switched, a state set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ADD, SWITCH, SET = 0, 1, 2


@dataclass(frozen=True)
class Events:
    """Events of many children in one table.

    Attributes
    ----------
    offset : [child + 1] where each child's events begin.
    time : [event] h. kind : ADD to a state, SWITCH an input, SET a state.
    index : [event] of the state or input. value : [event] in the unit of what it acts on.
    """

    offset: NDArray[np.int64]
    time: NDArray[np.float64]
    kind: NDArray[np.int64]
    index: NDArray[np.int64]
    value: NDArray[np.float64]

    @staticmethod
    def none(children: int) -> Events:
        i, f = np.zeros(1, dtype=np.int64), np.zeros(1)
        return Events(np.zeros(children + 1, dtype=np.int64), f, i, i, f)

    @staticmethod
    def of(per_child: Sequence[Sequence[tuple[float, int, int, float]]]) -> Events:
        """From one list of (time, kind, index, value) a child."""
        offset = np.cumsum([0, *map(len, per_child)]).astype(np.int64)
        flat = [event for events in per_child for event in events]
        if not flat:
            return Events.none(len(per_child))
        time, kind, index, value = zip(*flat, strict=True)
        as_int, as_float = (lambda x: np.array(x, dtype=np.int64)), (lambda x: np.array(x, dtype=np.float64))
        return Events(offset, as_float(time), as_int(kind), as_int(index), as_float(value))

    def sorted(self) -> Events:
        """Each child's events in order of time; those of one instant keep their order."""
        child = np.repeat(np.arange(len(self.offset) - 1), np.diff(self.offset))
        n = len(child)
        order = np.lexsort((np.arange(n), self.time[:n], child))
        if n == 0 or np.array_equal(order, np.arange(n)):
            return self
        return Events(self.offset, self.time[order], self.kind[order], self.index[order], self.value[order])

    def within(self, start: float, end: float) -> Events:
        """Only events at or after ``start`` and before ``end``: runs that follow one another share none."""
        n = int(self.offset[-1])
        keep = (self.time[:n] >= start) & (self.time[:n] < end)
        child = np.repeat(np.arange(len(self.offset) - 1), np.diff(self.offset))
        counts = np.bincount(child[keep], minlength=len(self.offset) - 1)
        if not counts.sum():
            return Events.none(len(counts))
        offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        columns = (self.time, self.kind, self.index, self.value)
        return Events(offset, *(column[:n][keep] for column in columns))

    @property
    def arrays(self) -> tuple[NDArray[np.int64] | NDArray[np.float64], ...]:
        return self.offset, self.time, self.kind, self.index, self.value
