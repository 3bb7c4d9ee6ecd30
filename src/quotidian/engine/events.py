"""What happens to a subject at an instant: an amount is added, an input switched, a state set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine.abi import ADD, MULTIPLY, RAMP, RECORD, SET, SWITCH
from quotidian.errors import InvalidCall

__all__ = ["ADD", "MULTIPLY", "RAMP", "RECORD", "SET", "SWITCH", "Events"]
TO_STATE, TO_INPUT = (ADD, SET, MULTIPLY), (SWITCH, RAMP)


@dataclass(frozen=True)
class Events:
    """Events of many subjects in one table.

    Attributes
    ----------
    offset : [subject + 1] where each subject's events begin.
    time : [event] h. kind : ADD to a state, SET it or MULTIPLY it by the value; SWITCH an input to the value,
        or RAMP it: from there on it moves by the value each hour, until its next SWITCH or RAMP. RECORD
        writes the next output, as it is after the events before it of that instant; index and value are 0.
    index : [event] of the state or input. value : [event] in the unit of what it acts on (per h for a RAMP).
    """

    offset: NDArray[np.int64]
    time: NDArray[np.float64]
    kind: NDArray[np.int64]
    index: NDArray[np.int64]
    value: NDArray[np.float64]

    @staticmethod
    def none(subjects: int) -> Events:
        """No event for any subject."""
        return Events.of([[]] * subjects)

    @staticmethod
    def of(per_subject: Sequence[Sequence[tuple[float, int, int, float]]]) -> Events:
        """From one list of (time, kind, index, value) per subject."""
        offset = np.cumsum([0, *map(len, per_subject)], dtype=np.int64)
        flat = [event for events in per_subject for event in events]
        time, kind, index, value = zip(*flat, strict=True) if flat else ((), (), (), ())
        return Events(offset, _floats(time), _integers(kind), _integers(index), _floats(value))

    def fitting(self, subjects: int, states: int, inputs: int) -> Events:
        """The same events, if they fit the numbers of subjects, states and inputs of a model.

        Raises InvalidCall naming the first event that does not.
        """
        counts, n = np.diff(self.offset), int(self.offset[-1])
        columns = (self.time, self.kind, self.index, self.value)
        if (
            len(counts) != subjects
            or self.offset[0]
            or np.any(counts < 0)
            or {len(c) for c in columns} != {n}
        ):
            raise InvalidCall(
                f"The events are not those of the {subjects} subjects of the run.",
                f"Offsets name {len(counts)} subjects and {n} events; columns hold {len(self.time)}.",
                "Build them with Events.of, one list for each subject, empty where nothing happens.",
            )
        to_state, to_input = np.isin(self.kind, TO_STATE), np.isin(self.kind, TO_INPUT)
        records = (self.kind == RECORD) & (self.value == 0.0)
        targets = np.where(to_state, states, np.where(to_input, inputs, np.where(records, 1, 0)))
        fits = (self.index >= 0) & (self.index < targets) & np.isfinite(self.time) & np.isfinite(self.value)
        if not np.all(fits):
            self._refuse(int(np.flatnonzero(~fits)[0]), states, inputs)
        time, kind, index, value = columns
        return Events(
            _integers(self.offset), _floats(time), _integers(kind), _integers(index), _floats(value)
        )

    def _refuse(self, event: int, states: int, inputs: int) -> None:
        subject = int(self.subjects[event])
        raise InvalidCall(
            f"Event {event - self.offset[subject]} of subject {subject} cannot be carried out: time "
            f"{self.time[event]:g} h, kind {self.kind[event]}, index {self.index[event]}, "
            f"value {self.value[event]:g}.",
            f"ADD ({ADD}), SET ({SET}) and MULTIPLY ({MULTIPLY}) take the index of one of {states} states, "
            f"SWITCH ({SWITCH}) and RAMP ({RAMP}) that of one of {inputs} inputs, RECORD ({RECORD}) neither; "
            "time and value must be finite.",
            "Look the index up with ode_system.states.index or ode_system.inputs.index of the model.",
        )

    @property
    def subjects(self) -> NDArray[np.int64]:
        """Number of the subject of each event, [event]."""
        return np.repeat(np.arange(len(self.offset) - 1), np.diff(self.offset))

    def sorted(self) -> Events:
        """Sort the events of each subject by time; those of one instant keep their order."""
        order = np.lexsort((self.time, self.subjects))
        return Events(self.offset, self.time[order], self.kind[order], self.index[order], self.value[order])

    def of_subjects(self, chosen: NDArray[np.bool_]) -> Events:
        """Only the events of the chosen subjects, [subject]."""
        keep = chosen[self.subjects]
        offset = np.concatenate([[0], np.cumsum(np.diff(self.offset)[chosen])]).astype(np.int64)
        return Events(offset, self.time[keep], self.kind[keep], self.index[keep], self.value[keep])

    def within(self, start: float, end: float) -> Events:
        """Only events at or after ``start`` and before ``end``, so that consecutive runs share none."""
        keep = (self.time >= start) & (self.time < end)
        counts = np.bincount(self.subjects[keep], minlength=len(self.offset) - 1)
        offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Events(offset, self.time[keep], self.kind[keep], self.index[keep], self.value[keep])


def _floats(column: ArrayLike) -> NDArray[np.float64]:
    return np.ascontiguousarray(column, dtype=np.float64)


def _integers(column: ArrayLike) -> NDArray[np.int64]:
    return np.ascontiguousarray(column, dtype=np.int64)
