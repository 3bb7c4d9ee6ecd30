"""A population fit: data, model and effects become estimates with their errors."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.children.model import ChildrenModel
from quotidian.application.fitting.children.problem import problem_of
from quotidian.application.fitting.estimates import errors_of, estimates_of, shrinkage
from quotidian.application.fitting.evaluation import (
    Evaluation,
    Method,
    evaluated,
    refuse_infinite,
    refuse_lost,
)
from quotidian.application.fitting.population_notes import class_notes, data_notes, mode_notes
from quotidian.application.fitting.population_problem import Effort, PopulationProblem
from quotidian.data.event_table import EventTable
from quotidian.errors import ComputationFailed, InvalidInput
from quotidian.inference.assigned import assigned
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.diagnostics import conditional_residuals
from quotidian.inference.effects import Effects, in_order
from quotidian.inference.gradient_fit import LOST, FoceiFunction, LaplaceFunction, fit_focei, fit_laplace
from quotidian.inference.likelihood_ascent import ascended
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.mixture import logits_of
from quotidian.inference.saem import fit_saem
from quotidian.models.pk_shelf import PkModel
from quotidian.notebook import html_table
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
METHODS = ("focei", "laplace", "saem")
EVALUATED = (*METHODS, "fo", "foce", "exact")
MOST_EFFECTS = 4  # of adaptive quadrature, whose work grows with 9 to the power of their number
UNFINISHED = "The search ended before it converged; try other starting values."


@dataclass(frozen=True, eq=False)
class PopulationFit:
    """Estimates of a population.

    Attributes
    ----------
    estimates : what ``estimates.json`` holds. ids : [subject]. eta : [subject, effect] modes of the random
        effects; in a mixture in the most probable class, and 0 where it does not use the effect. effects :
        their names. parameters : of the population. covariance : of the free coordinates by the FOCEI or
        Laplace objective, 0 for those that are held because the data do not determine them; None where it
        could not be computed, also if standard errors follow from the likelihood instead. problem : data
        and model. objectives : [subject]. shares : of the classes of a mixture, [1] where there is none.
        probabilities : [subject, class] given the data of the subject.
    """

    estimates: dict[str, Any]
    ids: tuple[str, ...]
    effects: tuple[str, ...]
    eta: Floats
    parameters: Parameters
    covariance: Floats | None
    problem: PopulationProblem
    objectives: Floats
    shares: Floats
    probabilities: Floats

    def __repr__(self) -> str:
        own = self.estimates
        size = f"{own['subjects']} subjects, {own['observations']} observations"
        return f"<PopulationFit by {own['method']}: {size}, objective {self.ofv:.6g}>"

    def _repr_html_(self) -> str:
        """The estimates in the units of the data, with their SE, for notebooks."""
        own = self.estimates
        errors = own["se"] or {}
        rows = [
            (part, name, value, errors.get(part, {}).get(name))
            for part in ("theta", "omega", "sigma", "shares")
            for name, value in own.get(part, {}).items()
        ]
        return html_table(repr(self), ("part", "parameter", "estimate", "SE"), rows, " ".join(own["notes"]))

    def predictions(self, eta: Floats | None = None) -> Floats:
        """Predictions of the observations, in the order of the table's rows.

        Parameters
        ----------
        eta : random effects [subject, effect]; None: the modes. Zeros give those of the typical subject (of
            the most probable class).
        """
        model, everyone = self.model, self.model.everyone()
        own = self.eta if eta is None else np.asarray(eta, dtype=np.float64)
        f = model.predictor.predict(everyone, model.predictors(everyone, own, self.parameters.theta))
        return np.asarray(f[model.data.there])

    def typical(self, observed: bool = False) -> Floats:
        """Predictions [subject, observation] without random effects, the mean over the classes.

        ``observed`` : on the scale of the data, which may be logarithms.
        """
        found, at = np.zeros(self.model.data.value.shape), self.parameters
        for model, share in zip(self.problem.kinds, self.shares, strict=True):
            everyone = model.everyone()
            f = model.predictor.predict(everyone, model.predictors(everyone, 0.0 * self.eta, at.theta))
            found += share * (model.residuals.normal(model.data, f, at.sigma)[0] if observed else f)
        return found

    @property
    def classes(self) -> NDArray[np.int64]:
        """Most probable class of each subject, from 1, [subject]."""
        return np.asarray(self.probabilities.argmax(axis=1) + 1, dtype=np.int64)

    @property
    def mixture(self) -> bool:
        """Whether there are several classes."""
        return len(self.shares) > 1

    @property
    def used(self) -> NDArray[np.bool_]:
        """Whether the most probable class uses an effect, [subject, effect]."""
        return np.stack([model.used for model in self.problem.kinds])[self.classes - 1]

    @property
    def x(self) -> Floats:
        """The estimates as coordinates: those of the parameters, then logits of the shares."""
        own = self.problem.structure.coordinates.vector(self.parameters)
        return np.concatenate([own, logits_of(self.shares)])

    @cached_property
    def model(self) -> MixedModel:
        """Data and structure of the effects, each subject in its most probable class."""
        return assigned(self.problem.kinds, self.classes - 1)

    @property
    def table(self) -> EventTable:
        """The event table."""
        return self.problem.table

    @property
    def ofv(self) -> float:
        """Objective: -2 ln L without n ln 2 pi."""
        return float(self.estimates["ofv"])


def weighted_residuals(fit: PopulationFit) -> Floats:
    """CWRES [subject, observation]; not-a-number in a mixture.

    There the class that explains a subject best would be taken for the true one, and its residuals would be
    too small.
    """
    if fit.mixture:
        return np.full(fit.model.data.value.shape, np.nan)
    return conditional_residuals(fit.model, fit.parameters, fit.eta)


def fit_population(
    table: EventTable, pk: PkModel | ChildrenModel, effects: Effects, method: Method, *, seed: int = 1,
    threads: int | None = None, estimate: bool = True,
) -> PopulationFit:  # fmt: skip
    """Fit a model with effects to a table.

    Parameters
    ----------
    seed : of SAEM and of importance sampling. estimate : False keeps every parameter at its stated value and
        computes the objective of ``method`` (one of EVALUATED) and the modes of the random effects.

    Raises InvalidInput for effects that do not fit the model or the data, InvalidData for a table without
    observations, ComputationFailed where a subject cannot be followed.
    """
    begun = time.perf_counter()
    _refuse_method(method, effects, estimate)
    problem = problem_of(table, pk, effects, threads)
    whole, streams = problem.structure, Streams(seed)
    for kind in problem.kinds:
        refuse_lost(kind, whole.start, table)
    coordinates = whole.coordinates if estimate else whole.coordinates.held()
    function, notes, errors = FoceiFunction(problem.kinds, coordinates), data_notes(problem), None
    at, shares = whole.start, np.array(effects.shares)
    if estimate:
        x, lost = _searched(problem, function, method, streams)
        own, shares = function.split(x)
        at = coordinates.parameters(own)
        theta, shares = in_order(whole, at.theta, shares)
        at = replace(at, theta=theta)
        x = np.concatenate([coordinates.vector(at), logits_of(shares)])
        quick = _quick(problem) if problem.effort == Effort() else []  # draws of others take too long
        errors = errors_of(function, method, x, whole, quick, streams)
        notes += [*lost, *errors.notes, *class_notes(shares, len(table.ids))]
    found = evaluated(problem, at, shares, method, streams, [own.eta for own in function.last], estimate)
    refuse_infinite(found.objectives, table)
    estimates = estimates_of(whole, coordinates, at, errors.stated if errors else None, shares)
    fit = PopulationFit(
        estimates, table.ids, whole.random, found.eta, at, errors.covariance if errors else None, problem,
        found.objectives, shares, found.probabilities,
    )  # fmt: skip
    if estimate and method != "saem":
        notes += mode_notes(fit.model, at, fit.eta, table.ids, method)
    origin = errors.origin if errors and errors.stated is not None else None
    more_stated = _stated(fit, found, method, {"se_from": origin, "estimated": estimate, "seed": seed})
    seconds = round(time.perf_counter() - begun, 3)
    return replace(fit, estimates={**estimates, **more_stated, "notes": notes, "seconds": seconds})


def _stated(fit: PopulationFit, found: Evaluation, method: Method, how: dict[str, Any]) -> dict[str, Any]:
    """What ``estimates.json`` says beside the estimates."""
    shrunk = shrinkage(fit.eta, fit.parameters, fit.used)
    return {
        **found.stated, "method": method, **how, "subjects": fit.model.subjects,
        "observations": int(fit.model.data.there.sum()),
        "shrinkage": dict(zip(fit.effects, shrunk, strict=True)),
    }  # fmt: skip


def _refuse_method(method: Method, effects: Effects, estimate: bool) -> None:
    if estimate and method not in METHODS:
        raise InvalidInput(
            f"{method} does not estimate.", "It only evaluates an objective at stated parameters.",
            "Use focei, laplace or saem, or evaluate (--evaluate; in Python estimate=False).",
        )  # fmt: skip
    if estimate and method == "laplace" and len(effects.shares) > 1:
        raise InvalidInput(
            "laplace does not estimate a mixture.", "Its search follows a single class of subjects.",
            "Use focei or saem; laplace evaluates a mixture at stated values (--evaluate).",
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
    coordinates, start = function.coordinates, problem.structure.start
    shares = np.array(problem.structure.effects.shares)
    if method == "saem":
        return _by_saem(problem, coordinates, streams), []
    minimum = fit_focei(function, np.concatenate([coordinates.vector(start), logits_of(shares)]))
    if minimum.value >= LOST:
        raise ComputationFailed(
            "The objective cannot be computed at the starting values.",
            "The most probable random effects of a subject were not found there, or are no minimum.",
            "Start from other typical values, or use saem.",
        )
    if method == "laplace":
        minimum = fit_laplace(LaplaceFunction(function), minimum)
    lost = [] if minimum.converged else [UNFINISHED]
    return minimum.x, lost


def _quick(problem: PopulationProblem) -> list[MixedModel]:
    """The models with the tolerances of SAEM."""
    return [
        replace(kind, predictor=own.quick)
        for kind, own in zip(problem.kinds, problem.predictors, strict=True)
    ]


def _by_saem(problem: PopulationProblem, coordinates: Coordinates, streams: Streams) -> Floats:
    """Coordinates of the estimates of SAEM."""
    quick, whole, effort = _quick(problem), problem.structure, problem.effort
    try:
        found = fit_saem(
            quick, coordinates, whole.start, np.array(whole.effects.shares), streams, effort.schedule,
            rows=effort.chains,
        )  # fmt: skip
        at, shares = ascended(quick, coordinates, found.parameters, found.shares, streams, effort.ascent)
    except np.linalg.LinAlgError:
        if len(quick) == 1:
            raise
        raise ComputationFailed(
            "A class of the mixture has lost all subjects.",
            "No data are left to estimate its parameters.",
            "Start its typical values elsewhere, or state fewer classes.",
        ) from None
    return np.concatenate([coordinates.vector(at), logits_of(shares)])
