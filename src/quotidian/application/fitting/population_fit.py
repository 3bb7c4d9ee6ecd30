"""A population fit: data, model and effects become estimates with their errors."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.estimates import covariance_of, estimates_of, shrinkage
from quotidian.application.fitting.population_problem import PopulationProblem, population_problem
from quotidian.data.event_table import EventTable
from quotidian.engine import Tolerance
from quotidian.errors import ComputationFailed
from quotidian.inference.effects import Effects
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei, fit_laplace
from quotidian.inference.likelihood_ascent import ascended
from quotidian.inference.marginal import importance, marginal
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
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
        effects. effects : their names. parameters : of the population. covariance : of the free coordinates;
        None where it could not be computed. problem : data and model.
    """

    estimates: dict[str, Any]
    ids: tuple[str, ...]
    effects: tuple[str, ...]
    eta: Floats
    parameters: Parameters
    covariance: Floats | None
    problem: PopulationProblem

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
    problem = population_problem(table, pk, effects, threads)
    model, whole = problem.model, problem.structure
    start, coordinates, streams = whole.start, whole.coordinates, Streams(seed)
    _refuse_lost(model, start, table)
    function = FoceiFunction([model], coordinates)
    notes: list[str] = []
    if method == "saem":
        quick = replace(model, predictor=replace(problem.predictor, tolerance=QUICK))
        found = fit_saem([quick], coordinates, start, np.ones(1), streams)
        x = coordinates.vector(ascended(quick, coordinates, found.parameters, streams))
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
    return PopulationFit(estimates, table.ids, effects.random, found_modes.eta, at, covariance, problem)


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
