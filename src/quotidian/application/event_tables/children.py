"""An event table predicted by the model of children with systemic JIA: their doses, and what was observed.

Each subject is a child of the columns AGE (years) and SEX, and where they are given WT (kg), HT (cm) and
SEVERITY. TIME is in hours from midnight of the first day of treatment. A dose names its drug in DRUG (or CMT)
and an observation what was observed in OBSERVED (or DVID, or CMT). For children who are not typical a column
``X:parameter`` is a factor on that parameter, ``V:parameter`` its value, TARGET_HEIGHT_Z the height score in
health, and ANTIBODY_THRESHOLD the hazard at which antibodies form.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import numbers, refusal
from quotidian.data.clock import CLOCK
from quotidian.data.dosing_records import repeats
from quotidian.data.event_table import DOSE, RESET, EventTable
from quotidian.dosing import Administration
from quotidian.drugs.catalogue import PORTS, ROUTES
from quotidian.drugs.limits import refuse_excess
from quotidian.engine import CompiledModel
from quotidian.errors import InvalidInput, NotSolvable, QuotidianError, SolverFailed, closest
from quotidian.models import DRUGS
from quotidian.patients.child import Child, child
from quotidian.patients.guards import refuse_grown_up
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import RUN_IN_DAYS, DosingEvent, compiled_model, dosing_events
from quotidian.simulation.event_records import Prediction

Floats = NDArray[np.float64]
MODELS = ("sjia",)
FACTOR, VALUE = "X:", "V:"
NUMBERS = ("AGE", "WT", "HT", "SEVERITY", "TARGET_HEIGHT_Z", "ANTIBODY_THRESHOLD")
SEXES = {"f": "female", "female": "female", "m": "male", "male": "male"}
INFUSED = frozenset((port.drug, port.route) for port in PORTS if port.is_input)


def predict_children(
    table: EventTable, model: str = "sjia", *, scenario: str = "", threads: int | None = None
) -> Prediction:
    """Predict every record of EVID 0 and 2 for children who are otherwise typical.

    Raises InvalidData naming row and column for a child that does not exist, a drug or an observable that the
    model has not, and a record that a child cannot have; for one that could not be followed, NotSolvable if
    columns change parameters or severity, and SolverFailed otherwise.
    """
    found = table_children(table, table.predicted, model, scenario)
    names = tuple(dict.fromkeys(found.shown.values()))
    values = _solved(found, table, names, threads)
    predicted = [values[row][found.shown[row]] for row in table.predicted.tolist()]
    return Prediction(table.predicted, np.array(predicted))


@dataclass(frozen=True, eq=False)
class TableChildren:
    """The children of a table.

    Attributes
    ----------
    compiled : the whole model with their drugs. drugs : given to any of them. rows : of each child. hours :
        [row] from midnight of the first day of treatment. events : doses of each. shown : observable of rows.
    """

    compiled: CompiledModel
    drugs: frozenset[str]
    rows: list[list[int]]
    hours: Floats
    children: list[Child]
    events: list[list[DosingEvent]]
    shown: dict[int, str]


def table_children(
    table: EventTable, observed: NDArray[np.int64], model: str = "sjia", scenario: str = ""
) -> TableChildren:
    """The children of a table, and what its rows ``observed`` show. Raises what predict_children refuses."""
    rows = [part.tolist() for part in np.split(np.arange(len(table.time)), _edges(table))]
    clock = np.array([_first_hour(table, own[0]) for own in rows])
    hours = table.time + clock[table.subject]
    given = [[dose for row in own for dose in _doses(table, row, hours, own[-1])] for own in rows]
    drugs = frozenset(dose.drug for doses in given for dose in doses)
    compiled = compiled_model(model, drugs, scenario)
    factors, own_values = (_named(table, compiled, kind) for kind in (FACTOR, VALUE))
    stated = {name: numbers(table.text, name) for name in NUMBERS}
    children = [_child(table, own[0], stated, factors, own_values) for own in rows]
    shown = _observed(table, compiled, observed)
    _check(table, rows, hours, children, given)
    events = [dosing_events(d, c.antibody_threshold) for d, c in zip(given, children, strict=True)]
    return TableChildren(compiled, drugs, rows, hours, children, events, shown)


def _edges(table: EventTable) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(table.subject)) + 1


def _first_hour(table: EventTable, row: int) -> float:
    """Hour of the day at which time 0 of a subject lies: that of its first record, if the table has dates."""
    if "DATE" not in table.text.columns:
        return 0.0
    cell = table.text.column("TIME")[row]
    found = CLOCK.fullmatch(cell)
    return float(cell) if found is None else int(found[1]) + int(found[2]) / 60 + int(found[3] or 0) / 3600


def _refuse(table: EventTable, row: int, column: str, why: str, remedy: str) -> InvalidInput:
    cell = table.text.column(column)[row] if column in table.text.columns else "."
    return refusal(table.place(row), column, cell, why, remedy)


def _doses(table: EventTable, row: int, hours: Floats, last: int) -> list[Administration]:
    """Administrations of a record, those of ADDL up to the subject's last record."""
    if table.evid[row] >= RESET or table.steady[row]:
        column = "SS" if table.steady[row] else "EVID"
        why = "A child can neither be reset nor begin in a steady state of doses."
        raise _refuse(table, row, column, why, "Write the doses that were given; ADDL and II repeat them.")
    if table.evid[row] != DOSE:
        return []
    column = "DRUG" if "DRUG" in table.text.columns else "CMT"
    name = table.text.column(column)[row].lower() if column in table.text.columns else "."
    if name not in ROUTES:
        why = f"A dose names its drug. {closest(name, ROUTES)}"
        raise _refuse(table, row, column, why, "Write for example tocilizumab-iv.")
    drug, route, usual_h = ROUTES[name]
    rate, amount = float(table.rate[row]), float(table.amount[row])
    if rate < 0 or (rate > 0 and (drug, route) not in INFUSED):
        why = "It is positive for an infusion, and 0 where the usual duration applies or nothing is infused."
        raise _refuse(table, row, "RATE", why, "Write 0, or the rate of an infusion in mg/h.")
    over_h = amount / rate if rate > 0 else usual_h
    count = repeats(table, row, float(hours[last] - hours[row])) + 1
    interval = float(table.interval[row])
    return [
        Administration(float(hours[row]) + k * interval, drug, route, amount, over_h) for k in range(count)
    ]


def _named(table: EventTable, compiled: CompiledModel, kind: str) -> Mapping[str, Floats]:
    """Numbers [row] by name of parameter, of the columns that begin with ``kind``."""
    names = {name.upper(): name for name in compiled.model.constants}
    found = {}
    for column in (c for c in table.text.columns if c.startswith(kind)):
        known = names.get(column.removeprefix(kind))
        if known is None:
            raise InvalidInput(
                f"'{table.text.name}' has the column {column}.", "The model has no such parameter.",
                closest(column.removeprefix(kind).lower(), compiled.model.constants),
            )  # fmt: skip
        found[known] = table.covariate(column)
    return found


def _child(
    table: EventTable, row: int, stated: Mapping[str, Floats], factors: Mapping[str, Floats],
    values: Mapping[str, Floats],
) -> Child:  # fmt: skip
    """The child of a subject's first row."""
    for column in ("AGE", "SEX"):
        if column not in table.text.columns:
            raise InvalidInput(
                f"'{table.text.name}' has no column {column}.", "A child of the model has an age and a sex.",
                "Add AGE (years) and SEX (female or male), and WT (kg) where it is known.",
            )  # fmt: skip
    sex = SEXES.get(table.text.column("SEX")[row].lower())
    if sex is None:
        raise _refuse(table, row, "SEX", "Codes differ between data sets.", "Write female or male.")
    known = {name: None if np.isnan(x[row]) else float(x[row]) for name, x in stated.items()}
    if known["AGE"] is None:
        raise _refuse(table, row, "AGE", "A child has an age.", "Write it in years.")
    effects = {name: float(factor[row]) for name, factor in factors.items()}
    severity, threshold = known["SEVERITY"], known["ANTIBODY_THRESHOLD"]
    try:
        typical = child(
            known["AGE"], sex, known["WT"], known["HT"], random_effects=effects,
            severity=1.0 if severity is None else severity, target_height_z=known["TARGET_HEIGHT_Z"],
        )  # fmt: skip
        return replace(
            typical, values={name: float(value[row]) for name, value in values.items()},
            antibody_threshold=math.inf if threshold is None else threshold,
        )  # fmt: skip
    except InvalidInput as error:
        raise _refuse(table, row, "AGE", f"{error.what} {error.why}", error.remedy) from None


def _observed(table: EventTable, compiled: CompiledModel, rows: NDArray[np.int64]) -> dict[int, str]:
    """Observable of each of these rows."""
    observables = compiled.model.observables
    absent = {o.name for drug in DRUGS.values() for o in drug.module.observables} - observables.keys()
    column = next((name for name in ("OBSERVED", "DVID") if name in table.text.columns), "CMT")
    cells = table.text.column(column) if column in table.text.columns else (".",) * len(table.time)
    found = {}
    for row in rows.tolist():
        name = cells[row].strip().lower()
        if name not in observables:
            why = (
                "No subject of the table receives that drug."
                if name in absent
                else closest(name, observables)
            )
            remedy = "Write an observable, such as crp or tocilizumab; 'quotidian observables' lists them."
            raise _refuse(table, row, column, f"It names what was observed. {why}", remedy)
        found[row] = name
    return found


def _check(
    table: EventTable, rows: Sequence[list[int]], hours: Floats, children: Sequence[Child],
    given: Sequence[Sequence[Administration]],
) -> None:  # fmt: skip
    """Refuse records before the run-in or of a grown-up, and daily amounts that nobody is given."""
    for own, one, doses in zip(rows, children, given, strict=True):
        if hours[own[0]] < -RUN_IN_DAYS * 24.0:
            why = f"The course of a child begins {RUN_IN_DAYS} days before its first day of treatment."
            raise _refuse(table, own[0], "TIME", why, "Write TIME in hours from midnight of that day.")
        refuse_grown_up([one], max(float(hours[own[-1]]), 0.0) / 24.0)
        refuse_excess(sorted(doses, key=lambda dose: dose.time_h), one.person)


def _solved(
    found: TableChildren, table: EventTable, names: tuple[str, ...], threads: int | None
) -> dict[int, dict[str, float]]:
    """Observables by name, of each row."""
    hours, children = found.hours, found.children
    grids = [np.unique(hours[own]) for own in found.rows]
    grid = np.full((len(grids), max(len(own) for own in grids)), math.inf)
    for place, own in enumerate(grids):
        grid[place, : len(own)] = own
    compiled = found.compiled
    outcome = compiled.run(
        subjects_of(children).table(compiled), grid, events=compiled.events(found.events), observables=names,
        start=-RUN_IN_DAYS * 24.0, end=float(hours.max()) + 1.0, threads=threads,
    )  # fmt: skip
    for lost in outcome.failures:
        raise _lost(table.ids[lost.subject], children[lost.subject], lost.reached, lost.reason)

    def at(place: int, row: int) -> int:
        return int(np.searchsorted(grids[place], hours[row]))

    return {
        row: dict(zip(names, outcome.values[place, at(place, row)].tolist(), strict=True))
        for place, own in enumerate(found.rows)
        for row in own
    }


def _lost(name: str, one: Child, reached: float, reason: str) -> QuotidianError:
    """The error of a child who could not be followed: doses lie within limits, but its columns may not."""
    what = f"Subject '{name}' could not be simulated beyond hour {reached:g}."
    why = f"The solver reports: {reason}."
    if one.random_effects or one.values or one.severity != 1.0:
        return NotSolvable(what, why, "Correct its columns SEVERITY, X: and V:.")
    return SolverFailed(what, why, "Leave this subject out; it is a fault of the model.")
