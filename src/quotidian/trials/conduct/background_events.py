"""Events of participants besides their trial drug: natural course, chance events, daily steroid."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH, CompiledModel
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients import chance_events
from quotidian.simulation import RUN_IN_DAYS, DosingEvent, Switches
from quotidian.statistics.streams import Streams
from quotidian.trials.protocol.design import BACKGROUND

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
PERIOD_H = 14 * 24.0
"""Length of a period of the natural course, h."""


def course_changes(course: Floats, after_h: float, until_h: float) -> Switches:
    """Changes of the natural course from ``after_h`` to before ``until_h``, of all participants.

    ``course`` [participant, period] begins with the run-in.
    """
    hours: Floats = -RUN_IN_DAYS * 24.0 + PERIOD_H * np.arange(course.shape[1], dtype=np.float64)
    due = np.flatnonzero((hours >= after_h) & (hours < until_h))
    return Switches.of_input("course", hours[due], course[:, due])


def chance_changes(
    model: CompiledModel, streams: Streams, replicate: Integers, number: Integers, until_h: float,
    overlay: Overlay = NO_OVERLAY,
) -> list[list[DosingEvent]]:  # fmt: skip
    """Infections and other chance events from the run-in to ``until_h`` (h), by participant and time.

    Only events that act on an input of the model are included. Arms share them, because their random
    streams are addressed by replicate, child and period.
    """
    days = until_h / 24.0 + RUN_IN_DAYS
    replaced = overlay.changed(chance_events.ledger())
    drawn = chance_events.drawn(streams, replicate, number, days, -float(RUN_IN_DAYS), replaced)
    return [
        sorted(c.event for c in chance_events.changes(own) if c.input in model.model.inputs) for own in drawn
    ]


def infected(events: list[DosingEvent], after_h: float, until_h: float) -> bool:
    """Whether an infection was present between two hours, from events in order of time."""
    own = [e for e in events[: bisect_left(events, (until_h,))] if e.target == "infection"]
    return bool(own) and (own[-1].time_h >= after_h or own[-1].value > 0.0)


def steroid_changes(model: CompiledModel, dose: float, at_h: float) -> list[DosingEvent]:
    """A daily dose of prednisolone from ``at_h`` on, mg/kg/day; no event if the model has no such input."""
    if BACKGROUND not in model.model.inputs:
        return []
    return [DosingEvent(at_h, SWITCH, BACKGROUND, dose / 24.0)]
