"""One child's measurements become its random effects: modes, Laplace, importance resampling, bands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_predictor import ChildPredictor
from quotidian.application.fitting.child_prior import ChildPrior
from quotidian.application.fitting.child_problem import ChildProblem, child_problem
from quotidian.dosing import Regimen
from quotidian.errors import ComputationFailed
from quotidian.inference.resampling import Resampled, distinct_modes, resampled
from quotidian.inference.secant_modes import secant_modes
from quotidian.notebook import html_table
from quotidian.patients.child import Child
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
CANDIDATES, STARTS = 32, 2  # draws of the prior that are tried, and the best that searches begin from
DRAWS, KEPT = 600, 200  # proposals of importance resampling, and draws of the posterior that are kept
UNUSUAL = 3.0  # SD of the population
INFORMED = 0.8  # share of the prior's SD below which the data say something of an effect
LEVEL = 0.9  # of the joint region


@dataclass(frozen=True, eq=False)
class ChildFit:
    """What a child's measurements say.

    Attributes
    ----------
    names : parameters fitted. score, score_sd : [effect] posterior mean and SD of z. shrinkage_se : [effect]
        Monte Carlo standard error of `shrinkage`. value, value_sd :
        [effect] of the factors or values. sir : verdict of the resampling. region : the joint region of all
        effects, scores whose objective is at most ``region["objective"]``.
    hours, observables, bands : [time], names, [low/median/high, time, observable]: 5, 50 and 95 %.
    ofv : objective at the mode. modes : score and posterior probability of each mode. draws : [draw, effect].
    """

    names: tuple[str, ...]
    score: Floats
    score_sd: Floats
    value: Floats
    value_sd: Floats
    mode: Floats
    ofv: float
    sir: dict[str, Any]
    region: dict[str, Any]
    modes: list[dict[str, Any]]
    hours: Floats
    observables: tuple[str, ...]
    bands: Floats
    draws: Floats
    problem: ChildProblem
    notes: tuple[str, ...]
    seconds: float
    shrinkage_se: Floats = field(kw_only=True)

    def __repr__(self) -> str:
        informed = f"{int(self.informed.sum())} of {len(self.names)} parameters narrowed by"
        return f"<ChildFit: {informed} {len(self.record.value)} measurements, objective {self.ofv:.6g}>"

    def _repr_html_(self) -> str:
        """Each parameter as a factor or value, with its SE, for notebooks."""
        known = ["yes" if one else "no" for one in self.informed]
        rows = zip(self.names, self.value.tolist(), self.value_sd.tolist(), known, strict=True)
        head = ("parameter", "factor or value", "SE", "narrowed by the data")
        return html_table(repr(self), head, rows, " ".join(self.notes))

    @property
    def record(self) -> ChildRecord:
        """The measurements."""
        return self.problem.record

    @property
    def shrinkage(self) -> Floats:
        """[effect] part of the prior variance that the data removed; the draws may leave it below 0."""
        return np.asarray(1.0 - self.score_sd**2)

    @property
    def informed(self) -> NDArray[np.bool_]:
        """[effect] whether the data narrow the effect."""
        return np.asarray(self.score_sd < INFORMED)

    @property
    def silent(self) -> tuple[str, ...]:
        """Parameters that these data say nothing about."""
        return tuple(n for n, known in zip(self.names, self.informed, strict=True) if not known)

    def contains(self, scores: Floats) -> bool:
        """Whether the joint region contains these scores [effect]."""
        return bool(self.problem.objective(scores[None])[0] <= self.region["objective"])


Mode = tuple[Floats, float, Floats]
"""Scores, objective and Hessian of a mode."""


def fit_child(
    record: ChildRecord, child: Child, regimen: Regimen, *, until_day: float | None = None, seed: int = 1,
    threads: int | None = None,
) -> ChildFit:  # fmt: skip
    """Fit a child's random effects to its measurements.

    Parameters
    ----------
    until_day : end of the bands; None: four weeks after the last measurement, or the day of death.

    Raises RegimenError for a dose after death or beyond the limits of a drug, ImplausibleChild for a child
    followed far into adult life, ComputationFailed where no mode was found.
    """
    begun = time.perf_counter()
    last = max(float(record.hour.max()) / 24.0 + 28.0, 1.0) if until_day is None else until_day
    problem = child_problem(record, child, regimen, max(last, float(record.hour.max()) / 24.0), threads)
    last, streams = min(last, record.death_h / 24.0), Streams(seed)
    found = _modes_of(problem, streams)
    if not found:
        raise ComputationFailed(
            "No parameters explain these measurements.",
            "Every search ended where the child could not be simulated.",
            "Check units and times of the measurements.",
        )
    logs = np.array([_log_evidence(value, h) for _, value, h in found])
    weights = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    draws = resampled(
        problem.model, problem.at, np.array([m[0] for m in found]), np.array([m[2] for m in found]),
        weights, streams, DRAWS, KEPT,
    )  # fmt: skip
    grid = np.unique(np.concatenate([24.0 * np.arange(0.0, last + 1.0), [24.0 * last]])) + 9.0
    grid = grid[grid <= 24.0 * last + 9.0]
    value, spread = _natural(problem.prior, draws)
    best = int(np.argmax(weights))
    names = problem.prior.names
    return ChildFit(
        names, draws.mean, draws.sd, value, spread, found[best][0], found[best][1],
        {"draws": draws.proposals, "ess": draws.ess, "pareto_k": draws.pareto_k, "trusted": draws.trusted},
        {
            "level": LEVEL, "kind": "highest posterior density",
            "objective": float(np.quantile(draws.objective, LEVEL)),
        },
        [
            {"ofv": float(v), "probability": float(w), "scores": dict(zip(names, map(float, z), strict=True))}
            for (z, v, _), w in zip(found, weights, strict=True)
        ],
        grid, problem.predictor.observables, _bands(problem.predictor, draws.kept, grid), draws.kept, problem,
        (*record.notes, *_notes(draws, weights, names)), time.perf_counter() - begun,
        shrinkage_se=draws.variance_se,
    )  # fmt: skip


def _modes_of(problem: ChildProblem, streams: Streams) -> list[Mode]:
    """Distinct modes. The search begins at zero and at the best draws of the prior."""
    size = problem.predictor.effects
    root = np.linalg.cholesky(problem.prior.correlation)
    z = streams.normal("child.start", 0, np.arange(CANDIDATES), size) @ root.T
    order = np.argsort(problem.objective(z), kind="stable")
    start = np.concatenate([np.zeros((1, size)), z[order[:STARTS]]])
    found = secant_modes(problem.model, problem.at, start)
    sound = np.isfinite(found.objective)
    return distinct_modes(found.eta[sound], found.objective[sound], found.hessian[sound])


def _log_evidence(objective: float, hessian: Floats) -> float:
    """Laplace's approximation of the probability of the data near a mode, up to a constant."""
    return float(-0.5 * (objective + np.linalg.slogdet(hessian)[1]))


def _bands(predictor: ChildPredictor, kept: Floats, grid: Floats) -> Floats:
    """5, 50 and 95 % of the course; a draw that was kept several times is run once."""
    own, place = np.unique(kept, axis=0, return_inverse=True)
    return np.asarray(np.quantile(predictor.course(own, grid)[place.ravel()], (0.05, 0.5, 0.95), axis=0))


def _natural(prior: ChildPrior, draws: Resampled) -> tuple[Floats, Floats]:
    sizes = np.stack([e.size(draws.kept[:, k])[0] for k, e in enumerate(prior.effects)], axis=1)
    return np.median(sizes, axis=0), sizes.std(axis=0)


def _notes(draws: Resampled, weights: Floats, names: Sequence[str]) -> list[str]:
    notes = []
    odd = [n for n, z in zip(names, draws.mean, strict=True) if abs(z) > UNUSUAL]
    if odd:
        notes.append(
            f"The data imply an unusual child: {', '.join(odd)} beyond {UNUSUAL:g} SD. Check units, "
            "times and the regimen."
        )
    if not draws.trusted:
        notes.append(
            f"Importance resampling is unreliable (effective draws {draws.ess:.0f}, Pareto k "
            f"{draws.pareto_k:.2f}): intervals are approximate."
        )
    if (weights > 0.05).sum() > 1:
        notes.append("Several sets of parameters explain the data; fit.json lists them under modes.")
    return notes
