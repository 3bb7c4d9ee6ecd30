"""The children of some replicates, marched together from visit to visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH, Events, Machine, Outcome, Tolerance
from quotidian.patients.child import Child
from quotidian.patients.treatment import RUN_IN_DAYS, Happening, parameters

Floats = NDArray[np.float64]
MORNING, EVENING = 8.0, 18.0  # clock times of temperature readings; visits are in the morning
PERIOD_H = 14 * 24.0  # of the natural course
WATCHED = (
    "temperature",
    "crp",
    "esr",
    "physician_global",
    "parent_global",
    "chaq",
    "active_joints",
    "limited_joints",
    "tocilizumab",
)
# of a trial: its noise is far above this error, and the check of the tests holds it there
TRIAL_TOLERANCE = Tolerance(rtol=1e-4, atol=1e-6)


@dataclass
class Cohort:
    """Children being followed. ``replicate`` and ``number`` [child] address their luck.

    ``doses`` holds each child's events to come; ``states`` and ``inputs`` are where the last stage ended.
    """

    machine: Machine
    children: list[Child]
    replicate: NDArray[np.int64]
    number: NDArray[np.int64]
    course: Floats
    doses: list[list[Happening]]
    now_h: float
    table: Floats
    states: Floats | None = None
    inputs: Floats | None = None
    course_lead_h: float = RUN_IN_DAYS * 24.0

    @staticmethod
    def begin(
        machine: Machine,
        children: list[Child],
        replicate: NDArray[np.int64],
        number: NDArray[np.int64],
        course: Floats,
        start_h: float,
    ) -> Cohort:
        table = parameters(machine, children)
        return Cohort(machine, children, replicate, number, course, [[] for _ in children], start_h, table)

    def keep(self, chosen: NDArray[np.int64]) -> Cohort:
        """Only the chosen children, in that order."""
        assert self.states is not None and self.inputs is not None
        return Cohort(
            self.machine,
            [self.children[i] for i in chosen],
            self.replicate[chosen],
            self.number[chosen],
            self.course[chosen],
            [self.doses[i] for i in chosen],
            self.now_h,
            self.table[chosen],
            self.states[chosen],
            self.inputs[chosen],
        )

    def proceed(
        self,
        until_h: float,
        times: Floats,
        names: Sequence[str] = WATCHED,
        threads: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Outcome:
        """March to ``until_h`` and remember where everyone stands."""
        index = self.machine.problem.inputs.index("course")
        origin = -self.course_lead_h
        turns = [origin + k * PERIOD_H for k in range(self.course.shape[1])]
        events = [
            doses + [(t, SWITCH, index, float(xi)) for t, xi in zip(turns, row, strict=True)]
            for doses, row in zip(self.doses, self.course, strict=True)
        ]
        outcome = self.machine.run(
            self.table,
            times,
            events=Events.of(events),
            observables=names,
            start=self.now_h,
            end=until_h,
            states=self.states,
            inputs=self.inputs,
            tolerance=TRIAL_TOLERANCE,
            threads=threads,
            progress=progress,
        )
        self.states, self.inputs, self.now_h = outcome.states, outcome.inputs, until_h
        return outcome


def reading_times(after_h: float, until_h: float) -> Floats:
    """Morning and evening of every day, later than ``after_h`` and up to ``until_h``."""
    days = np.arange(np.floor(after_h / 24) - 1, np.ceil(until_h / 24) + 1)
    times = np.sort(np.concatenate([days * 24 + MORNING, days * 24 + EVENING]))
    return np.asarray(times[(times > after_h) & (times <= until_h)])
