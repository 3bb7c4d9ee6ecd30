"""A population fit: data, model and effects become estimates with their errors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.estimates import covariance_of, estimates_of, shrinkage
from quotidian.application.fitting.structural_models import with_spaces
from quotidian.data.event_table import EventTable
from quotidian.engine import Tolerance
from quotidian.errors import ComputationFailed, InvalidData, InvalidInput, closest
from quotidian.inference.effects import Effects, Structure, dosing_item, structure
from quotidian.inference.event_plan import EventPlan
from quotidian.inference.event_predictor import EventPredictor
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei, fit_laplace
from quotidian.inference.marginal import importance, marginal
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.inference.residual import Observations, Residuals
from quotidian.inference.saem import fit_saem
from quotidian.models.pk_shelf import PkModel
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Method: TypeAlias = Literal["focei", "laplace", "saem"]
METHODS = ("focei", "laplace", "saem")
FINE, QUICK = Tolerance(rtol=1e-8, atol=1e-10), Tolerance(rtol=1e-5, atol=1e-7)
DRAWS = 2000  # of importance sampling, of each subject


@dataclass(frozen=True, eq=False)
class PopulationFit:
    """Estimates of a population.

    Attributes
    ----------
    estimates : what ``estimates.json`` holds. ids : [subject]. eta : [subject, effect] modes of the random
        effects. effects : their names.
    """

    estimates: dict[str, Any]
    ids: tuple[str, ...]
    effects: tuple[str, ...]
    eta: Floats
    model: MixedModel
    parameters: Parameters
    table: EventTable

    @property
    def ofv(self) -> float:
        """Objective: -2 ln L without n ln 2 pi."""
        return float(self.estimates["ofv"])


def fit_population(
    table: EventTable, pk: PkModel, effects: Effects, method: Method, *, seed: int = 1,
    threads: int | None = None,
) -> PopulationFit:  # fmt: skip
    """Fit a model with effects to a table.

    Parameters
    ----------
    seed : of SAEM and of importance sampling.

    Raises InvalidInput for effects that do not fit the model or the data, InvalidData for a table without
    observations, ComputationFailed where no subject can be followed.
    """
    begun = time.perf_counter()
    problem = _problem(table, pk, effects, threads)
    model, whole = problem.model, problem.structure
    start, coordinates, streams = whole.start, whole.coordinates, Streams(seed)
    _refuse_lost(model, start, table)
    function = FoceiFunction([model], coordinates)
    notes: list[str] = []
    if method == "saem":
        quick = replace(model, predictor=replace(problem.predictor, tolerance=QUICK))
        found = fit_saem([quick], coordinates, start, np.ones(1), streams)
        x = coordinates.vector(found.parameters)
    else:
        minimum = fit_focei(function, coordinates.vector(start))
        if method == "laplace":
            minimum = fit_laplace(model, coordinates, minimum, function)
        x = minimum.x
        if not minimum.converged:
            notes.append("The search ended before it converged; try other starting values.")
    at = coordinates.parameters(x)
    objective = _objective(model, at, method, streams)
    covariance, more = covariance_of(function, x)
    found_modes = modes(model, at)
    estimates = {
        **estimates_of(whole, coordinates, at, covariance),
        **objective, "method": method, "seed": seed, "subjects": model.subjects,
        "observations": int(model.data.there.sum()),
        "shrinkage": dict(zip(effects.random, shrinkage(found_modes.eta, at), strict=True)),
        "notes": [*notes, *more], "seconds": round(time.perf_counter() - begun, 3),
    }  # fmt: skip
    return PopulationFit(estimates, table.ids, effects.random, found_modes.eta, model, at, table)


@dataclass(frozen=True, eq=False)
class _Problem:
    model: MixedModel
    predictor: EventPredictor
    structure: Structure


def _problem(table: EventTable, pk: PkModel, effects: Effects, threads: int | None) -> _Problem:
    _refuse_names(pk, effects)
    if not len(table.counted):
        raise InvalidData(
            f"'{table.text.name}' holds no observation.",
            "A fit needs rows with EVID 0, MDV 0 and a value in DV.",
            "Add the observations, or predict the table with run-events.",
        )
    whole = structure(effects, table, pk.parameters)
    individual = with_spaces(pk, whole.individual)
    shown, kinds = _endpoints(table, pk, effects)
    plan = EventPlan(table, pk, individual, shown)
    predictor = EventPredictor(plan, tolerance=FINE, threads=threads)
    data = observations_of(plan, kinds)
    residuals = Residuals(tuple(e.kind for e in effects.endpoints))
    model = MixedModel(predictor, data, whole.design, whole.effect_of, residuals, effects.block_numbers)
    return _Problem(model, predictor, whole)


def observations_of(plan: EventPlan, endpoint: Sequence[int]) -> Observations:
    """Counted rows of a plan as observations; ``endpoint`` of each row of the table."""
    table, shape = plan.table, (len(plan.table.ids), plan.width)
    value, there, limit = np.zeros(shape), np.zeros(shape, bool), np.full(shape, np.nan)
    kind, censored = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for subject, rows in enumerate(plan.places):
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
        cells = _cells(table, e.column)
        for row in table.counted.tolist():
            if not e.column or _same(cells[row], e.value):
                kinds[row] = number if kinds[row] < 0 else kinds[row]
                if e.observable and kinds[row] == number:
                    shown[row] = e.observable
    lost = [row for row in table.counted.tolist() if kinds[row] < 0]
    if lost:
        raise InvalidData(
            f"row {lost[0] + 1} belongs to no residual error.",
            "The effects file states errors by dvid or cmt, and none is this row's.",
            "State one for its DVID or CMT, or mark the row with MDV 1.",
        )
    return shown, kinds


def _cells(table: EventTable, column: str) -> Sequence[str]:
    if not column:
        return ()
    if column not in table.text.columns:
        raise InvalidData(
            f"There is no column {column} in '{table.text.name}'.",
            "The effects file states residual errors by it.",
            f"Add a column {column}, or state one residual error for all rows.",
        )
    return table.text.column(column)


def _same(cell: str, wanted: str) -> bool:
    try:
        return float(cell) == float(wanted)
    except ValueError:
        return cell.strip().lower() == wanted.strip().lower()


def _refuse_names(pk: PkModel, effects: Effects) -> None:
    """Refuse parameters that the model has not, and those of the shelf that are missing."""
    named = [p.name for p in effects.parameters]
    for name in named:
        if name not in pk.parameters and dosing_item(name) is None:
            raise InvalidInput(
                f"{pk.name} has no parameter '{name}'.", closest(name, pk.parameters),
                f"Its parameters are {', '.join(pk.parameters)}.",
            )  # fmt: skip
    missing = [name for name in pk.parameters if name not in named and not pk.has_values]
    if missing:
        raise InvalidInput(
            f"{pk.name} needs {', '.join(missing)}.", "A built-in model has no default values.",
            "State their typical values under parameters; fixed: true keeps one.",
        )  # fmt: skip
    columns = {c.column for p in effects.parameters for c in p.covariates}
    if both := sorted(columns & {name.upper() for name in named}):
        raise InvalidInput(
            f"{both[0]} is a parameter and a covariate.", "One name stands for one thing.", "Rename one."
        )
    if not effects.random:
        raise InvalidInput(
            "No parameter varies between subjects.", "A population fit estimates how much they do.",
            "State between: 0.3 for at least one.",
        )  # fmt: skip


def _refuse_lost(model: MixedModel, start: Parameters, table: EventTable) -> None:
    """Refuse starting values at which a subject has no likelihood."""
    zero = np.zeros((model.subjects, model.effects))
    f = model.predictor.predict(model.everyone(), model.predictors(model.everyone(), zero, start.theta))
    bad = np.flatnonzero(~np.isfinite(model.penalised(model.everyone(), f, zero, start)))
    if len(bad):
        raise ComputationFailed(
            f"Subject {table.ids[bad[0]]} cannot be simulated at the typical values.",
            "A prediction is not a finite number, or is not positive where its logarithm is observed.",
            "Start from other typical values, or mark observations before the first dose with MDV 1.",
        )


def _objective(model: MixedModel, at: Parameters, method: Method, streams: Streams) -> dict[str, Any]:
    if method != "saem":
        return {"ofv": float(marginal(model, at, method)[0].sum())}
    values, found = marginal(model, at, "focei")
    assert found is not None
    size = model.effects * DRAWS
    z = streams.normal("importance", 0, model.everyone(), size).reshape(model.subjects, DRAWS, -1)
    own, error = importance(model, at, found.eta, found.hessian, z)
    return {
        "ofv": float(own.sum()), "ofv_error": float(np.sqrt((error**2).sum())),
        "ofv_focei": float(values.sum()),
    }  # fmt: skip
