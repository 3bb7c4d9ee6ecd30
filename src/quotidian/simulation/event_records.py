"""Predictions for the records of an event table: every subject by its own doses, times and covariates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import refusal
from quotidian.data.covariate_model import CovariateFormula
from quotidian.data.dosing_records import Action, Dosing, Steady, Timeline, timeline
from quotidian.data.event_table import EventTable
from quotidian.data.table_text import MISSING
from quotidian.engine import ADD, RECORD, SET, SWITCH, CompiledModel, Events, Tolerance
from quotidian.errors import InvalidInput, SolverFailed
from quotidian.models.pk_shelf import PkModel, pk_model
from quotidian.simulation.steady_dosing import steady_states

Floats = NDArray[np.float64]
Carried: TypeAlias = Literal["backward", "forward"]
TIGHT = Tolerance(rtol=1e-8, atol=1e-10)
FACTOR = "F"  # a formula for F1, F2, ... is the bioavailability of that compartment
AFTER_END = 1.0  # h that a run goes on after the last record, so that its events act


@dataclass(frozen=True)
class Prediction:
    """Predicted values.

    Attributes
    ----------
    rows : rows of the table that are predicted (EVID 0 and 2), from 0. values : [row] of those.
    notes : what the reader should know.
    """

    rows: NDArray[np.int64]
    values: Floats
    notes: tuple[str, ...] = ()


def predict_events(
    table: EventTable,
    model: str,
    parameters: Mapping[str, float | Floats],
    *,
    dosing: Dosing | None = None,
    covariates: Sequence[str] = (),
    carried: Carried = "backward",
    scale: float = 1.0,
    tolerance: Tolerance = TIGHT,
    threads: int | None = None,
) -> Prediction:
    """Predict every record of an event table by a model of the shelf.

    Parameters
    ----------
    model : name of the shelf, such as ``pk-1cmt-oral``. parameters : by name, a number or one a subject.
    dosing : bioavailability, lag, duration and rate by compartment.
    covariates : formulas such as ``CL = 2*(WT/70)**0.75``; a name ``F1`` is a bioavailability.
    carried : which record's covariates hold between two: the later (``backward``, as NONMEM) or the earlier.
    scale : factor on concentrations.

    Raises InvalidInput for a parameter that is missing or unknown, a compartment that the model has not, and
    what the dosing records or formulas refuse; SolverFailed where a subject could not be followed.
    """
    pk = pk_model(model)
    own, factors = _by_row(table, pk, parameters, covariates)
    dose = _with_factors(dosing or Dosing(), factors)
    compartments = _compartments(table, pk)
    moving = tuple(name for name, values in own.items() if _moves(table, values))
    compiled = _compiled(model, moving)
    lines = _lines(table, compartments, dose)
    begin = np.array([int(rows[0]) for rows, _ in lines])
    parameters_of = np.stack([own[name] for name in compiled.ode_system.parameters], axis=1)
    steady = _steady(pk, model, lines, own, tolerance)
    events, times, places = [], [], []
    for (rows, line), states in zip(lines, steady, strict=True):
        run = _Run(pk, compiled, own, moving, carried, float(table.time[rows[0]]), states)
        events.append(run.events(rows, table, line))
        times.append(run.times)
        places.append(run.rows)
    values = _solved(compiled, parameters_of[begin], events, times, tolerance, threads)
    return _gathered(table, pk, compartments, places, values, scale)


@cache
def _compiled(model: str, varying: tuple[str, ...]) -> CompiledModel:
    return CompiledModel(pk_model(model).model, varying=varying)


def _by_row(
    table: EventTable, pk: PkModel, parameters: Mapping[str, float | Floats], covariates: Sequence[str]
) -> tuple[dict[str, Floats], dict[int, Floats]]:
    """Parameters [row] by name, and bioavailabilities [row] by compartment."""
    formulas = [CovariateFormula.read(text) for text in covariates]
    read = {c for f in formulas for c in f.columns if c not in parameters}
    columns = {name: table.covariate(name) for name in sorted(read)}
    found: dict[str, Floats] = {}
    for name, value in parameters.items():
        of_subject = np.broadcast_to(np.asarray(value, dtype=np.float64), len(table.ids))
        found[name] = of_subject[table.subject]
    factors: dict[int, Floats] = {}
    for formula in formulas:
        values = np.broadcast_to(formula.values(columns | found), len(table.time)).astype(np.float64)
        compartment = formula.parameter.removeprefix(FACTOR)
        if formula.parameter not in pk.parameters and compartment.isdecimal():
            factors[int(compartment)] = values
        else:
            found[formula.parameter] = values
    _check_parameters(pk, found)
    return {name: found[name] for name in pk.parameters}, factors


def _check_parameters(pk: PkModel, found: Mapping[str, Floats]) -> None:
    missing = [name for name in pk.parameters if name not in found]
    unknown = [name for name in found if name not in pk.parameters]
    if missing or unknown:
        what = (
            f"{pk.name} needs {', '.join(missing)}" if missing else f"{pk.name} has no {', '.join(unknown)}"
        )
        raise InvalidInput(
            f"{what}.", f"Its parameters are {', '.join(pk.parameters)}.", "Give exactly these."
        )
    for name, values in found.items():
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise InvalidInput(
                f"{name} is {values[~(np.isfinite(values) & (values >= 0))][0]:g}.",
                "A parameter is a positive number.",
                f"Correct {name}.",
            )


def _with_factors(dosing: Dosing, factors: Mapping[int, Floats]) -> Dosing:
    return Dosing({**dosing.bioavailability, **factors}, dosing.lag, dosing.duration, dosing.rate)


def _moves(table: EventTable, values: Floats) -> bool:
    """Whether a parameter changes within any occasion."""
    same = table.occasion[1:] == table.occasion[:-1]
    return bool(np.any(same & (values[1:] != values[:-1])))


def _compartments(table: EventTable, pk: PkModel) -> dict[int, int]:
    """Number of compartment of each row, by row."""
    found = {}
    for row, cell in enumerate(table.compartment):
        doses = table.evid[row] in (1, 4)
        default = pk.dosed if doses else pk.central
        number = default if cell in MISSING else _numbered(pk, cell)
        if number == 0:
            number = default
        if table.evid[row] != 3 and not (number and 1 <= number <= len(pk.compartments)):
            known = ", ".join(f"{i} ({n})" for i, n in enumerate(pk.compartments, start=1))
            why = f"{pk.name} has the compartments {known}."
            raise refusal(row, "CMT", cell, why, "Correct CMT, or choose another model.")
        found[row] = number or default
    return found


def _numbered(pk: PkModel, cell: str) -> int | None:
    if cell.lower() in pk.compartments:
        return pk.compartments.index(cell.lower()) + 1
    try:
        value = float(cell)
    except ValueError:
        return None
    return int(value) if value == int(value) else None


def _lines(
    table: EventTable, compartments: Mapping[int, int], dosing: Dosing
) -> list[tuple[NDArray[np.int64], Timeline]]:
    """Rows and timeline of each occasion."""
    edges = np.flatnonzero(np.diff(table.occasion)) + 1
    parts = np.split(np.arange(len(table.time)), edges)
    return [(rows, timeline(table, rows.tolist(), compartments, dosing)) for rows in parts]


def _steady(
    pk: PkModel, model: str, lines: Sequence[tuple[NDArray[np.int64], Timeline]], own: Mapping[str, Floats],
    tolerance: Tolerance,
) -> list[Floats]:  # fmt: skip
    """States at the steady doses of each occasion, [steady, state] each."""
    wanted: list[Steady] = [s for _, line in lines for s in line.steady]
    compiled = _compiled(model, ())
    if not wanted:
        return [np.zeros((0, len(compiled.ode_system.states)))] * len(lines)
    rows = [s.row for s in wanted]
    table = np.stack([own[name][rows] for name in compiled.ode_system.parameters], axis=1)
    states = steady_states(pk, compiled, table, wanted, tolerance)
    return np.split(states, np.cumsum([len(line.steady) for _, line in lines])[:-1])


@dataclass
class _Run:
    """One occasion on its way to the engine: its own time begins at its first record."""

    pk: PkModel
    compiled: CompiledModel
    own: Mapping[str, Floats]
    moving: tuple[str, ...]
    carried: Carried
    start: float
    steady: Floats

    def __post_init__(self) -> None:
        self.times: list[float] = []
        self.rows: list[int] = []
        system = self.compiled.ode_system
        self._states = [system.states.index(name) for name in self.pk.compartments]
        self._rates = [system.inputs.index(name) for name in self.pk.infusions]
        self._inputs = {name: system.inputs.index(f"{name}(t)") for name in self.moving}

    def events(
        self, rows: NDArray[np.int64], table: EventTable, line: Timeline
    ) -> list[tuple[float, int, int, float]]:
        """Engine events in order; times and rows of the outputs are kept on the way."""
        found: list[tuple[float, int, int, float]] = []
        switches = self._switches(rows, table)
        jumped = -math.inf
        for action in line.ordered():
            time = action.time - self.start
            while (
                switches and switches[0][0] <= time and (switches[0][0] < time or self.carried == "forward")
            ):
                found.append(switches.pop(0))
                jumped = found[-1][0]
            if action.kind == "predict":
                self.rows.append(action.row)
                self.times.append(time if time > jumped else math.inf)
                if time <= jumped:
                    found.append((time, RECORD, 0, 0.0))
            else:
                changes = self._changes(action, time)
                found += changes
                jumped = time if action.kind != "rate" else jumped
        return found

    def _switches(self, rows: NDArray[np.int64], table: EventTable) -> list[tuple[float, int, int, float]]:
        """Parameters as they change from record to record."""
        found = []
        for earlier, later in pairwise(rows.tolist()):
            at = earlier if self.carried == "backward" else later
            for name, column in self._inputs.items():
                before, after = self.own[name][earlier], self.own[name][later]
                if before != after:
                    found.append((float(table.time[at] - self.start), SWITCH, column, float(after)))
        return found

    def _changes(self, action: Action, time: float) -> list[tuple[float, int, int, float]]:
        place = action.compartment - 1
        if action.kind == "add":
            return [(time, ADD, self._states[place], action.value)]
        if action.kind == "rate":
            return [(time, SWITCH, self._rates[place], action.value)]
        begun = self.compiled.begin(self.compiled.parameters(1))[1][0]
        if action.kind == "empty":
            return [(time, SET, i, 0.0 if i in self._states else float(begun[i])) for i in range(len(begun))]
        kind = SET if action.kind == "set" else ADD
        return [(time, kind, i, float(x)) for i, x in enumerate(self.steady[int(action.value)])]


def _solved(
    compiled: CompiledModel, table: Floats, events: list[list[tuple[float, int, int, float]]],
    times: list[list[float]], tolerance: Tolerance, threads: int | None,
) -> Floats:  # fmt: skip
    """Observables [occasion, output, observable]."""
    wide = max(1, *map(len, times))
    grid = np.full((len(times), wide), np.inf)
    for place, own in enumerate(times):
        grid[place, : len(own)] = own
    finite = grid[np.isfinite(grid)]
    acts = [t for own in events for t, *_ in own]
    end = max([0.0, *(finite.max(initial=0.0),), *acts]) + AFTER_END
    last = max(
        [0.0, float(finite.max(initial=0.0)), *(t for own in events for t, k, *_ in own if k == RECORD)]
    )
    run = compiled.run(
        table, grid, events=Events.of(events), start=0.0, end=min(end, last + AFTER_END), tolerance=tolerance,
        threads=threads,
    )  # fmt: skip
    for failure in run.failures:
        raise SolverFailed(
            f"Subject number {failure.child + 1} could not be followed beyond {failure.reached:g}.",
            f"The solver reports: {failure.reason}.",
            "Check its parameters and doses.",
        )
    return run.values


def _gathered(
    table: EventTable, pk: PkModel, compartments: Mapping[int, int], places: Sequence[Sequence[int]],
    values: Floats, scale: float,
) -> Prediction:  # fmt: skip
    predicted = np.full(len(table.time), np.nan)
    names = _compiled(pk.name, ()).ode_system.observables
    column = {i: names.index(name) for i, name in enumerate(pk.observed, start=1)}
    for occasion, outputs in enumerate(places):
        for output, row in enumerate(outputs):
            amount = pk.observed[compartments[row] - 1].endswith("_amount")
            value = values[occasion, output, column[compartments[row]]]
            predicted[row] = value if amount else scale * value
    rows = table.predicted
    return Prediction(rows, predicted[rows], (*table.notes, *_before_the_first_dose(table, predicted)))


def _before_the_first_dose(table: EventTable, predicted: Floats) -> tuple[str, ...]:
    """A note for each observation above zero where the model predicts exactly zero."""
    odd = [row for row in table.counted if predicted[row] == 0.0 and table.value[row] > 0.0]
    return tuple(
        f"row {row + 1}: DV is {table.value[row]:g}, and the model predicts 0 before the first dose."
        for row in odd
    )
