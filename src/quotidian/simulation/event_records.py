"""Predictions for the records of an event table, with the doses, times and covariates of each subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Dosing, Steady, Timeline, timeline
from quotidian.data.event_table import EventTable
from quotidian.engine import CompiledModel, Tolerance
from quotidian.errors import NotSolvable
from quotidian.models.pk_shelf import PkModel, pk_model
from quotidian.simulation.event_batches import PlainBatch
from quotidian.simulation.event_columns import MOST_ACTIONS, RunColumns, too_many
from quotidian.simulation.event_parameters import (
    changes_within,
    checked_dosing,
    compartments_by_row,
    parameters_by_row,
    spaces_by_row,
)
from quotidian.simulation.event_timeline import Carried, OccasionBuilder
from quotidian.simulation.steady_dosing import steady_states

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
TIGHT = Tolerance(rtol=1e-8, atol=1e-10)
AFTER_END = 1.0  # by which a run continues after the last record, so that its events act


@dataclass(frozen=True)
class Prediction:
    """Predicted values.

    Attributes
    ----------
    rows : rows of the table that are predicted (EVID 0 and 2), from 0. values : [row] of these rows.
    notes : observations that the model cannot explain.
    """

    rows: NDArray[np.int64]
    values: Floats
    notes: tuple[str, ...] = ()


def predict_events(
    table: EventTable,
    model: str | PkModel,
    parameters: Mapping[str, float | Floats],
    *,
    dosing: Dosing | None = None,
    covariates: Sequence[str] = (),
    carried: Carried = "backward",
    scale: float = 1.0,
    tolerance: Tolerance = TIGHT,
    threads: int | None = None,
) -> Prediction:
    """Predict every record of an event table by a pharmacokinetic model of the library.

    Parameters
    ----------
    model : its name, such as ``pk-1cmt-oral``, or the model itself. parameters : by name, a number or one for
        each subject; of a model with values of its own, those that replace them.
    dosing : bioavailability, lag, duration and rate by compartment.
    covariates : formulas such as ``CL = 2*(WT/70)**0.75``; a name ``F1`` is a bioavailability.
    carried : the record whose covariates apply between two records: the later (``backward``, as NONMEM) or
        the earlier.
    scale : factor on concentrations.

    Raises InvalidInput for a missing or unknown parameter, a compartment that the model lacks, and errors
    of dosing records or formulas; NotSolvable if the solution of a subject failed.
    """
    pk = model if isinstance(model, PkModel) else pk_model(model)
    values, factors = parameters_by_row(table, pk, parameters, covariates)
    given = checked_dosing(pk, dosing or Dosing(), factors)
    compartments = compartments_by_row(table, pk)
    given = replace(
        given, bioavailability={**given.bioavailability, **factors},
        space=spaces_by_row(pk, values, table, compartments),
    )  # fmt: skip
    moving = tuple(name for name in values if changes_within(table, values[name]))
    compiled = _compiled(pk, moving)
    edges = np.flatnonzero(np.diff(table.occasion, prepend=-1, append=-1))
    starts = compiled.named_states(compiled.begin(compiled.parameters(1))[1][0])
    names = (*pk.compartments, *pk.infusions, *starts, *(f"{name}(t)" for name in moving), "")
    batch = PlainBatch(table, edges, compartments, given, pk, values, moving, carried, names)
    runs = _columns(batch, starts, tolerance)
    by_name = {name: of_row[edges[:-1]] for name, of_row in values.items()}
    parameters_ = compiled.parameters(len(edges) - 1, by_name)
    found = _solved(table, compiled, parameters_, edges, runs, tolerance, threads)
    return _gathered(table, pk, compiled, compartments, runs, found, scale)


def _compiled(pk: PkModel, varying: tuple[str, ...]) -> CompiledModel:
    return CompiledModel(pk.model, varying=varying) if pk.has_values else _shelved(pk.name, varying)


@cache
def _shelved(name: str, varying: tuple[str, ...]) -> CompiledModel:
    return CompiledModel(pk_model(name).model, varying=varying)


def _columns(batch: PlainBatch, starts: Mapping[str, float], tolerance: Tolerance) -> RunColumns:
    """Events and outputs: of the plain occasions as whole columns, of all others row by row."""
    found, plain = batch.columns()
    others = np.flatnonzero(~plain)
    if not len(others):
        return found
    lines = _lines(batch, others, len(found.time) + len(found.owner))
    steady = _steady(batch.pk, lines, batch.values, tolerance)
    builder = OccasionBuilder(batch.pk, batch.values, batch.moving, batch.carried, starts)
    runs = [
        builder.build(rows, batch.table.time[rows], line, states)
        for (rows, line), states in zip(lines, steady, strict=True)
    ]
    return found.joined(RunColumns.of(runs, others, batch.names))


def _lines(batch: PlainBatch, occasions: Integers, actions: int) -> list[tuple[list[int], Timeline]]:
    """Rows and timeline of each of these occasions; ``actions`` are those of all others."""
    found = []
    for occasion in occasions.tolist():
        rows = list(range(batch.edges[occasion], batch.edges[occasion + 1]))
        line = timeline(batch.table, rows, batch.compartments, batch.dosing)
        actions += len(line.actions) + len(line.infusions)
        if actions > MOST_ACTIONS:
            raise too_many(batch.table, rows[-1])
        found.append((rows, line))
    return found


def _steady(
    pk: PkModel,
    lines: Sequence[tuple[list[int], Timeline]],
    values: Mapping[str, Floats],
    tolerance: Tolerance,
) -> list[Floats]:
    """States at the steady doses of each occasion, [steady, state] each."""
    wanted: list[Steady] = [s for _, line in lines for s in line.steady]
    if not wanted:
        return [np.zeros((0, len(pk.model.species)))] * len(lines)
    compiled, rows = _compiled(pk, ()), [s.row for s in wanted]
    table = compiled.parameters(len(wanted), {name: of_row[rows] for name, of_row in values.items()})
    states = steady_states(pk, compiled, table, wanted, tolerance)
    return np.split(states, np.cumsum([len(line.steady) for _, line in lines])[:-1])


def _solved(
    table: EventTable, compiled: CompiledModel, parameters: Floats, edges: Integers, runs: RunColumns,
    tolerance: Tolerance, threads: int | None,
) -> Floats:  # fmt: skip
    """Observables [occasion, output, observable]."""
    grid = runs.grid(len(parameters))
    last = runs.time.max(initial=0.0)
    end = max(last, grid[np.isfinite(grid)].max(initial=0.0)) + AFTER_END
    outcome = compiled.run(
        parameters, grid, events=runs.events(compiled, len(parameters)), start=0.0, end=end,
        tolerance=tolerance, threads=threads,
    )  # fmt: skip
    for failure in outcome.failures:
        raise NotSolvable(
            f"The subject of row {table.number[edges[failure.subject]]} could not be simulated beyond "
            f"{failure.reached:g} after its first record.",
            f"The solver reports: {failure.reason}.",
            "Check its parameters and doses.",
        )
    return outcome.values


def _gathered(
    table: EventTable, pk: PkModel, compiled: CompiledModel, compartments: Integers, runs: RunColumns,
    found: Floats, scale: float,
) -> Prediction:  # fmt: skip
    predicted = np.full(len(table.time), np.nan)
    names = compiled.choose(None)
    places = np.array([names.index(shown) for shown in pk.observed])
    factors = np.array([1.0 if shown in pk.amounts else scale for shown in pk.observed])
    own = compartments[runs.row] - 1
    predicted[runs.row] = factors[own] * found[runs.owner, runs.places(len(found)), places[own]]
    rows = table.predicted
    return Prediction(rows, predicted[rows], _early(table, predicted))


def _early(table: EventTable, predicted: Floats) -> tuple[str, ...]:
    """A note for each observation above zero where the model predicts exactly zero."""
    odd = table.counted[(predicted[table.counted] == 0.0) & (table.value[table.counted] > 0.0)]
    return tuple(
        f"row {table.number[row]}: DV is {table.value[row]:g}, and the model predicts 0 before the first "
        "dose."
        for row in odd
    )
