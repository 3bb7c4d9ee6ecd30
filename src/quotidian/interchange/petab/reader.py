"""Read a PEtab problem of version 1 or 2."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from quotidian.errors import InvalidData, closest
from quotidian.interchange.formula import Formula, names, substituted
from quotidian.interchange.petab import version_1, version_2
from quotidian.interchange.petab.problem import Experiment, Measurement, Observable, Parameter, Problem
from quotidian.interchange.petab.problem_file import Files, files_of
from quotidian.interchange.petab.tables import Row, rows_of
from quotidian.interchange.sbml_contents import Reader
from quotidian.interchange.sbml_document import opened


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


def read_petab(source: str | Path) -> Problem:
    """The PEtab problem in a YAML file.

    Raises InvalidData naming file, line and column of what cannot be used; InvalidInput for an SBML file
    that is not supported.
    """
    files = files_of(source)
    contents = {name: Reader(opened(path)).contents() for name, path in files.models.items()}
    aliases = version_2.aliases(files.tables["mapping"])
    models = {name: version_2.mapped(c, aliases) for name, c in contents.items()}
    version = version_1 if files.version == 1 else version_2
    observables = _by_id(
        version.observable(row)
        for row in rows_of(files.tables["observable"], ("observableId", "observableFormula", "noiseFormula"))
    )
    parameters = _by_id(
        _parameter(row, files.version)
        for row in rows_of(files.tables["parameter"], ("parameterId", "estimate"))
    )
    measured = [*rows_of(files.tables["measurement"], ("observableId", "time", "measurement"))]
    stated = version.experiments(files.tables, measured)
    experiments = {name: experiment.renamed(aliases) for name, experiment in stated.items()}
    measurements = tuple(_measurement(row, files, observables, experiments) for row in measured)
    warnings = tuple(w for c in models.values() for w in c.warnings)
    own = {name for c in models.values() for name in c.quantities}.union(parameters)
    observables = {name: _whole_noise(o, observables, own) for name, o in observables.items()}
    problem = Problem(
        files.version, models, parameters, observables, experiments, measurements, warnings, aliases
    )
    for refusal in (*_stated_twice(problem), *_unknown(problem)):
        raise refusal
    return problem


def _stated_twice(problem: Problem) -> Iterator[InvalidData]:
    """Refusals of parameters of which the mapping table says that they are one."""
    for alias, target in problem.aliases.items():
        if alias in problem.parameters and target in problem.parameters:
            yield InvalidData(
                f"'{alias}' and '{target}' are two parameters.",
                "The mapping table states that they are the same quantity.",
                "Remove one of the rows of the parameter table.",
            )  # fmt: skip


def _whole_noise(o: Observable, others: Mapping[str, Observable], own: Container[str]) -> Observable:
    """With formulas in place of the observables that its noise reads by their ids."""

    def formula(name: str) -> Formula | None:
        return others[name].formula if name in others and name not in own else None

    return replace(o, noise=substituted(o.noise, formula))


def _by_id(items: Iterable[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for item in items:
        if item.id in found:
            raise InvalidData(f"'{item.id}' is defined twice.", "Each id has one row.", "Remove one of them.")
        found[item.id] = item
    return found


def _parameter(row: Row, version: int) -> Parameter:
    estimated = row.truth("estimate")
    scale = row.chosen("parameterScale", ("lin", "log", "log10")) if version == 1 else "lin"
    return Parameter(
        id=row.text("parameterId"),
        nominal=row.number("nominalValue") if row.cells.get("nominalValue") else math.nan,
        lower=row.number("lowerBound", None if estimated else "-inf"),
        upper=row.number("upperBound", None if estimated else "inf"),
        estimated=estimated,
        scale=scale,
        prior=(version_1 if version == 1 else version_2).prior(row, scale) if estimated else None,
    )


def _measurement(
    row: Row, files: Files, observables: Mapping[str, Observable], experiments: Mapping[str, Experiment]
) -> Measurement:
    observed, model = row.text("observableId"), row.text("modelId", next(iter(files.models)))
    _known(row, "observableId", observed, observables)
    _known(row, "modelId", model, files.models)
    if not row.cells.get("modelId") and len(files.models) > 1:
        raise row.refused("modelId", "The problem has several models", "Name one")
    key = version_1.key(row) if files.version == 1 else row.text("experimentId", "")
    _known(row, "experimentId", key, experiments)
    time = row.number("time")
    if time < experiments[key].start:
        raise row.refused("time", f"It lies before the start, {experiments[key].start:g}", "Correct it")
    found = Measurement(
        observed, key, model, time, row.number("measurement"), row.formulas("observableParameters"),
        row.formulas("noiseParameters"), row.cells, row.place,
    )  # fmt: skip
    o = observables[observed]
    for column, wanted, given in (
        ("observableParameters", o.placeholders, found.parameters),
        ("noiseParameters", o.noise_placeholders, found.noise_parameters),
    ):
        if len(wanted) != len(given):
            why = f"'{observed}' has {len(wanted)} placeholders, and {len(given)} values are given"
            raise row.refused(column, why, "Give as many values, separated by semicolons")
    if math.isinf(found.value):
        raise row.refused("measurement", "It is infinite", "Give a finite value")
    if o.transformation != "lin" and found.value <= 0:
        raise row.refused("measurement", f"{found.value:g} has no logarithm", "Give a value above 0")
    return found


def _known(row: Row, column: str, name: str, known: Iterable[str]) -> None:
    if name not in (names := list(known)):
        raise row.refused(column, f"There is no '{name}'. {closest(name, names)}".rstrip("."), "Correct it")


def _unknown(problem: Problem) -> Iterator[InvalidData]:
    """Refusals of names that are neither of a model nor of the parameter table."""
    known = {*problem.parameters, "time", *(n for c in problem.models.values() for n in c.quantities)}
    known |= {r.id for c in problem.models.values() for r in c.reactions}
    read: list[tuple[str, Formula, tuple[str, ...]]] = []
    for o in problem.observables.values():
        placeholders = (*o.placeholders, *o.noise_placeholders)
        read += [(f"The observable '{o.id}'", o.formula, placeholders),
                 (f"The noise of '{o.id}'", o.noise, placeholders)]  # fmt: skip
    for m in problem.measurements:
        read += [(f"A measurement ({m.place})", f, ()) for f in (*m.parameters, *m.noise_parameters)]
    for e in problem.experiments.values():
        for changes in e.changes:
            known |= {*changes} if problem.version == 1 else set()
            read += [(f"A condition of '{e.id.strip()}'", f, ()) for f in changes.values()]
    yield from _idle(problem, {n for _, formula, _ in read for n in names(formula)})
    for where, formula, placeholders in read:
        for name in names(formula):
            if name not in known and name not in placeholders:
                yield InvalidData(
                    f"{where} reads '{name}', which has no meaning.", closest(name, known),
                    "Name a quantity of the model, or a parameter of the parameter table.",
                )  # fmt: skip


def _idle(problem: Problem, read: set[str]) -> Iterator[InvalidData]:
    """Refusals of changes that would do nothing: of what no model has and, in version 1, no formula reads."""
    model = {n for c in problem.models.values() for n in c.quantities}
    changing = model | (read if problem.version == 1 else set())
    for e in problem.experiments.values():
        for changes in e.changes:
            for target in changes:
                if target not in changing:
                    yield InvalidData(
                        f"A condition changes '{target}', which is not a quantity of the model.",
                        closest(target, model), "Correct its name.",
                    )  # fmt: skip
