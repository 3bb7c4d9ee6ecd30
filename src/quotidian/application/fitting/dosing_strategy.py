"""A simulated trial of a dosing strategy: each child is fitted at each visit and dosed by the answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_data import ChildRecord
from quotidian.application.fitting.child_fit import fit_child
from quotidian.application.fitting.child_predictor import ChildPredictor
from quotidian.application.fitting.child_problem import child_problem
from quotidian.application.fitting.regimen_search import BEFORE, Candidate, aim_of, search
from quotidian.application.fitting.target import Target, candidates
from quotidian.drugs.catalogue import regimen as parsed
from quotidian.errors import InvalidInput
from quotidian.patients.child import Child, child
from quotidian.patients.population import draw
from quotidian.patients.treatment import treatment_events
from quotidian.simulation import FIRST_DOSE_HOUR, planned_doses
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.assays import clinic_error_models

Floats = NDArray[np.float64]
WEEK_H, DAY_H, Z95 = 168.0, 24.0, 1.9599640
VISIT_HOUR = 8.0
"""Hour of a visit, before the dose of that day."""


@dataclass(frozen=True)
class StrategyRequest:
    """What is compared.

    Parameters
    ----------
    fixed : regimen of the arm that stays on it, and of the first weeks of the other.
    target, grid : as in :func:`quotidian.search_regimens`. visits : weeks at which children of the strategy
        are measured, fitted and dosed. until : week at which both arms are assessed.
    measured : analytes at each visit. confidence : probability of the target that a regimen must have; of
        those that have it the one with least drug is given, of others the one that is most probable.

    Raises InvalidInput for visits that are not ascending and before ``until``.
    """

    fixed: str
    target: str
    grid: str
    visits: tuple[int, ...] = (4, 8)
    until: int = 20
    measured: tuple[str, ...] = ("tocilizumab",)
    confidence: float = 0.8
    children: int = 20
    seed: int = 1

    def __post_init__(self) -> None:
        ordered = (0, *self.visits, self.until)
        if not self.visits or any(a >= b for a, b in pairwise(ordered)):
            raise InvalidInput(
                f"Visits at weeks {self.visits} until week {self.until} are not possible.",
                "They must ascend, and lie after week 0 and before the end.",
                "Write for example visits=(4, 8), until=20.",
            )


@dataclass(frozen=True)
class StrategyOutcome:
    """One child in both arms: ``fixed`` and ``adapted`` are the quantity of the target, in its unit.

    ``regimen`` is the last one of the strategy; mg a week are means up to the end.
    """

    number: int
    weight_kg: float
    fixed: float
    fixed_met: bool
    fixed_mg_per_week: float
    adapted: float
    adapted_met: bool
    adapted_mg_per_week: float
    regimen: str


def dosing_strategy(
    request: StrategyRequest, progress: Callable[[float], None] | None = None
) -> tuple[StrategyOutcome, ...]:
    """Both arms of every child, with the same child and errors of measurement.

    Raises InvalidInput for texts that cannot be read, ComputationFailed where a child cannot be fitted.
    """
    found = []
    for number in range(request.children):
        found.append(_both(request, number))
        if progress is not None:
            progress((number + 1) / request.children)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Truth:
    """A virtual child: its predictor of what is measured and aimed at, and its scores [1, effect]."""

    child: Child
    predictor: ChildPredictor
    scores: Floats
    target: Target

    def read(self, plan: str, hours: Floats) -> Floats:
        """Values [time, observable] on a regimen."""
        events = treatment_events(self.child, parsed(plan), float(hours[-1]) + DAY_H)
        return np.asarray(replace(self.predictor, events=tuple(events)).course(self.scores, hours)[0])


def _both(request: StrategyRequest, number: int) -> StrategyOutcome:
    truth = _truth(request, number)
    adapted, last = _adapted(request, truth, number)
    sides = [_judged(truth, plan, request.until) for plan in (request.fixed, adapted)]
    (fixed, low), (quantity, mg) = sides
    met = truth.target.met(np.array([fixed, quantity]))
    return StrategyOutcome(
        number, truth.child.weight_kg, fixed, bool(met[0]), low, quantity, bool(met[1]), mg, last
    )


def _truth(request: StrategyRequest, number: int) -> _Truth:
    """A child of the age and size of the trials' children, with random effects of the prior."""
    drawn = draw(Streams(request.seed), 0, [number])[0]
    own = child(drawn.age_years, drawn.sex, drawn.weight_kg, drawn.height_cm)
    plan = parsed(request.fixed)
    hours = np.array([VISIT_HOUR])
    first = child_problem(_empty(request.measured, hours), own, plan, 1.0)
    target = aim_of(first, request.target, request.fixed)
    names = tuple(dict.fromkeys((*request.measured, target.observable)))
    predictor = child_problem(_empty(names, hours), own, plan, 1.0).predictor
    size, root = len(predictor.prior.effects), np.linalg.cholesky(predictor.prior.correlation)
    z = Streams(request.seed).normal("strategy.child", 0, np.array([number]), size) @ root.T
    return _Truth(own, predictor, z, target)


def _empty(names: tuple[str, ...], hours: Floats) -> ChildRecord:
    """One measurement of each analyte at each hour, without values."""
    every = np.repeat(hours, len(names))
    rows = len(every)
    numbers = tuple(range(1, rows + 1))
    return ChildRecord(every, names * len(hours), np.ones(rows), np.zeros(rows, np.int64), numbers)


def _adapted(request: StrategyRequest, truth: _Truth, number: int) -> tuple[str, str]:
    """The whole regimen of the strategy, and its last part."""
    text, begin, whole = request.fixed, 0.0, request.fixed
    done: list[str] = []
    for count, week in enumerate(request.visits, start=1):
        hours = np.array([WEEK_H * w + VISIT_HOUR for w in request.visits[:count]])
        record = _measured(request, truth, number, whole, hours)
        last, seed = float(hours[-1]) / DAY_H, request.seed + number
        fit = fit_child(record, truth.child, parsed(whole), until_day=last, seed=seed)
        grid = candidates(request.grid, request.fixed.partition(":")[0])
        found = search(fit.problem, fit.draws, truth.target, grid, request.seed)
        chosen = _chosen(found, request.confidence)
        start = _start(truth.child, whole, chosen.regimen, WEEK_H * week + VISIT_HOUR)
        done.append(f"{text} @{begin:g}d ..{start:g}d")
        text, begin = chosen.regimen, start
        whole = " + ".join([*done, f"{text} @{begin:g}d"])
    return whole, text


def _measured(request: StrategyRequest, truth: _Truth, number: int, plan: str, hours: Floats) -> ChildRecord:
    """Measurements with the errors of the assays; those of earlier visits do not change."""
    empty, names = _empty(request.measured, hours), truth.predictor.observables
    values = truth.read(plan, hours)
    errors, noise = clinic_error_models(), Streams(request.seed)
    found = []
    for place, name in enumerate(empty.analyte):
        visit = place // len(request.measured)
        n = noise.normal(f"strategy.{name}", visit, np.array([number]), 1)[0]
        found.append(float(errors[name].measured(values[visit, [names.index(name)]], n)[0]))
    return replace(empty, value=np.array(found))


def _chosen(found: list[Candidate], confidence: float) -> Candidate:
    """The least drug that is probable enough, else the most probable."""
    enough = [one for one in found if one.probability >= confidence]
    return enough[0] if enough else max(found, key=lambda one: one.probability)


def _start(who: Child, whole: str, new: str, visit_h: float) -> float:
    """Day on which the new regimen begins: its own interval after the last dose, at the visit or later."""
    given = planned_doses(who.person, parsed(whole), visit_h)
    fresh = planned_doses(who.person, parsed(new), WEEK_H * 12.0)
    interval = fresh[1].time_h - fresh[0].time_h if len(fresh) > 1 else 0.0
    due = given[-1].time_h + interval if given else visit_h
    return float(math.ceil((max(visit_h, due) - FIRST_DOSE_HOUR) / DAY_H - 1e-9))


def _judged(truth: _Truth, plan: str, week: int) -> tuple[float, float]:
    """The quantity of the target at a week, and mg a week up to then."""
    end = WEEK_H * week + FIRST_DOSE_HOUR
    given = planned_doses(truth.child.person, parsed(plan), end + 1.0)
    weekly = sum(dose.amount_mg for dose in given if dose.time_h < end - 1.0) / week
    at = given[-1].time_h - BEFORE if truth.target.trough and given else end - BEFORE
    place = truth.predictor.observables.index(truth.target.observable)
    return float(truth.read(plan, np.array([at]))[0, place]), weekly


def compared(found: tuple[StrategyOutcome, ...]) -> dict[str, float]:
    """Share of children that meet the target and mean mg a week in each arm, and the paired difference of the
    shares with its 95 % interval (adjusted Wald interval of Agresti and Min 2005)."""
    fixed = np.array([one.fixed_met for one in found], dtype=np.float64)
    adapted = np.array([one.adapted_met for one in found], dtype=np.float64)
    away = adapted - fixed
    low, high = _paired_interval(int((away > 0).sum()), int((away < 0).sum()), len(away))
    return {
        "fixed_share": float(fixed.mean()),
        "adapted_share": float(adapted.mean()),
        "difference": float(away.mean()),
        "difference_low": low,
        "difference_high": high,
        "fixed_mg_per_week": float(np.mean([one.fixed_mg_per_week for one in found])),
        "adapted_mg_per_week": float(np.mean([one.adapted_mg_per_week for one in found])),
    }


def _paired_interval(gained: int, lost: int, pairs: int) -> tuple[float, float]:
    """95 % interval of a difference of paired proportions: half a pair is added to each of four cells.

    Without these the interval has no width if all pairs change alike.
    """
    c, b, n = gained + 0.5, lost + 0.5, pairs + 2.0
    middle = (c - b) / n
    half = Z95 * math.sqrt(b + c - (c - b) ** 2 / n) / n
    return max(-1.0, middle - half), min(1.0, middle + half)
