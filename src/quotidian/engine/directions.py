"""Directions of differentiation: seeds in parameters, initial values, inputs and doses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.errors import InvalidCall, UnknownName, closest

Floats = NDArray[np.float64]
BY_SUBJECT = ("parameters", "states", "inputs", "slopes", "pending")
BY_EVENT = ("events", "times")


@dataclass(frozen=True)
class Directions:
    r"""Named directions; each gives the derivatives of all inputs of a run by one scalar :math:`s`.

    Attributes
    ----------
    names : [direction].
    parameters : :math:`dp / ds`, [subject, direction, parameter] or an array that broadcasts to it.
    states : :math:`dy_0 / ds` in addition to the effect of the parameters, [subject, direction, state].
    inputs, slopes : :math:`du_0 / ds` and that of the inputs' slopes, [subject, direction, input].
    events : :math:`d\,value / ds` of each event in the table of events, [event, direction].
    times : :math:`dt / ds` of the instant of each event, [event, direction]: a lag moves all events of a
        dose, a duration the end of an infusion.
    pending : :math:`dt / ds` of each action of a trigger that is due, [subject, direction, action].
    """

    names: tuple[str, ...]
    parameters: ArrayLike = 0.0
    states: ArrayLike = 0.0
    inputs: ArrayLike = 0.0
    events: ArrayLike = 0.0
    slopes: ArrayLike = 0.0
    times: ArrayLike = 0.0
    pending: ArrayLike = 0.0

    @staticmethod
    def along(names: Sequence[str], system: OdeSystem, model: str) -> Directions:
        """A unit vector for each name: a parameter, or a state for its initial value.

        Raises UnknownName for a name that is neither.
        """
        columns = (*system.parameters, *system.states)
        for name in names:
            if name not in columns:
                raise UnknownName(f"{model} has no parameter or state '{name}'.", closest(name, columns))
        unit = np.eye(len(columns))[[columns.index(name) for name in names]]
        cut = len(system.parameters)
        return Directions(tuple(names), unit[:, :cut], unit[:, cut:])

    def table(self, what: str, subjects: int, width: int) -> Floats:
        """One of the tables by subject, such as ``states``, as [subject, direction, width]."""
        return self._filled(what, (subjects, len(self.names), width))

    def event_table(self, what: str, events: int) -> Floats:
        """``events`` or ``times`` as [event, direction]."""
        return self._filled(what, (events, len(self.names)))

    def whole(self, subjects: int, system: OdeSystem, events: int, actions: int = 0) -> Directions:
        """The same directions with every table broadcast to its full shape."""
        widths = {"parameters": len(system.parameters), "states": len(system.states)}
        widths |= dict.fromkeys(("inputs", "slopes"), len(system.inputs)) | {"pending": actions}
        tables = {what: self.table(what, subjects, width) for what, width in widths.items()}
        tables |= {what: self.event_table(what, events) for what in BY_EVENT}
        return Directions(self.names, **tables)

    def of(self, subjects: NDArray[np.bool_], events: NDArray[np.bool_]) -> Directions:
        """Rows of some subjects and of their events."""
        rows = {x: np.asarray(getattr(self, x))[subjects] for x in BY_SUBJECT}
        rows |= {x: np.asarray(getattr(self, x))[events] for x in BY_EVENT}
        return Directions(self.names, **rows)

    def _filled(self, what: str, shape: tuple[int, ...]) -> Floats:
        """Raises InvalidCall for seeds of another shape, and for seeds that are not finite."""
        given = np.asarray(getattr(self, what), dtype=np.float64)
        try:
            table = np.array(np.broadcast_to(given, shape), order="C")
        except ValueError:
            raise InvalidCall(
                f"The {what} of the directions have the shape {' x '.join(map(str, given.shape))}.",
                f"They must fit {' x '.join(map(str, shape))}.",
                "Give a row for each direction, and for each subject where subjects differ.",
            ) from None
        if not np.all(np.isfinite(table)):
            raise InvalidCall(
                f"The {what} of the directions are not all finite.",
                "Derivatives in such a direction are not defined.",
                "Give finite numbers; 0 for what is constant.",
            )
        return table


def directions_of(given: Sequence[str] | Directions, system: OdeSystem, model: str) -> Directions:
    """Turn names into unit vectors; return directions unchanged.

    Raises UnknownName as :meth:`Directions.along` does, InvalidCall where there is no direction.
    """
    found = given if isinstance(given, Directions) else Directions.along(given, system, model)
    if not found.names:
        raise InvalidCall(
            "There is no direction of differentiation.",
            "with_respect_to is empty.",
            "Name at least one parameter or state, or use CompiledModel.run.",
        )
    return found
