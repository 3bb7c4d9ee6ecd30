"""What happens to participants beside their trial drug, as events: the natural course, and daily steroid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH, CompiledModel
from quotidian.simulation import RUN_IN_DAYS, DosingEvent
from quotidian.trials.protocol.design import BACKGROUND

Floats = NDArray[np.float64]
PERIOD_H = 14 * 24.0
"""Length of a period of the natural course, h."""


def course_changes(course: Floats, after_h: float, until_h: float) -> list[list[DosingEvent]]:
    """Changes of the natural course from ``after_h`` to before ``until_h``, by participant.

    ``course`` [participant, period] begins with the run-in.
    """
    hours = -RUN_IN_DAYS * 24.0 + PERIOD_H * np.arange(course.shape[1])
    due = np.flatnonzero((hours >= after_h) & (hours < until_h))
    times = hours[due].tolist()
    return [
        [DosingEvent(t, SWITCH, "course", x) for t, x in zip(times, own, strict=True)]
        for own in course[:, due].tolist()
    ]


def steroid_changes(model: CompiledModel, dose: float, at_h: float) -> list[DosingEvent]:
    """A daily dose of prednisolone from ``at_h`` on, mg/kg/day; none where the model has no such input."""
    if BACKGROUND not in model.model.inputs:
        return []
    return [DosingEvent(at_h, SWITCH, BACKGROUND, dose / 24.0)]
