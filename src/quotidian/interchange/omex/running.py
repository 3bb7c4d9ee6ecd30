"""Run an archive: its master's tasks, and from them its reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import Name, evaluate
from quotidian.interchange.hybrid.clock import shifted
from quotidian.interchange.hybrid.restart import whole_system
from quotidian.interchange.hybrid.run import HybridRun
from quotidian.interchange.hybrid.settling import settled
from quotidian.interchange.hybrid.tolerances import tolerance_for
from quotidian.interchange.omex.archive import Archive, opened_archive
from quotidian.interchange.omex.models import REMEDY, calculated, contents_of, with_settings
from quotidian.interchange.omex.sedml import Calculation, Experiment, Report, Task, TimeCourse, experiment
from quotidian.interchange.omex.xml_tree import tree_of
from quotidian.interchange.petab.objective import Objective, objective
from quotidian.interchange.petab.problem import Problem
from quotidian.interchange.petab.reader import read_petab

Courses: TypeAlias = "list[dict[str, list[float]]]"
"""Values of each quantity by repetition; one of them where nothing is repeated."""
USUAL = {"", "KISAO:0000019", "KISAO:0000088", "KISAO:0000560", "KISAO:0000694", "KISAO:0000696"}
"""CVODE, LSODA and what names no single method: adaptive and stiff, like the method here."""
STAND_IN = {
    f"KISAO:{int(n):07d}"
    for n in (
        "30 31 32 33 64 71 86 87 89 90 91 92 93 94 261 279 280 281 282 283 284 285 286 287 288 290 291 293 "
        "301 304 321 407 408 409 432 433 434 435 436 496"
    ).split()
}
"""Other methods for differential equations and steady states: they converge to the same solution."""


@dataclass(frozen=True)
class ArchiveRun:
    """What an archive gives.

    Attributes
    ----------
    reports : columns by label, by the id of the report; ``label[i]`` for repetition i.
    problem, objective : of a PEtab problem, else None.
    warnings : what was left aside, or replaced.
    """

    reports: Mapping[str, Mapping[str, Sequence[float]]]
    problem: Problem | None = None
    objective: Objective | None = None
    warnings: tuple[str, ...] = ()


def run_archive(source: str | Path) -> ArchiveRun:
    """Run the master file of a COMBINE archive: a SED-ML file or a PEtab problem.

    Raises InvalidInput for a file that is not an archive, could do harm, or needs an unsupported element;
    NotSolvable where a time is not reached.
    """
    with opened_archive(source) as archive:
        master = archive.master()
        if master.endswith((".yaml", ".yml")):
            problem = read_petab(archive.folder / master)
            return ArchiveRun({}, problem, objective(problem), problem.warnings)
        if not ("sed-ml" in archive.formats[master] or master.endswith((".sedml", ".xml"))):
            raise InvalidInput(
                f"The master '{master}' cannot be run.",
                f"Its format is '{archive.formats[master]}'; SED-ML files and PEtab problems are run.",
                "Mark another entry as master.",
            )
        root = tree_of((archive.folder / master).read_bytes(), f"'{master}'")
        return _Run(archive, master, experiment(root)).whole()


class _Run:
    """One run: models and courses are computed once."""

    def __init__(self, archive: Archive, place: str, e: Experiment) -> None:
        self.archive, self.place, self.e = archive, place, e
        self.warnings: dict[str, None] = dict.fromkeys(e.warnings)
        self.courses: dict[str, Courses] = {}

    def whole(self) -> ArchiveRun:
        """All reports; without any, one of all data generators."""
        reports = self.e.reports
        if not reports:
            self.warnings["there is no report; all data generators are written"] = None
            reports = (Report("report", tuple((name, name) for name in self.e.generators)),)
        found = {report.id: self._columns(report) for report in reports}
        return ArchiveRun(found, warnings=tuple(self.warnings))

    def _columns(self, report: Report) -> dict[str, list[float]]:
        columns: dict[str, list[float]] = {}
        for label, name in report.columns:
            if name not in self.e.generators:
                raise InvalidInput(
                    f"There is no data generator '{name}'.", f"Report '{report.id}' names it.", REMEDY
                )
            repeated, values = self._generated(name, self.e.generators[name])
            for i, column in enumerate(values):
                columns[f"{label}[{i}]" if repeated else label] = column
        return columns

    def _generated(self, name: str, c: Calculation) -> tuple[bool, list[list[float]]]:
        """Whether it belongs to a repeated task, and its values by repetition."""
        variables: dict[str, list[list[float]]] = {}
        repeated = False
        for v in c.variables:
            courses = self._course(v.task)
            repeated = repeated or self.e.tasks[v.task].ranges is not None
            quantity = "time" if v.place is None else v.place.quantity
            variables[v.id] = [course[quantity] for course in courses]
        count = max((len(v) for v in variables.values()), default=0)
        return repeated, [
            _pointwise(name, c, {k: v[i if len(v) > 1 else 0] for k, v in variables.items()})
            for i in range(count)
        ]

    def _course(self, name: str) -> Courses:
        if name not in self.courses:
            if name not in self.e.tasks:
                raise InvalidInput(f"There is no task '{name}'.", "A data generator names it.", REMEDY)
            self.courses[name] = self._performed(self.e.tasks[name])
        return self.courses[name]

    # ---- tasks
    def _performed(self, task: Task) -> Courses:
        if task.simulation not in self.e.simulations:
            raise InvalidInput(
                f"There is no simulation '{task.simulation}'.", f"Task '{task.id}' names it.", REMEDY
            )
        asked = self.e.simulations[task.simulation]
        self._note_algorithm(asked)
        model = contents_of(self.archive, self.place, self.e, task.model)
        for warning in model.warnings:
            self.warnings[warning] = None
        wanted = {v.place.quantity for g in self.e.generators.values() for v in g.variables
                  if v.task == task.id and v.place is not None}  # fmt: skip
        known = {*model.quantities, *(r.id for r in model.reactions)}
        for name in sorted(wanted - known):
            raise InvalidInput(
                f"The model '{task.model}' has no '{name}'.", "A data generator reads it.", REMEDY
            )
        clock = shifted(model, asked.begin)
        attributes = {s.place.quantity: s.place.attribute for s in task.settings}
        return [
            _solved(with_settings(clock, values, attributes), asked, sorted(wanted))
            for values in _repetitions(task)
        ]

    def _note_algorithm(self, asked: TimeCourse) -> None:
        if asked.algorithm in USUAL:
            return
        if asked.algorithm not in STAND_IN:
            raise InvalidInput(
                f"The algorithm '{asked.algorithm}' is not known here as one for differential equations.",
                "A stochastic or other method would give other numbers.",
                "Ask for a deterministic one, such as KISAO:0000019.",
            )
        words = f"the algorithm {asked.algorithm} is not available; a Rosenbrock method is used instead"
        self.warnings[words] = None


def _repetitions(task: Task) -> list[dict[str, float]]:
    """The settings of each repetition, by id."""
    if task.ranges is None:
        return [{}]
    main = task.ranges[task.master_range]
    assert not isinstance(main, Calculation)
    found = []
    for i in range(len(main)):
        known: dict[str, float] = {}
        for name, values in task.ranges.items():
            if not isinstance(values, Calculation):
                if i >= len(values):
                    raise InvalidInput(
                        f"The range '{name}' is shorter than '{task.master_range}'.", "", REMEDY
                    )
                known[name] = values[i]
        for name, values in task.ranges.items():
            if isinstance(values, Calculation):
                known[name] = calculated(values, {**known, **values.parameters}, 0)
        found.append({s.place.quantity: calculated(s.value, {**known, **s.value.parameters}, s.line)
                      for s in task.settings if isinstance(s.value, Calculation)})  # fmt: skip
    return found


def _solved(model: Contents, asked: TimeCourse, wanted: list[str]) -> dict[str, list[float]]:
    system = whole_system(model)
    if asked.steps is None:
        run = HybridRun(system, np.array([0.0]), wanted, tolerance_for(1.0, 1e-10))
        run.solve()
        end = settled(run)
        return {"time": [math.nan], **{name: [run.value(name, end)] for name in wanted}}
    width = (asked.end - asked.start) / max(asked.steps, 1)
    times = [asked.start + i * width for i in range(asked.steps)] + [asked.end]
    grid = np.array(times) - asked.begin
    outcome = HybridRun(system, grid, wanted, tolerance_for(float(grid[-1]), 1e-9)).outcome()
    return {"time": times, **{n: outcome.values[0, :, i].tolist() for i, n in enumerate(wanted)}}


def _pointwise(name: str, c: Calculation, variables: Mapping[str, list[float]]) -> list[float]:
    lengths = {len(v) for v in variables.values()}
    if len(lengths) > 1:
        raise InvalidInput(f"The data generator '{name}' mixes courses of different lengths.", "", REMEDY)
    if isinstance(c.formula, Name) and c.formula.name in variables:
        return variables[c.formula.name]
    rows = zip(*variables.values(), strict=True)
    try:
        return [float(evaluate(c.formula, {**c.parameters, **dict(zip(variables, row, strict=True))}))
                for row in rows]  # fmt: skip
    except KeyError as missing:
        raise InvalidInput(
            f"The data generator '{name}' reads {missing}, which has no value.", "", REMEDY
        ) from None
