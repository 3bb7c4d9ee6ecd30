"""The simulation that ``simulate`` requests, as a value; how it is run and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quotidian.errors import InvalidQuantity, SolverFailed
from quotidian.evidence import NO_OVERLAY, Overlay

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotidian.dosing import Regimen
    from quotidian.patients.child import Child
    from quotidian.patients.disease_course import NaturalCourse
    from quotidian.simulation import SimulationResult
    from quotidian.simulation.daily import DaySummary

    Floats = NDArray[np.float64]

BYTES = 32
"""Memory a number takes between the solver and the file: 17 measured for CSV, 27 for Parquet, rounded up."""


@dataclass(frozen=True)
class Course:
    """One child, what it is given, and what is written of it.

    Parameters
    ----------
    regimens : by the text that names them; several are compared.
    days, every_hours : outputs from 0 to ``days`` (day), ``every_hours`` (h) apart.
    observables : name to unit, in order.
    marks : remarks on doses that are not licensed and on values that were set, a line each.
    overlay : values of the ledger that replace those of the files.
    daily : summaries of each day, in place of outputs ``every_hours`` apart.
    """

    child: Child
    regimens: Mapping[str, Regimen]
    model: str
    days: float
    every_hours: float
    observables: dict[str, str]
    scenario: str = ""
    marks: tuple[str, ...] = ()
    natural: NaturalCourse | None = None
    overlay: Overlay = NO_OVERLAY
    daily: tuple[DaySummary, ...] = ()

    @property
    def drugs(self) -> frozenset[str]:
        """Drugs of all regimens."""
        return frozenset[str]().union(*(regimen.drugs for regimen in self.regimens.values()))

    @property
    def compared(self) -> bool:
        """Whether there are several regimens."""
        return len(self.regimens) > 1

    @property
    def times(self) -> Floats:
        """Hours of the outputs, or those from which days are summarised, [time]."""
        from quotidian.simulation import output_hours
        from quotidian.simulation.daily import daily_hours

        if self.daily:
            return daily_hours(self.days, self.daily)
        return output_hours(self.days, self.every_hours)

    @property
    def rows(self) -> int:
        """Number of outputs."""
        from quotidian.simulation import output_count
        from quotidian.simulation.daily import day_count

        if self.daily:
            return day_count(self.days)
        return output_count(self.days, self.every_hours)

    @property
    def hourly(self) -> Floats:
        """Hours of at least one output an hour, [time]: what means and peaks of a summary are taken of."""
        from quotidian.simulation import output_hours

        return output_hours(self.days, min(self.every_hours, 1.0))

    @property
    def words(self) -> str:
        """The course in a line."""
        weeks = f"{self.days / 7:g} week{'' if self.days == 7 else 's'}"
        model = f"{self.model} ({self.scenario})" if self.scenario else self.model
        return f"{self.child.label}; {model}; {' against '.join(self.arms)}; {weeks}"

    @property
    def titles(self) -> tuple[str, ...]:
        """A heading for each regimen where several are compared; else one that is empty."""
        return self.arms if self.compared else ("",)

    @property
    def arms(self) -> tuple[str, ...]:
        """Each regimen in words."""
        from quotidian.dosing import describe

        return tuple(describe(regimen) for regimen in self.regimens.values())


def refuse_too_large(course: Course) -> None:
    """Refuse a course whose table would not fit. Raises StudyTooLarge."""
    from quotidian.cli.support.memory import refuse_beyond, refuse_too_many

    refuse_too_many(course.rows)
    columns, rows = (
        1 + len(course.observables) * max(1, len(course.daily)),
        course.rows * len(course.regimens),
    )
    what = f"A table of {rows:,} rows and {columns} columns"
    remedy = "Ask for a longer --every, fewer --weeks or fewer --observables."
    refuse_beyond(BYTES * rows * columns, what, remedy)


def run(
    course: Course, threads: int | None, times: Floats | None = None, names: Sequence[str] = ()
) -> SimulationResult:
    """Simulate the course once: its table, and the further ``times`` (h) and observables of a chart.

    The subjects of the result are the child on each regimen.

    Raises
    ------
    SolverFailed : the solver could not reach the end.
    DoseOutsideBand : the regimen has no dose for the child.
    """
    import numpy as np

    from quotidian.cli.support.progress import progress
    from quotidian.patients.treatment import simulate

    with progress("Simulating the child"):
        result = simulate(
            [course.child] * len(course.regimens),
            list(course.regimens.values()),
            model=course.model,
            scenario=course.scenario,
            days=course.days,
            times=course.times if times is None else np.union1d(course.times, times),
            observables=dict.fromkeys([*course.observables, *names]),
            threads=threads,
            natural=course.natural,
            overlay=course.overlay,
        )
    for failure in result.failures:
        raise SolverFailed(
            f"The child could not be simulated beyond day {failure.reached / 24:.1f}.",
            f"The solver reports: {failure.reason}.",
            "Report this failure with the command: no child that the options can describe should cause it.",
        )
    return result


def refuse_sparse(days: float, every_hours: float) -> None:
    """Refuse outputs so far apart that there is but one. Raises InvalidQuantity."""
    if every_hours > 24.0 * days:
        raise InvalidQuantity(
            f"--every requests a row every {every_hours / 24:g} days in a course of {days:g} days.",
            "There would be no row after the first.",
            "Shorten --every or lengthen --weeks.",
        )
