"""The children of some replicates, marched together from visit to visit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH, Machine, Tolerance
from quotidian.patients.child import Child
from quotidian.patients.following import Following
from quotidian.patients.treatment import RUN_IN_DAYS, parameters

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
    "macrophage_activation",
)
# of a trial: its noise is far above this error, and the check of the tests holds it there
TRIAL_TOLERANCE = Tolerance(rtol=1e-4, atol=1e-6)


@dataclass(kw_only=True)
class Cohort(Following):
    """Children of a trial being followed. ``replicate`` and ``number`` [child] address their luck."""

    replicate: NDArray[np.int64]
    number: NDArray[np.int64]

    @staticmethod
    def begin(
        machine: Machine,
        children: list[Child],
        replicate: NDArray[np.int64],
        number: NDArray[np.int64],
        course: Floats,
        start_h: float,
    ) -> Cohort:
        """Children at ``start_h``; ``course`` [child, period] is their natural course from the run-in on."""
        index = machine.problem.inputs.index("course")
        turns = [-RUN_IN_DAYS * 24.0 + k * PERIOD_H for k in range(course.shape[1])]
        return Cohort(
            machine=machine,
            children=children,
            table=parameters(machine, children),
            doses=[[] for _ in children],
            background=[
                [(t, SWITCH, index, float(xi)) for t, xi in zip(turns, r, strict=True)] for r in course
            ],
            now_h=start_h,
            tolerance=TRIAL_TOLERANCE,
            replicate=replicate,
            number=number,
        )

    def keep(self, chosen: NDArray[np.int64]) -> Self:
        """Only the chosen children, in that order."""
        return replace(super().keep(chosen), replicate=self.replicate[chosen], number=self.number[chosen])


def reading_times(after_h: float, until_h: float) -> Floats:
    """Morning and evening of every day, later than ``after_h`` and up to ``until_h``."""
    days = np.arange(np.floor(after_h / 24) - 1, np.ceil(until_h / 24) + 1)
    times = np.sort(np.concatenate([days * 24 + MORNING, days * 24 + EVENING]))
    return np.asarray(times[(times > after_h) & (times <= until_h)])
