"""Predictions for the records of an event table, with the doses, times and covariates of each subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Dosing, Steady, Timeline, timeline
from quotidian.data.event_table import EventTable
from quotidian.engine import CompiledModel, Tolerance
from quotidian.errors import SolverFailed, StudyTooLarge
from quotidian.models.pk_shelf import PkModel, pk_model
from quotidian.simulation.event_parameters import (
    changes_within,
    compartments_by_row,
    in_spaces,
    parameters_by_row,
)
from quotidian.simulation.event_timeline import Carried, OccasionBuilder, OccasionRun
from quotidian.simulation.steady_dosing import steady_states

Floats = NDArray[np.float64]
TIGHT = Tolerance(rtol=1e-8, atol=1e-10)
AFTER_END = 1.0  # by which a run continues after the last record, so that its events act
MOST_ACTIONS = 5_000_000  # doses and records of a table; about 2 GB of memory


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
    of dosing records or formulas; SolverFailed if the solution of a subject failed.
    """
    pk, given = model if isinstance(model, PkModel) else pk_model(model), dosing or Dosing()
    values, factors = parameters_by_row(table, pk, parameters, covariates)
    shares = in_spaces(pk, {**given.bioavailability, **factors}, values, len(table.time))
    given = Dosing(shares, given.lag, given.duration, given.rate)
    compartments = compartments_by_row(table, pk)
    moving = tuple(name for name in values if changes_within(table, values[name]))
    compiled = _compiled(pk, moving)
    lines = _lines(table, compartments, given)
    steady = _steady(pk, lines, values, tolerance)
    starts = compiled.named_states(compiled.begin(compiled.parameters(1))[1][0])
    builder = OccasionBuilder(pk, values, moving, carried, starts)
    runs = [
        builder.build(rows, table.time[rows], line, states)
        for (rows, line), states in zip(lines, steady, strict=True)
    ]
    first = np.array([rows[0] for rows, _ in lines])
    by_name = {name: of_row[first] for name, of_row in values.items()}
    found = _solved(compiled, compiled.parameters(len(runs), by_name), runs, tolerance, threads)
    return _gathered(table, pk, compiled, compartments, runs, found, scale)


def _compiled(pk: PkModel, varying: tuple[str, ...]) -> CompiledModel:
    return CompiledModel(pk.model, varying=varying) if pk.has_values else _shelved(pk.name, varying)


@cache
def _shelved(name: str, varying: tuple[str, ...]) -> CompiledModel:
    return CompiledModel(pk_model(name).model, varying=varying)


def _lines(
    table: EventTable, compartments: Mapping[int, int], dosing: Dosing
) -> list[tuple[list[int], Timeline]]:
    """Rows and timeline of each occasion."""
    edges = np.flatnonzero(np.diff(table.occasion)) + 1
    parts = [part.tolist() for part in np.split(np.arange(len(table.time)), edges)]
    found, actions = [], 0
    for rows in parts:
        line = timeline(table, rows, compartments, dosing)
        actions += len(line.actions) + len(line.infusions)
        if actions > MOST_ACTIONS:
            raise StudyTooLarge(
                f"'{table.text.name}' stands for more than {MOST_ACTIONS:,} doses and observations.",
                f"That many are reached at row {table.number[rows[-1]]}, and do not fit into memory.",
                "Split the table by subjects, or write fewer doses.",
            )
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
    compiled: CompiledModel, table: Floats, runs: Sequence[OccasionRun], tolerance: Tolerance,
    threads: int | None,
) -> Floats:  # fmt: skip
    """Observables [occasion, output, observable]."""
    grid = np.full((len(runs), max(1, *(len(r.times) for r in runs))), np.inf)
    for place, run in enumerate(runs):
        grid[place, : len(run.times)] = run.times
    last = max(event[0] for run in runs for event in [(0.0,), *run.events])
    end = max(last, grid[np.isfinite(grid)].max(initial=0.0)) + AFTER_END
    outcome = compiled.run(
        table, grid, events=compiled.events([r.events for r in runs]), start=0.0, end=end,
        tolerance=tolerance, threads=threads,
    )  # fmt: skip
    for failure in outcome.failures:
        raise SolverFailed(
            f"The subject of row {runs[failure.subject].rows[0] + 1} could not be simulated beyond "
            f"{failure.reached:g} after its first record.",
            f"The solver reports: {failure.reason}.",
            "Check its parameters and doses.",
        )
    return outcome.values


def _gathered(
    table: EventTable, pk: PkModel, compiled: CompiledModel, compartments: Mapping[int, int],
    runs: Sequence[OccasionRun], found: Floats, scale: float,
) -> Prediction:  # fmt: skip
    predicted = np.full(len(table.time), np.nan)
    names = compiled.choose(None)
    places = np.array([names.index(shown) for shown in pk.observed])
    factors = np.array([1.0 if shown in pk.amounts else scale for shown in pk.observed])
    for run, outputs in zip(runs, found, strict=True):  # shorter occasions have unused outputs
        own = np.array([compartments[row] - 1 for row in run.rows], dtype=np.int64)
        predicted[run.rows] = factors[own] * outputs[np.arange(len(own)), places[own]]
    rows = table.predicted
    return Prediction(rows, predicted[rows], _early(table, predicted))


def _early(table: EventTable, predicted: Floats) -> tuple[str, ...]:
    """A note for each observation above zero where the model predicts exactly zero."""
    odd = [row for row in table.counted if predicted[row] == 0.0 and table.value[row] > 0.0]
    return tuple(
        f"row {table.number[row]}: DV is {table.value[row]:g}, and the model predicts 0 before the first "
        "dose."
        for row in odd
    )
