"""A population fit: data, model and effects become estimates with their errors."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.estimates import covariance_of, estimates_of, shrinkage
from quotidian.application.fitting.population_notes import data_notes
from quotidian.application.fitting.population_problem import PopulationProblem, population_problem
from quotidian.data.event_table import EventTable
from quotidian.engine import Tolerance
from quotidian.errors import ComputationFailed, InvalidInput
from quotidian.inference.effects import Effects
from quotidian.inference.event_predictor import FINE
from quotidian.inference.gradient_fit import LOST, FoceiFunction, fit_focei, fit_laplace
from quotidian.inference.likelihood_ascent import ascended
from quotidian.inference.marginal import importance, marginal
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import Modes, modes
from quotidian.inference.restarts import lowest
from quotidian.inference.saem import fit_saem
from quotidian.models.pk_shelf import PkModel
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Method: TypeAlias = Literal["focei", "laplace", "saem", "fo", "foce", "exact"]
METHODS = ("focei", "laplace", "saem")
EVALUATED = (*METHODS, "fo", "foce", "exact")
POINTS = {1: 41, 2: 15}  # of quadrature by number of effects; 9 for more
MOST_EFFECTS = 4  # of adaptive quadrature, whose work grows with 9 to the power of their number
QUICK = Tolerance(rtol=1e-5, atol=1e-7)
UNFINISHED = "The search ended before it converged; try other starting values."
DRAWS = 2000  # of importance sampling, of each subject


@dataclass(frozen=True, eq=False)
class PopulationFit:
    """Estimates of a population.

    Attributes
    ----------
    estimates : what ``estimates.json`` holds. ids : [subject]. eta : [subject, effect] modes of the random
        effects. effects : their names. parameters : of the population. covariance : of the free coordinates;
        None where it could not be computed. problem : data and model. objectives : [subject].
    """

    estimates: dict[str, Any]
    ids: tuple[str, ...]
    effects: tuple[str, ...]
    eta: Floats
    parameters: Parameters
    covariance: Floats | None
    problem: PopulationProblem
    objectives: Floats

    def predictions(self, eta: Floats | None = None) -> Floats:
        """Predictions of the observations, in the order of the table's rows.

        Parameters
        ----------
        eta : random effects [subject, effect]; None: the modes. Zeros give those of the typical subject.
        """
        model, everyone = self.model, self.model.everyone()
        own = self.eta if eta is None else np.asarray(eta, dtype=np.float64)
        f = model.predictor.predict(everyone, model.predictors(everyone, own, self.parameters.theta))
        return np.asarray(f[model.data.there])

    @property
    def model(self) -> MixedModel:
        """Data and structure of the effects."""
        return self.problem.model

    @property
    def table(self) -> EventTable:
        """The event table."""
        return self.problem.table

    @property
    def ofv(self) -> float:
        """Objective: -2 ln L without n ln 2 pi."""
        return float(self.estimates["ofv"])


def fit_population(
    table: EventTable, pk: PkModel, effects: Effects, method: Method, *, seed: int = 1,
    threads: int | None = None, estimate: bool = True,
) -> PopulationFit:  # fmt: skip
    """Fit a model with effects to a table.

    Parameters
    ----------
    seed : of SAEM and of importance sampling. estimate : False keeps every parameter at its stated value and
        computes the objective of ``method`` (one of EVALUATED) and the modes of the random effects.

    Raises InvalidInput for effects that do not fit the model or the data, InvalidData for a table without
    observations, ComputationFailed where no subject can be followed.
    """
    begun = time.perf_counter()
    _refuse_method(method, effects, estimate)
    problem = population_problem(table, pk, effects, threads)
    model, whole, streams = problem.model, problem.structure, Streams(seed)
    _refuse_lost(model, whole.start, table)
    coordinates = whole.coordinates if estimate else whole.coordinates.held()
    function, notes, covariance = FoceiFunction([model], coordinates), data_notes(problem), None
    x = coordinates.vector(whole.start)
    if estimate:
        x, lost = _searched(problem, function, method, streams)
        covariance, more = covariance_of(function, x)
        notes += [*lost, *more]
    at = coordinates.parameters(x)
    objective, values, found = _objective(problem, at, method, streams)
    estimates = {
        **estimates_of(whole, coordinates, at, covariance),
        **objective, "method": method, "estimated": estimate, "seed": seed, "subjects": model.subjects,
        "observations": int(model.data.there.sum()),
        "shrinkage": dict(zip(whole.random, shrinkage(found.eta, at), strict=True)),
        "notes": notes, "seconds": round(time.perf_counter() - begun, 3),
    }  # fmt: skip
    return PopulationFit(estimates, table.ids, whole.random, found.eta, at, covariance, problem, values)


def _refuse_method(method: Method, effects: Effects, estimate: bool) -> None:
    if estimate and method not in METHODS:
        raise InvalidInput(
            f"{method} does not estimate.", "It only evaluates an objective at stated parameters.",
            "Use focei, laplace or saem, or evaluate (--evaluate; in Python estimate=False).",
        )  # fmt: skip
    size = len(effects.random)
    if method == "exact" and size > MOST_EFFECTS:
        raise InvalidInput(
            f"Quadrature is not possible with {size} random effects.",
            f"Its number of points grows as 9 to their power; the limit is {MOST_EFFECTS}.",
            "Use saem, whose objective comes from importance sampling.",
        )


def _searched(
    problem: PopulationProblem, function: FoceiFunction, method: Method, streams: Streams
) -> tuple[Floats, list[str]]:
    """Coordinates of the estimates, and notes."""
    model, coordinates, start = problem.model, function.coordinates, problem.structure.start
    if method == "saem":
        fine = problem.predictor.tolerance.atol
        tolerance = QUICK if fine == FINE.atol else replace(QUICK, atol=fine)
        quick = replace(model, predictor=replace(problem.predictor, tolerance=tolerance))
        found = fit_saem([quick], coordinates, start, np.ones(1), streams)
        return coordinates.vector(ascended(quick, coordinates, found.parameters, streams)), []
    minimum = fit_focei(function, coordinates.vector(start))
    if minimum.value >= LOST:
        raise ComputationFailed(
            "The objective cannot be computed at the starting values.",
            "The most probable random effects of a subject were not found there, or are no minimum.",
            "Start from other typical values, or use saem.",
        )
    if method == "laplace":
        minimum = fit_laplace(model, coordinates, minimum, function)
    lost = [] if minimum.converged else [UNFINISHED]
    return minimum.x, lost


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


def _objective(
    problem: PopulationProblem, at: Parameters, method: Method, streams: Streams
) -> tuple[dict[str, Any], Floats, Modes]:
    """What ``estimates.json`` says of the objective, that of each subject, and the modes."""
    model = problem.model
    kinked = [
        int(model.effect_of[k]) for k in sorted(problem.predictor.plan.retimed) if model.effect_of[k] >= 0
    ]
    start = lowest(model, at, kinked) if kinked else None
    if method != "saem":
        values, found = marginal(model, at, method, start, points=POINTS.get(model.effects, 9))
        own = found if found is not None and method != "foce" else modes(model, at, start)
        return {"ofv": float(values.sum())}, values, own
    linear, found = marginal(model, at, "focei", start)
    assert found is not None
    size = model.effects * DRAWS
    z = streams.normal("importance", 0, model.everyone(), size).reshape(model.subjects, DRAWS, -1)
    drawn, error = importance(model, at, found.eta, found.hessian, z)
    stated = {
        "ofv": float(drawn.sum()), "ofv_error": float(np.sqrt((error**2).sum())),
        "ofv_focei": float(linear.sum()),
    }  # fmt: skip
    return stated, drawn, found
