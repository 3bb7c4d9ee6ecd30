"""Randomisation: eligibility, assignment to arms, and the treatment of a period."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.actions import AssignArm, ChangeTo, Decision
from quotidian.trials.conduct.rules.judging import afebrile, core_set, measured_crp
from quotidian.trials.conduct.state import Bools, Floats, Visit, places
from quotidian.trials.criteria import jia_acr
from quotidian.trials.protocol.design import Period

Integers = NDArray[np.int64]


def _beginning(visit: Visit) -> Period | None:
    """The period that begins at the visit, if any."""
    return next((period for start, period in visit.trial.timeline if start == visit.week), None)


def randomise(visit: Visit) -> list[Decision]:
    """Assign arms at the start of a period; after a lead-in, ineligible participants belong to no arm."""
    period = _beginning(visit)
    if period is None:
        return []
    everyone = places(visit.everyone)
    if period.kind == "randomised":
        eligible = _eligible(visit, period)
        arms = allotted(visit, eligible)
        refused = places(~eligible & ~visit.record.left[visit.week])
        return [
            Decision(refused, event="not admitted"),
            Decision(everyone, AssignArm(arms)),
            Decision(places(arms >= 0), event="randomised"),
        ]
    if len(visit.trial.arms) == 1:
        return [Decision(everyone, AssignArm(np.zeros(len(everyone), dtype=np.int64)))]
    return []


def begin_treatment(visit: Visit) -> list[Decision]:
    """Give the treatment of the period that begins, the same for all or by arm."""
    period, record = _beginning(visit), visit.record
    if period is None:
        return []
    if period.give is not None:
        return [Decision(places(visit.everyone), ChangeTo(period.give))]
    return [
        Decision(places((record.arm == number) & ~record.escaped), ChangeTo(arm.give))
        for number, arm in enumerate(visit.trial.arms.values())
    ]


def _eligible(visit: Visit, period: Period) -> Bools:
    """Participants eligible for randomisation: all at the start, responders after a lead-in."""
    if visit.week == 0:
        return visit.everyone
    fit = ~visit.record.left[visit.week]
    if period.admit_acr:
        fit &= jia_acr(core_set(visit, 0), core_set(visit, visit.week), period.admit_acr)
        fit &= afebrile(visit, visit.week, 7)
    if period.admit_crp_below is not None:
        fit &= measured_crp(visit) < period.admit_crp_below
    return fit


def allotted(visit: Visit, eligible: Bools) -> Integers:
    """Random arms within strata, [participant], in the declared proportion.

    The proportion is exact if all are eligible. Ineligible participants keep -1, even in a trial with one
    arm.
    """
    record, trial = visit.record, visit.trial
    arms = np.where(eligible, record.arm, -1)
    u, strata = visit.uniform("randomisation"), _strata(visit)
    weights = np.array([arm.children for arm in trial.arms.values()], dtype=np.float64)
    for replicate in np.unique(record.replicate):
        own = np.flatnonzero((record.replicate == replicate) & eligible)
        order = own[np.lexsort((u[own], strata[own]))]
        arms[order] = arms_in_turn(weights, len(order), bool(trial.stratify))
    return arms


def arms_in_turn(weights: Floats, n: int, spread: bool) -> Integers:
    """Arms of n children in order, in proportion to the weights, spread over the list or in blocks."""
    share = weights / weights.sum()
    if not spread:
        edges = np.round(np.cumsum(share) * n).astype(np.int64)
        return np.repeat(np.arange(len(weights)), np.diff(np.concatenate([[0], edges])))
    given = np.zeros(len(weights))
    turns = np.empty(n, dtype=np.int64)
    for k in range(n):
        turns[k] = np.argmax(share * (k + 1) - given)
        given[turns[k]] += 1
    return turns


def _strata(visit: Visit) -> Integers:
    """The stratum of each participant, [participant]: one bit for each factor of the design."""
    body, core = visit.record.body, visit.record.core[0]
    above = {
        "weight": body["weight"] >= 30.0,
        "steroid": body["steroid"] >= 0.3,
        "methotrexate": body["methotrexate"] > 0,
        "joints": core.get("active_joints", np.zeros(visit.record.children)) >= 20,
    }
    stratum = np.zeros(visit.record.children, dtype=np.int64)
    for name in visit.trial.stratify:
        stratum = 2 * stratum + above[name]
    return stratum
