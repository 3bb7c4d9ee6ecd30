"""Names and numbers of a compiled model: the only place where a table is addressed by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.events import RECORD, TO_INPUT, TO_STATE, Events
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.runtime.validation import finite_table
from quotidian.errors import InvalidCall, UnknownName, closest
from quotidian.network import Model

Floats = NDArray[np.float64]
EventByName: TypeAlias = tuple[float, int, str, float]
"""Time (h); ADD, SET, MULTIPLY, SWITCH, RAMP or RECORD; name of the state or input ("" to RECORD); value."""


class NamedTables:
    """Tables of a model, [subject, ...], read and written by the names of their columns."""

    model: Model
    ode_system: OdeSystem

    def parameters(self, subjects: int, overrides: Mapping[str, float | Floats] | None = None) -> Floats:
        """Parameter table [subject, parameter]: the model's values, with ``overrides`` by name.

        Raises UnknownName for an unknown name, InvalidInput for a value that is not finite.
        """
        table = np.tile([self.model.constants[n] for n in self.ode_system.parameters], (subjects, 1))
        for name, value in (overrides or {}).items():
            self.parameter(table, name)[:] = value
        return finite_table("parameter", table, subjects, self.ode_system.parameters)

    def parameter(self, table: Floats, name: str) -> Floats:
        """One parameter of a parameter table as a view, [subject]: writing to it changes the table.

        Raises UnknownName for an unknown name.
        """
        return table[:, self._place("parameter", name)]

    def has_parameter(self, name: str) -> bool:
        """Whether the model has a parameter of that name."""
        return name in self._places["parameter"]

    def has_target(self, name: str) -> bool:
        """Whether the model has a state or an input of that name, on which an event can act."""
        return name in self._places["state"] or name in self._places["input"]

    def state(self, states: Floats, name: str) -> Floats:
        """One state of a table of states as a view, [subject]. Raises UnknownName."""
        return states[:, self._place("state", name)]

    def input(self, inputs: Floats, name: str) -> Floats:
        """One input of a table of inputs as a view, [subject]. Raises UnknownName."""
        return inputs[:, self._place("input", name)]

    def named_parameters(self, row: Floats) -> dict[str, float]:
        """Parameters of one subject by name, from its row of a parameter table."""
        return dict(zip(self.ode_system.parameters, map(float, row), strict=True))

    def named_states(self, row: Floats) -> dict[str, float]:
        """States of one subject by name, from its row of a table of states."""
        return dict(zip(self.ode_system.states, map(float, row), strict=True))

    def states_of(self, value: Callable[[str], float]) -> Floats:
        """Table of states of one subject, [1, state], from the value of each name."""
        return np.array([[value(name) for name in self.ode_system.states]])

    def inputs_of(self, value: Callable[[str], float]) -> Floats:
        """Table of inputs of one subject, [1, input], from the value of each name."""
        return np.array([[value(name) for name in self.ode_system.inputs]]).reshape(1, -1)

    def parameters_from(self, other: NamedTables, table: Floats) -> Floats:
        """The parameter table of this model, whose parameters ``other`` contains, from that of ``other``.

        Raises UnknownName for a parameter that ``other`` lacks.
        """
        places = [other._place("parameter", name) for name in self.ode_system.parameters]
        return np.ascontiguousarray(table[:, places])

    def events(self, per_subject: Sequence[Sequence[EventByName]]) -> Events:
        """Events by name as a table for :meth:`CompiledModel.run`, one list for each subject.

        Raises UnknownName for an unknown state or input, InvalidCall for an unknown kind.
        """
        states, inputs = self._places["state"], self._places["input"]
        places = {**dict.fromkeys(TO_STATE, states), **dict.fromkeys(TO_INPUT, inputs), RECORD: {"": 0}}
        try:
            return Events.of(
                [[(time, kind, places[kind][name], value) for time, kind, name, value in events]
                 for events in per_subject]
            )  # fmt: skip
        except KeyError:
            return self._refuse_event(per_subject)

    def event_columns(
        self, offset: NDArray[np.int64], time: Floats, kind: NDArray[np.int64], names: Sequence[str],
        target: NDArray[np.int64], value: Floats,
    ) -> Events:  # fmt: skip
        """Events as whole columns [event]; ``target`` is an index into ``names``.

        Raises InvalidCall for an event whose kind does not act on its target.
        """
        index = np.zeros(len(time), dtype=np.int64)
        for kinds, places in ((TO_STATE, self._places["state"]), (TO_INPUT, self._places["input"])):
            own = np.isin(kind, kinds)
            index[own] = np.array([places.get(name, -1) for name in names], dtype=np.int64)[target[own]]
        found = Events(offset, time, kind, index, value)
        return found.fitting(len(offset) - 1, len(self.ode_system.states), len(self.ode_system.inputs))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the equations: models that share it give the same numbers."""
        return self.ode_system.fingerprint

    @cached_property
    def _places(self) -> dict[str, dict[str, int]]:
        """Number of each column by name, for each kind of table."""
        p = self.ode_system
        return {
            kind: {name: i for i, name in enumerate(names)}
            for kind, names in (("parameter", p.parameters), ("state", p.states), ("input", p.inputs))
        }

    def _place(self, kind: str, name: str) -> int:
        known = self._places[kind]
        if name not in known:
            raise UnknownName(f"{self.model.name} has no {kind} '{name}'.", closest(name, known))
        return known[name]

    def _refuse_event(self, per_subject: Sequence[Sequence[EventByName]]) -> Events:
        """Raise for the first event that fits no state or input."""
        for _, kind, name, _ in (event for events in per_subject for event in events):
            if kind not in (*TO_STATE, *TO_INPUT):
                break
            self._place("state" if kind in TO_STATE else "input", name)
        raise InvalidCall(
            f"An event of kind {kind} with the target '{name}' is unknown.",
            "ADD, SET and MULTIPLY act on a state, SWITCH and RAMP on an input, RECORD on neither.",
            "Use one of these kinds.",
        )
