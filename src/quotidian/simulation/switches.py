"""Switches of inputs of many subjects as columns, for events that are too many for a list of each subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH, CompiledModel, Events
from quotidian.simulation.dosing_events import DosingEvent

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Switches:
    """Inputs that are switched to a value, [event] each; events of a subject at one time act in their order.

    Attributes
    ----------
    names : of the inputs. subject : index of the subject. time_h : h. name : index into ``names``.
    value : in the unit of the input.
    """

    names: tuple[str, ...]
    subject: Integers
    time_h: Floats
    name: Integers
    value: Floats

    @staticmethod
    def of(per_subject: Sequence[Sequence[DosingEvent]]) -> Switches:
        """From one list of switches for each subject."""
        flat = list(chain.from_iterable(per_subject))
        names = tuple(sorted({event.target for event in flat}))
        place = {name: i for i, name in enumerate(names)}
        return Switches(
            names,
            np.repeat(np.arange(len(per_subject)), [len(own) for own in per_subject]),
            np.array([event.time_h for event in flat], dtype=np.float64),
            np.array([place[event.target] for event in flat], dtype=np.int64),
            np.array([event.value for event in flat], dtype=np.float64),
        )

    @staticmethod
    def of_input(name: str, times_h: Floats, values: Floats) -> Switches:
        """One input of every subject at ``times_h`` [time], to ``values`` [subject, time]."""
        subjects, times = values.shape
        return Switches(
            (name,), np.repeat(np.arange(subjects), times), np.tile(times_h, subjects),
            np.zeros(values.size, dtype=np.int64), values.ravel(),
        )  # fmt: skip

    def between(self, after_h: float, until_h: float) -> Switches:
        """Only those from ``after_h`` to before ``until_h``."""
        due = (self.time_h >= after_h) & (self.time_h < until_h)
        return Switches(self.names, self.subject[due], self.time_h[due], self.name[due], self.value[due])

    def __add__(self, other: Switches) -> Switches:
        """Both together; at one time those of ``other`` act after these."""
        return Switches(
            self.names + other.names,
            np.concatenate([self.subject, other.subject]),
            np.concatenate([self.time_h, other.time_h]),
            np.concatenate([self.name, other.name + len(self.names)]),
            np.concatenate([self.value, other.value]),
        )

    def listed(self, subject: int) -> tuple[DosingEvent, ...]:
        """The events of one subject."""
        own = np.flatnonzero(self.subject == subject)
        columns = (x[own].tolist() for x in (self.time_h, self.name, self.value))
        return tuple(DosingEvent(t, SWITCH, self.names[n], x) for t, n, x in zip(*columns, strict=True))

    def after(self, doses: Events, model: CompiledModel, subjects: Integers) -> Events:
        """The events ``doses`` of these subjects, [subject], each followed by the subject's own switches.

        Raises InvalidCall for an input that the model does not have.
        """
        row = np.full(max(int(subjects.max(initial=-1)), int(self.subject.max(initial=-1))) + 1, -1)
        row[subjects] = np.arange(len(subjects))
        place = row[self.subject]
        order = np.argsort(place, kind="stable")[int((place < 0).sum()) :]
        counts = np.bincount(place[order], minlength=len(subjects))
        offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        kind = np.full(len(order), SWITCH, dtype=np.int64)
        own = model.event_columns(
            offset, self.time_h[order], kind, self.names, self.name[order], self.value[order]
        )
        both = np.argsort(np.concatenate([doses.subjects, own.subjects]), kind="stable")
        return Events(
            doses.offset + own.offset,
            np.concatenate([doses.time, own.time])[both],
            np.concatenate([doses.kind, own.kind])[both],
            np.concatenate([doses.index, own.index])[both],
            np.concatenate([doses.value, own.value])[both],
        )
