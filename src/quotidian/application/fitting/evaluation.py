"""A population at given parameters: objective and most probable random effects of each subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.population_problem import PopulationProblem
from quotidian.data import EventTable
from quotidian.errors import ComputationFailed
from quotidian.inference.importance_draws import importance
from quotidian.inference.marginal import marginal
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.mixture import over_classes
from quotidian.inference.modes import Modes, modes
from quotidian.inference.restarts import lowest
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Method: TypeAlias = Literal["focei", "laplace", "saem", "fo", "foce", "exact"]
POINTS = {1: 41, 2: 15}  # of quadrature by number of effects; 9 for more


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A population at given parameters.

    Attributes
    ----------
    stated : what ``estimates.json`` says of the objective. objectives : [subject]. probabilities : [subject,
        class] given the data of the subject. eta : [subject, effect] modes in the most probable class.
    """

    stated: dict[str, float]
    objectives: Floats
    probabilities: Floats
    eta: Floats


def evaluated(
    problem: PopulationProblem, at: Parameters, shares: Floats, method: Method, streams: Streams,
    near: Sequence[Floats] = (), bounded: bool = False,
) -> Evaluation:  # fmt: skip
    """The objective of ``method`` over the classes, with shares [class].

    Parameters
    ----------
    streams : for SAEM. near : modes of a fit for each class, [subject, effect], used where lower than those
        found from zero. bounded : of Laplace, as in a fit.
    """
    starts: Sequence[Floats | None] = near or [None] * len(problem.kinds)
    classes = [_Class.of(problem, k, at, method, streams, start, bounded) for k, start in enumerate(starts)]
    objectives, weight = over_classes(np.stack([c.objective for c in classes]), shares)
    stated = {"ofv": float(objectives.sum())}
    if method == "saem":
        error = np.sqrt(sum((w * c.error) ** 2 for w, c in zip(weight, classes, strict=True)))
        linear, _ = over_classes(np.stack([c.linear for c in classes]), shares)
        stated |= {"ofv_error": float(np.sqrt((error**2).sum())), "ofv_focei": float(linear.sum())}
    own = weight.argmax(axis=0)
    used = np.stack([model.used for model in problem.kinds])[own]
    eta = np.where(used, np.stack([c.modes.eta for c in classes])[own, np.arange(len(own))], 0.0)
    return Evaluation(stated, objectives, weight.T, eta)


@dataclass(frozen=True, eq=False)
class _Class:
    """All subjects as of one class: objective with its Monte Carlo error, FOCEI objective, modes."""

    objective: Floats
    error: Floats
    linear: Floats
    modes: Modes

    @staticmethod
    def of(
        problem: PopulationProblem, number: int, at: Parameters, method: Method, streams: Streams,
        near: Floats | None, bounded: bool,
    ) -> _Class:  # fmt: skip
        model, predictor = problem.kinds[number], problem.predictors[number]
        kinked = [int(model.effect_of[k]) for k in sorted(predictor.retimed) if model.effect_of[k] >= 0]
        start = lowest(model, at, kinked, near) if kinked or near is not None else None
        none = np.zeros(model.subjects)
        if method != "saem":
            values, found = marginal(model, at, method, start, POINTS.get(model.effects, 9), bounded)
            own = found if found is not None and method != "foce" else modes(model, at, start)
            return _Class(values, none, none, own)
        linear, found = marginal(model, at, "focei", start)
        assert found is not None
        return _Class(
            *importance(model, at, found, streams, "importance", problem.effort.draws), linear, found
        )


def refuse_lost(model: MixedModel, start: Parameters, table: EventTable) -> None:
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


def refuse_infinite(objectives: Floats, table: EventTable) -> None:
    """Refuse a fit with an objective [subject] that is no number: a sum with it would say nothing."""
    bad = np.flatnonzero(~np.isfinite(objectives))
    if len(bad):
        raise ComputationFailed(
            f"The objective of subject {table.ids[bad[0]]} is not a finite number at the estimates.",
            "The model has no solution at any random effects that were tried.",
            "Start from other typical values, or look at the data of this subject.",
        )
