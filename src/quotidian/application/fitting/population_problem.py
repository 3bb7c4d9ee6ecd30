"""An event table, a structural model and declared effects as one mixed-effects problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from quotidian.application.fitting.children.predictor import ChildrenPredictor
from quotidian.application.fitting.structural_models import with_spaces
from quotidian.data.event_table import DOSE, RESET_AND_DOSE, EventTable
from quotidian.data.table_units import refuse_mixed_units
from quotidian.engine import Tolerance
from quotidian.errors import InvalidData, InvalidInput, closest
from quotidian.inference import likelihood_ascent, saem
from quotidian.inference.effects import CLASS, Effects, Structure, dosing_item, structure
from quotidian.inference.event_plan import EventPlan
from quotidian.inference.event_predictor import FINE, EventPredictor
from quotidian.inference.mixed_model import MixedModel
from quotidian.inference.residual import Observations, Residuals
from quotidian.models.pk_shelf import PkModel
from quotidian.simulation.event_parameters import compartments_by_row

RELATIVE_ATOL = 1e-30  # absolute tolerance where logarithms are observed


@dataclass(frozen=True)
class Effort:
    """Runs of stochastic methods.

    ``chains`` of SAEM over all subjects, and its ``schedule`` (None: by the model). ascent : importance draws
    over all subjects in a round of the last step of SAEM. draws : of each subject, for the objective.
    """

    chains: int = saem.ROWS
    schedule: saem.Schedule | None = None
    ascent: int = likelihood_ascent.ROWS
    draws: int = 2000


@dataclass(frozen=True, eq=False)
class PopulationProblem:
    """An event table joined with a model and its effects.

    ``kinds`` : the model for each class of a mixture; one where there is no mixture.
    """

    table: EventTable
    kinds: tuple[MixedModel, ...]
    predictors: tuple[EventPredictor | ChildrenPredictor, ...]
    structure: Structure
    effort: Effort = field(default=Effort(), kw_only=True)

    @property
    def model(self) -> MixedModel:
        """The model of the first class."""
        return self.kinds[0]


def population_problem(
    table: EventTable, pk: PkModel, effects: Effects, threads: int | None = None
) -> PopulationProblem:
    """The problem of a table.

    Raises InvalidInput for effects that do not fit the model or the data, InvalidData for a table without
    observations.
    """
    _refuse_names(pk, table, effects)
    refuse_unfit(table, effects)
    classes = [structure(effects, table, pk.parameters, k) for k in range(len(effects.shares))]
    shown, kinds = _endpoints(table, pk, effects)
    dosed = np.isin(table.evid, (DOSE, RESET_AND_DOSE))
    where = {*compartments_by_row(table, pk)[dosed].tolist()}
    plans = [
        EventPlan(table, pk, with_spaces(pk, own.individual, where), shown, middle=own.middle)
        for own in classes
    ]
    predictors = tuple(EventPredictor(p, tolerance=tolerance_for(effects), threads=threads) for p in plans)
    residuals = Residuals(tuple(e.kind for e in effects.endpoints))
    unused = _unused(classes, plans)
    models = tuple(
        MixedModel(p, observations_of(table, kinds), s.design, s.effect_of, residuals, s.blocks, idle)
        for p, s, idle in zip(predictors, classes, unused, strict=True)
    )
    return PopulationProblem(table, models, predictors, classes[0])


def _unused(classes: Sequence[Structure], plans: Sequence[EventPlan]) -> list[tuple[int, ...]]:
    """Random effects that a class does not use and another does, class by class; whole blocks."""
    found = []
    for own, plan in zip(classes, plans, strict=True):
        acting = {int(k) for k in own.effect_of[plan.acting]}
        found.append({q for block in own.blocks if not acting & {*block} for q in block})
    nowhere = set.intersection(*found)
    return [tuple(sorted(idle - nowhere)) for idle in found]


def tolerance_for(effects: Effects) -> Tolerance:
    """The tolerance of solutions.

    Logarithms need small concentrations with relative accuracy. From poor starting values a prediction can be
    1e-20; noise of the usual absolute tolerance in it would hide the modes.
    """
    relative = any(e.kind == "log" for e in effects.endpoints)
    return replace(FINE, atol=RELATIVE_ATOL) if relative else FINE


def observations_of(table: EventTable, endpoint: Sequence[int]) -> Observations:
    """Counted rows of a table as observations; ``endpoint`` of each row of the table."""
    owner = table.subject[table.counted]
    places = [table.counted[owner == s] for s in range(len(table.ids))]
    shape = (len(places), max(len(rows) for rows in places))
    value, there, limit = np.zeros(shape), np.zeros(shape, bool), np.full(shape, np.nan)
    kind, censored = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for subject, rows in enumerate(places):
        own = slice(0, len(rows))
        value[subject, own], there[subject, own] = table.value[rows], True
        censored[subject, own], limit[subject, own] = table.censored[rows], table.limit[rows]
        kind[subject, own] = np.asarray(endpoint)[rows]
    return Observations(value, there, kind, censored, limit)


def _endpoints(table: EventTable, pk: PkModel, effects: Effects) -> tuple[dict[int, str], list[int]]:
    """Observable of the rows that state one, and number of the endpoint of every row."""
    known, shown = pk.model.observables, dict[int, str]()
    kinds = [-1] * len(table.time)
    for number, e in enumerate(effects.endpoints):
        if e.observable and e.observable not in known:
            raise InvalidInput(
                f"{pk.name} has no observable '{e.observable}'.", closest(e.observable, known),
                "Correct the name under residual.",
            )  # fmt: skip
        cells = cells_of(table, e.column)
        for row in table.counted.tolist():
            if not e.column or same(cells[row], e.value):
                kinds[row] = number if kinds[row] < 0 else kinds[row]
                if e.observable and kinds[row] == number:
                    shown[row] = e.observable
    lost = [row for row in table.counted.tolist() if kinds[row] < 0]
    if lost:
        stated = {e.column: cells_of(table, e.column)[lost[0]] for e in effects.endpoints}
        own = ", ".join(f"{column} {cell or '.'}" for column, cell in stated.items())
        raise InvalidData(
            f"row {table.number[lost[0]]} ({own}) belongs to no residual error.",
            "The effects file states errors by dvid or cmt, and none is for this row.",
            "State one for its DVID or CMT, or mark the row with MDV 1.",
        )
    return shown, kinds


def cells_of(table: EventTable, column: str) -> Sequence[str]:
    """Cells of a column by which residual errors are stated; () for "". Raises InvalidData without it."""
    if not column:
        return ()
    if column not in table.text.columns:
        raise InvalidData(
            f"There is no column {column} in '{table.text.name}'.",
            "The effects file states residual errors by it.",
            f"Add a column {column}, or state one residual error for all rows.",
        )
    return table.text.column(column)


def same(cell: str, wanted: str) -> bool:
    """Whether a cell is a number or a text that was stated."""
    try:
        return float(cell) == float(wanted)
    except ValueError:
        return cell.strip().lower() == wanted.strip().lower()


def _refuse_names(pk: PkModel, table: EventTable, effects: Effects) -> None:
    """Refuse parameters that nothing uses, and those of the shelf that are missing."""
    read = {name for f in effects.formulas for name in f.columns}
    for name in effects.names:
        if name not in pk.parameters and dosing_item(name) is None and name.upper() not in read:
            raise InvalidInput(
                f"{pk.name} has no parameter '{name}'.", closest(name, pk.parameters),
                f"Its parameters are {', '.join(pk.parameters)}.",
            )  # fmt: skip
    missing = [name for name in pk.parameters if name not in effects.names and not pk.has_values]
    if missing:
        raise InvalidInput(
            f"{pk.name} needs {', '.join(missing)}.", "A built-in model has no default values.",
            "State their typical values under parameters; fixed: true keeps one.",
        )  # fmt: skip
    if len(effects.shares) > 1:
        _refuse_classes(table, effects)


def refuse_unfit(table: EventTable, effects: Effects) -> None:
    """Refuse data without observations or with mixed units, and effects without variability or with a name
    for two things."""
    if not len(table.counted):
        raise InvalidData(
            f"'{table.text.name}' holds no observation.",
            "A fit needs rows with EVID 0, MDV 0 and a value in DV.",
            "Add the observations, or predict the table with run-events.",
        )
    refuse_mixed_units(table)
    columns = {c.column for p in effects.parameters for c in p.covariates}
    columns |= {p.occasions.column for p in effects.parameters if p.occasions}
    if both := sorted(columns & {name.upper() for name in effects.names}):
        raise InvalidInput(
            f"{both[0]} is a parameter and a covariate.", "A name has one meaning.", "Rename one."
        )
    if not effects.random and not any(p.occasions for p in effects.parameters):
        raise InvalidInput(
            "No parameter varies between subjects.",
            "A population fit estimates the variability between subjects.",
            "State between: 0.3 for at least one.",
        )  # fmt: skip


def _refuse_classes(table: EventTable, effects: Effects) -> None:
    """Refuse a mixture whose class has the name of something else, or decides nothing."""
    read = {name for f in effects.formulas for name in f.columns}
    taken = "parameter" if CLASS in {n.upper() for n in effects.names} else ""
    taken = taken or ("column" if CLASS in table.text.columns and CLASS in read else "")
    if taken:
        raise InvalidInput(
            f"{CLASS} is the number of the class of a mixture, and a {taken}.", "A name has one meaning.",
            f"Rename the {taken}.",
        )  # fmt: skip
    if CLASS not in read and not any(p.others for p in effects.parameters):
        raise InvalidInput(
            "Nothing differs between the classes of the mixture.", "Its shares could not be estimated.",
            f"Give a parameter a typical value for each class, or use {CLASS} in a formula.",
        )  # fmt: skip
