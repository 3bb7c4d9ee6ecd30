"""An event table of children, the model of sJIA and declared effects as one mixed-effects problem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.application.event_tables.children import FACTOR, VALUE, TableChildren, table_children
from quotidian.application.fitting.children.model import ChildrenModel
from quotidian.application.fitting.children.predictor import ChildrenPredictor
from quotidian.application.fitting.population_problem import (
    Effort,
    PopulationProblem,
    cells_of,
    observations_of,
    population_problem,
    refuse_unfit,
    same,
)
from quotidian.data.event_table import EventTable
from quotidian.engine import CompiledModel
from quotidian.errors import InvalidData, InvalidInput, closest
from quotidian.inference.effects import Effects, Structure, formula_name, structure
from quotidian.inference.mixed_model import MixedModel
from quotidian.inference.residual import Residuals
from quotidian.inference.saem import Schedule
from quotidian.models.pk_shelf import PkModel
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import RUN_IN_DAYS, reduced_model

Floats = NDArray[np.float64]
EFFORT = Effort(480, Schedule(80, 60), 24_000, 500)  # a run of a child takes ten times that of a drug alone


def problem_of(
    table: EventTable, model: PkModel | ChildrenModel, effects: Effects, threads: int | None = None
) -> PopulationProblem:
    """The problem of a table for either kind of model. Raises what the two functions raise."""
    if isinstance(model, ChildrenModel):
        return children_problem(table, model, effects, threads)
    return population_problem(table, model, effects, threads)


def children_problem(
    table: EventTable, model: ChildrenModel, effects: Effects, threads: int | None = None
) -> PopulationProblem:
    """The problem of a table of children.

    Only the part of the model on which the observations depend is solved. Each child begins in its own
    untreated state. Doses and children are those of ``run-events --model sjia``.

    Raises InvalidInput for effects that do not fit the model or the data, and for a child, a dose or an
    observation that the model has not; InvalidData for a table without observations.
    """
    if len(effects.shares) > 1:
        raise InvalidInput(
            f"{model.name} is not fitted with a mixture.", "All children are of one class.",
            "Leave out mixture, and state one typical value for each parameter.",
        )  # fmt: skip
    refuse_unfit(table, effects)
    found = table_children(table, table.counted, model.name)
    kinds = _endpoints(table, found, effects)
    observables = tuple(dict.fromkeys(found.shown[row] for row in table.counted.tolist()))
    compiled = reduced_model(model.name, found.drugs, observables)
    _refuse_names(table, model, compiled, effects, observables)
    names = {formula_name(name): name for name in compiled.model.constants}
    whole = structure(effects, table, list(names))
    predictor = _predictor(table, found, compiled, whole, names, observables, threads)
    residuals = Residuals(tuple(e.kind for e in effects.endpoints))
    data = observations_of(table, kinds)
    mixed = MixedModel(predictor, data, whole.design, whole.effect_of, residuals, whole.blocks)
    return PopulationProblem(table, (mixed,), (predictor,), whole, effort=EFFORT)


def _predictor(
    table: EventTable, found: TableChildren, compiled: CompiledModel, whole: Structure,
    names: dict[str, str], observables: tuple[str, ...], threads: int | None,
) -> ChildrenPredictor:  # fmt: skip
    own = [table.counted[table.subject[table.counted] == s] for s in range(len(table.ids))]
    grids = [np.unique(found.hours[rows]) for rows in own]
    shape = (len(own), max(len(rows) for rows in own))
    hours = np.full((len(own), max(1, *(len(grid) for grid in grids))), np.inf)
    output, column, there = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, bool)
    for child, (rows, grid) in enumerate(zip(own, grids, strict=True)):
        hours[child, : len(grid)] = grid
        output[child, : len(rows)] = np.searchsorted(grid, found.hours[rows])
        column[child, : len(rows)] = [observables.index(found.shown[row]) for row in rows.tolist()]
        there[child, : len(rows)] = True
    individual = whole.individual
    return ChildrenPredictor(
        compiled, _parameters(found, compiled), individual,
        {names[result]: result for result in individual.parameters},
        {name: _unchanging(table, name) for name in individual.covariates},
        compiled.events(found.events), hours, observables, output, column, there,
        min(-24.0 * RUN_IN_DAYS, float(hours.min()) - 1.0), threads=threads,
    )  # fmt: skip


def _parameters(found: TableChildren, compiled: CompiledModel) -> Floats:
    """Parameters of the narrowed model for the children as they are, [child, parameter].

    Columns of the table and properties of a child may belong to parts of the whole model that are left out.
    """
    whole = subjects_of(found.children).table(found.compiled)
    own = compiled.parameters(len(whole))
    for name in compiled.named_parameters(own[0]):
        compiled.parameter(own, name)[:] = found.compiled.parameter(whole, name)
    return own


def _unchanging(table: EventTable, name: str) -> Floats:
    """A covariate of each child, [subject]."""
    values = table.covariate(name)
    moved = (values[1:] != values[:-1]) & (table.subject[1:] == table.subject[:-1])
    if moved.any():
        row = int(np.flatnonzero(moved)[0]) + 1
        raise InvalidData(
            f"row {table.number[row]}: {name} changes within a child.",
            "The parameters of a child of the model do not change with time.",
            "State one value for all rows of a child.",
        )
    return values[np.searchsorted(table.subject, np.arange(len(table.ids)))]


def _endpoints(table: EventTable, found: TableChildren, effects: Effects) -> list[int]:
    """Number of the residual error of each row: that of its observable, or of its DVID or CMT."""
    kinds, observables = [-1] * len(table.time), {*found.shown.values()}
    known = found.compiled.model.observables
    for number, e in enumerate(effects.endpoints):
        if e.observable and e.observable not in known:
            raise InvalidInput(
                f"The model has no observable '{e.observable}'.", closest(e.observable, known),
                "Correct the name under residual.",
            )  # fmt: skip
        if not e.observable and len(observables) > 1:
            raise InvalidInput(
                f"There is one residual error, and {', '.join(sorted(observables))} are observed.",
                "They have different units and assays.",
                f"State one for each, such as {min(observables)}: {{proportional: 0.2}}.",
            )
        cells = cells_of(table, e.column)
        for row in table.counted.tolist():
            mine = same(cells[row], e.value) if e.column else e.observable in ("", found.shown[row])
            if kinds[row] < 0 and mine:
                kinds[row] = number
    lost = [row for row in table.counted.tolist() if kinds[row] < 0]
    if lost:
        raise InvalidData(
            f"row {table.number[lost[0]]} ({found.shown[lost[0]]}) belongs to no residual error.",
            "The effects file states none for this observable.",
            f"State {found.shown[lost[0]]} under residual, or mark the row with MDV 1.",
        )
    return kinds


def _refuse_names(
    table: EventTable, model: ChildrenModel, compiled: CompiledModel, effects: Effects,
    observables: Sequence[str],
) -> None:  # fmt: skip
    """Refuse parameters that the model has not, and those on which no observation depends."""
    read = {name for f in effects.formulas for name in f.columns}
    usable = {formula_name(name): name for name in model.effects}
    held = {formula_name(name) for name in compiled.model.constants}
    for name in effects.names:
        own = formula_name(name)
        if own.upper() in read:
            continue
        if own not in usable:
            raise InvalidInput(
                f"{model.name} has no parameter '{name}'.", closest(name, model.effects),
                "'quotidian evidence' lists the parameters.",
            )  # fmt: skip
        if own not in held:
            raise InvalidInput(
                f"{usable[own]} cannot be fitted to these data.",
                f"Nothing that was observed ({', '.join(observables)}) depends on it.",
                "Leave it out, or add observations that do.",
            )
        columns = {f"{FACTOR}{usable[own]}".upper(), f"{VALUE}{usable[own]}".upper(), usable[own].upper()}
        if stated := columns & {*table.text.columns}:
            raise InvalidInput(
                f"{usable[own]} is fitted, and the column {min(stated)} states it.",
                "A parameter of a child has one value.",
                "Leave out the column, or the parameter.",
            )
