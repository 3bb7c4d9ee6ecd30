"""Regimens that reach a target in one child: the probability over the draws of its posterior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.application.fitting.child_measurements import clinic_units
from quotidian.application.fitting.child_predictor import ChildPredictor
from quotidian.application.fitting.child_prior import ChildPrior, child_prior
from quotidian.application.fitting.child_problem import ChildProblem
from quotidian.application.fitting.sample_worth import Sample, worth
from quotidian.application.fitting.target import TROUGH, Target, target_of
from quotidian.dosing import Regimen
from quotidian.drugs.catalogue import PREPARATIONS, ROUTES
from quotidian.drugs.catalogue import regimen as parsed
from quotidian.errors import InvalidInput, RegimenError
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.simulation import DosingEvent, planned_doses, reduced_model
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.assays import clinic_error_models

Floats = NDArray[np.float64]
WEEK_H = 168.0
LASTING = 14.0  # days from the week on in which a lasting target is judged
MOST_TIMES = 2.0  # the standard single dose: assumed, because labels state no largest dose of antibodies
MOST_A_WEEK = (
    4.0  # times the standard amount: twice the dose at half the interval; assumed for the same reason
)
COMPARED_H = 12.0 * WEEK_H  # over which amounts are compared
SAMPLES = 20  # times at which a further sample is considered
BEFORE = 0.1  # hours before a dose at which its trough is read
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Candidate:
    """A regimen with its chance.

    Attributes
    ----------
    mg_per_week : of the drug, over the time up to the target. probability : that the target is met, with its
        Monte Carlo error. low, median, high : 5, 50 and 95 % of the quantity, in the unit of the target.
    """

    regimen: str
    mg_per_week: float
    probability: float
    error: float
    low: float
    median: float
    high: float


def preparation_of(problem: ChildProblem) -> str:
    """The preparation that the child has, such as ``tocilizumab-iv``; "" without a drug."""
    given = planned_doses(problem.child.person, problem.regimen, WEEK_H * 52.0)
    first = (given[0].drug, given[0].route) if given else None
    return next((name for name, (drug, route, _) in ROUTES.items() if (drug, route) == first), "")


def aim_of(problem: ChildProblem, text: str, regimen: str = "") -> Target:
    """The target of a text; a trough is that of the drug of ``regimen``, or of the child's own.

    Raises InvalidInput for a text that is not a target, or for a trough without a drug.
    """
    name = regimen.partition(":")[0].strip() or preparation_of(problem)
    drug = ROUTES[name][0] if name in ROUTES else ""
    if text.strip().lower().startswith(TROUGH) and not drug:
        raise InvalidInput(
            "A trough cannot be the target.", "The child receives no drug.",
            "Name a drug in the grid: 'tocilizumab-iv: 8-12 mg/kg, every 1-4 weeks'.",
        )  # fmt: skip
    return target_of(text, clinic_units(), drug)


def search(
    problem: ChildProblem, draws: Floats, target: Target, regimens: Sequence[str], seed: int = 1
) -> list[Candidate]:
    """Candidates, the least drug first.

    The child stays on its regimen up to the last measurement; the candidate begins where the next dose would
    be due at its own interval after the last dose. Weeks of the target count from then.

    Parameters
    ----------
    draws : [draw, effect] scores of the posterior. seed : of effects that were not fitted; these are drawn
        from the prior, given those that were.

    Raises RegimenError for a dose beyond the limits of a drug, above twice its standard dose, or above four
    times the standard amount a week.
    """
    plans = [(text, parsed(text)) for text in regimens]
    for text, plan in plans:
        _refuse_large(problem, text, plan)
    schedules = [_switched(problem, plan, target) for _, plan in plans]
    drugs = set(problem.regimen.drugs).union(*(plan.drugs for _, plan in plans))
    predictor, scores = _joined(problem, draws, target, tuple(sorted(drugs)), seed)
    found = []
    for (text, _), schedule in zip(plans, schedules, strict=True):
        quantity = _quantity(predictor, scores, target, schedule)
        share = float(target.met(quantity).mean())
        error = float(np.sqrt(share * (1.0 - share) / len(quantity)))
        low, median, high = (float(q) for q in np.quantile(quantity, QUANTILES))
        found.append(Candidate(text, schedule.mg_per_week, share, error, low, median, high))
    return sorted(found, key=lambda c: c.mg_per_week)


def _refuse_large(problem: ChildProblem, text: str, plan: Regimen) -> None:
    """Refuse doses that were hardly ever given, alone or by the week; the standard is that for this child."""
    name = text.partition(":")[0].strip()
    standard = PREPARATIONS[name].standard if name in PREPARATIONS else None
    if standard is None:
        return
    amounts = [
        [dose.amount_mg for dose in planned_doses(problem.child.person, one, COMPARED_H)]
        for one in (standard, plan)
    ]
    usual, asked = map(max, amounts)
    if asked > MOST_TIMES * usual * (1.0 + 1e-9):
        raise RegimenError(
            f"{asked:g} mg of {name} as one dose is refused.",
            f"This child's standard dose is {usual:g} mg; a search goes up to {MOST_TIMES:g} times that.",
            "Search smaller doses.",
        )
    usual, asked = (sum(given) * WEEK_H / COMPARED_H for given in amounts)
    if asked > MOST_A_WEEK * usual * (1.0 + 1e-9):
        raise RegimenError(
            f"'{text}' is refused: it gives {asked:.4g} mg a week.",
            f"This child's standard is {usual:.4g} mg a week; a search goes up to "
            f"{MOST_A_WEEK:g} times that.",
            "Search longer intervals or smaller doses.",
        )


def sample_worth(
    problem: ChildProblem, draws: Floats, target: Target, seed: int = 1, days: float = 28.0
) -> list[Sample]:
    """Possible samples of what was measured, over ``days`` after the last measurement on the same regimen.

    Their worth is for the target's quantity on that regimen, see :mod:`.sample_worth`.
    """
    drugs = tuple(sorted(problem.regimen.drugs))
    predictor, scores = _joined(problem, draws, target, drugs, seed)
    quantity = _quantity(predictor, scores, target, _switched(problem, problem.regimen, target))
    last = float(problem.record.hour.max())
    hours = last + np.linspace(24.0 * days / SAMPLES, 24.0 * days, SAMPLES)
    names = problem.predictor.observables
    errors = {name: error for name, error in clinic_error_models().items() if name in names}
    course = problem.predictor.course(draws, hours)[:, :, [names.index(name) for name in errors]]
    return worth(quantity, course, hours, errors)


@dataclass(frozen=True)
class _Schedule:
    events: tuple[DosingEvent, ...]
    start_h: float
    doses: tuple[float, ...]  # hours of the new regimen's
    mg_per_week: float


def _switched(problem: ChildProblem, plan: Regimen, target: Target) -> _Schedule:
    """The old doses up to the last measurement, then the candidate."""
    child, until = problem.child, float(problem.record.hour.max())
    old = planned_doses(child.person, problem.regimen, until)
    events = [e for e in treatment_events(child, problem.regimen, until) if e.time_h <= until + 24.0]
    fresh = planned_doses(child.person, plan, WEEK_H * (target.week + 8.0))
    interval = fresh[1].time_h - fresh[0].time_h if len(fresh) > 1 else 0.0
    start = max(until, old[-1].time_h + interval) if old else until
    end = start + WEEK_H * target.week + 24.0 * (LASTING + 1.0)
    new = planned_doses(child.person, plan, end, start)
    counted = [d for d in new if d.time_h < start + WEEK_H * target.week - 1e-9] or list(new[:1])
    weekly = sum(d.amount_mg for d in counted) / max(target.week, interval / WEEK_H, 1e-9)
    return _Schedule(
        (*events, *treatment_events(child, plan, end, start)), start, tuple(d.time_h for d in new), weekly
    )


def _quantity(predictor: ChildPredictor, scores: Floats, target: Target, schedule: _Schedule) -> Floats:
    """The quantity that decides, [draw]."""
    at = schedule.start_h + WEEK_H * target.week
    if target.trough:
        due = [t for t in schedule.doses[1:] if t <= at + 1e-6]
        hours = np.array([(due[-1] if due else at) - BEFORE])
    elif target.lasting:
        hours = at + np.arange(0.0, 24.0 * LASTING, 3.0)
    else:
        hours = np.array([at])
    own = replace(predictor, events=schedule.events)
    return target.worst(own.course(scores, hours)[:, :, 0])


def _joined(
    problem: ChildProblem, draws: Floats, target: Target, drugs: tuple[str, ...], seed: int
) -> tuple[ChildPredictor, Floats]:
    """A predictor of the target, and the scores [draw, effect] of the effects that matter to it."""
    compiled = reduced_model("sjia", set(drugs), (target.observable,))
    base = subjects_of([problem.child]).table(compiled)[0]
    prior = child_prior(list(compiled.named_parameters(base)), drugs)
    predictor = replace(
        problem.predictor, model=compiled, prior=prior, base=base, observables=(target.observable,)
    )
    return predictor, _completed(problem.prior, prior, draws, seed)


def _completed(known: ChildPrior, wanted: ChildPrior, draws: Floats, seed: int) -> Floats:
    r"""Scores of the wanted effects: those that were fitted, and the others given these.

    :math:`z_u | z_f \sim N(R_{uf} R_{ff}^{-1} z_f,\; R_{uu} - R_{uf} R_{ff}^{-1} R_{fu})`.
    """
    own = [known.names.index(n) for n in wanted.names if n in known.names]
    fitted = [k for k, n in enumerate(wanted.names) if n in known.names]
    others = [k for k in range(len(wanted.names)) if k not in fitted]
    r, found = wanted.correlation, np.zeros((len(draws), len(wanted.names)))
    found[:, fitted] = draws[:, own]
    if others:
        gain = np.linalg.solve(r[np.ix_(fitted, fitted)], r[np.ix_(fitted, others)]).T
        spread = r[np.ix_(others, others)] - gain @ r[np.ix_(fitted, others)]
        z = Streams(seed).normal("search.others", 0, np.arange(len(draws)), len(others))
        found[:, others] = found[:, fitted] @ gain.T + z @ np.linalg.cholesky(spread).T
    return found
