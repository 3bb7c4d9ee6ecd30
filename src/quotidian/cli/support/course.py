"""What ``simulate`` was asked for, as a value; how it is followed, and how it is handed over."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quotidian.cli.support.console import RESEARCH_USE, note
from quotidian.cli.support.output import STDOUT
from quotidian.errors import InvalidQuantity, SolverFailed, UnknownName, closest

if TYPE_CHECKING:
    from quotidian.dosing import Regimen
    from quotidian.patients.child import Child
    from quotidian.patients.disease_course import NaturalCourse
    from quotidian.simulation import SimulationResult

USUAL = ("tocilizumab", "il6", "sil6r_total", "crp", "esr", "temperature", "active_joints")
"""Observables told unless others are asked for."""

CHILD_MODELS = ("sjia", "healthy_child", "sjia_detailed")
"""Models in which a child can live; the first is the default."""

BYTES = 32
"""Memory a number takes between the solver and the file: 17 measured for CSV, 27 for Parquet, rounded up."""


@dataclass(frozen=True)
class Course:
    """One child, what it is given, and what is to be told of it.

    Parameters
    ----------
    days, every_hours : outputs from 0 to ``days`` (day), ``every_hours`` (h) apart.
    observables : name to unit, in order.
    marks : what must be said of its doses.
    """

    child: Child
    regimen: Regimen
    model: str
    days: float
    every_hours: float
    observables: dict[str, str]
    scenario: str = ""
    marks: tuple[str, ...] = ()
    natural: NaturalCourse | None = None

    @staticmethod
    def asked(
        *,
        who: tuple[str | None, str | None, str | None, str | None],
        severity: float | None,
        seed: int | None,
        regimen: str,
        model: str,
        weeks: float,
        every_hours: float,
        observables: str,
        scenario: str = "",
        natural: NaturalCourse | None = None,
    ) -> Course:
        """The course that the options describe; ``who`` is age, sex, weight and height.

        Raises
        ------
        ImplausibleChild, RegimenError, UnknownName, ScenarioRefused, InvalidQuantity : options that make
            none.
        """
        from quotidian.cli.support.subject_options import virtual_child
        from quotidian.drugs.catalogue import marks
        from quotidian.drugs.catalogue import regimen as prescribed

        child, given = virtual_child(*who, severity, seed), prescribed(regimen)
        days = 7.0 * weeks
        refuse_sparse(days, every_hours)
        told = chosen(model, observables, scenario, given.drugs)
        return Course(child, given, model, days, every_hours, told, scenario, marks(regimen), natural)

    @property
    def rows(self) -> int:
        """Number of outputs."""
        return math.floor(self.days * 24.0 / self.every_hours + 1e-9) + 1

    @property
    def words(self) -> str:
        """The course in a line."""
        from quotidian.dosing import describe

        weeks = f"{self.days / 7:g} week{'' if self.days == 7 else 's'}"
        model = f"{self.model} ({self.scenario})" if self.scenario else self.model
        return f"{self.child.label}; {model}; {describe(self.regimen)}; {weeks}"


def refuse_too_large(course: Course) -> None:
    """Refuse a course whose table would not fit. Raises StudyTooLarge."""
    from quotidian.cli.support.memory import refuse_beyond

    columns = 1 + len(course.observables)
    what = f"A table of {course.rows:,} rows and {columns} columns"
    remedy = "Ask for a longer --every, fewer --weeks or fewer --observables."
    refuse_beyond(BYTES * course.rows * columns, what, remedy)


def follow(course: Course, threads: int | None) -> SimulationResult:
    """Run it.

    Raises
    ------
    SolverFailed : the solver could not reach the end.
    DoseOutsideBand : the regimen has no dose for the child.
    """
    from quotidian.cli.support.progress import progress
    from quotidian.patients.treatment import simulate

    with progress("Following the child"):
        outcome = simulate(
            course.child,
            course.regimen,
            model=course.model,
            scenario=course.scenario,
            days=course.days,
            every_hours=course.every_hours,
            observables=tuple(course.observables),
            threads=threads,
            natural=course.natural,
        )
    for failure in outcome.failures:
        raise SolverFailed(
            f"The child could not be followed beyond day {failure.reached / 24:.1f}.",
            f"The solver says: {failure.reason}.",
            "Report it with the command: no child that the options can describe should end so.",
        )
    return outcome


def deliver(course: Course, outcome: SimulationResult, output: Path | None) -> None:
    """Write the table where it was asked for, or tell it on the screen; then say what it is."""
    if output is None:
        from quotidian.cli.support.text_summary import show

        show(outcome, course.observables)
        print("\n".join([f"{course.words}.", *course.marks, RESEARCH_USE]))
        return
    from quotidian.cli.support import time_series

    time_series.write(output, outcome, course.observables)
    tell, place = (note, "standard output") if output == STDOUT else (print, str(output))
    tell("\n".join([f"{course.words}; {course.rows} rows to {place}.", *course.marks, RESEARCH_USE]))


def chosen(model: str, names: str, scenario: str = "", drugs: Iterable[str] = ()) -> dict[str, str]:
    """The observables asked for, with their units, each once and in the order asked for.

    ``all`` means those of the model and of these drugs; one of any other drug may be named.

    Raises UnknownName for a model without children, an unknown scenario or an observable it has not,
    ScenarioRefused for scenarios that do not go together.
    """
    from quotidian.models import USUAL as USUAL_DRUGS
    from quotidian.models import model as model_named
    from quotidian.models import observables as all_of

    if model not in CHILD_MODELS:
        what, why = f"No child lives in the model '{model}'.", closest(model, CHILD_MODELS)
        raise UnknownName(what, why, f"Write for example --model {CHILD_MODELS[0]}.")
    own = model_named(model, {*USUAL_DRUGS, *drugs}, scenario=scenario).observables
    known = all_of(model)
    asked = [name.strip() for name in names.split(",")]
    if asked == ["all"]:
        asked = list(own)
    for name in asked:
        if name not in known:
            remedy = f"'quotidian observables {model}' lists them all."
            raise UnknownName(f"There is no observable '{name}' in {model}.", closest(name, known), remedy)
    return {name: known[name].unit for name in asked}


def refuse_sparse(days: float, every_hours: float) -> None:
    """Refuse outputs so far apart that there is but one. Raises InvalidQuantity."""
    if every_hours > 24.0 * days:
        raise InvalidQuantity(
            f"--every asks for a row each {every_hours / 24:g} days in a course of {days:g} days.",
            "There would be no row after the first.",
            "Shorten --every or lengthen --weeks.",
        )
