"""What is done at a visit: allot to arms, let escape, raise a dose, cut steroid, stretch the interval.

Everything is decided by what was measured, errors included, and by those who came.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.assessments import Assessments
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING, Participants, first_dose
from quotidian.trials.criteria import counted, fever_days, jia_acr, jia_acr_flare, no_fever
from quotidian.trials.protocol.design import Give, Period, Trial
from quotidian.trials.protocol.rules import Escape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
LOOK_BACK_DAYS = 14
WELL_CRP = 10.0  # mg/L, of a child whose interval is stretched
SMALLEST = {"physician_global": 2.0, "parent_global": 2.0, "active_joints": 2.0, "limited_joints": 2.0,
            "chaq": 0.125, "esr": 10.0, "crp": 10.0}  # fmt: skip
"""Smaller changes are no worsening where few signs are left, as withdrawal trials rule (recalled)."""


def _at(week: int) -> float:
    return week * 7.0 + MORNING / 24


def _judged(clinic: Assessments, record: CaseRecord, week: int) -> dict[str, Floats]:
    """The six variables of a visit by which the trial judges."""
    return counted(record.core[week], clinic.trial.marker)


def _ward(record: CaseRecord) -> Participants:
    assert record.cohort is not None
    return record.cohort


def ordered(record: CaseRecord, who: Bools, give: Give, week: int) -> None:
    """Give something to some children from that visit on; whoever has it already goes on undisturbed."""
    ward = _ward(record)
    for i in np.flatnonzero(who):
        if ward.orders[i].give != give:
            ward.order(int(i), give, first_dose(week))


# ---- periods and arms
def begin_period(clinic: Assessments, record: CaseRecord, week: int, period: Period) -> None:
    """Randomise if the period asks for it, and give what it gives."""
    arms = list(clinic.trial.arms.values())
    if period.kind == "randomised":
        allot(clinic, record, week, _admitted(clinic, record, week, period))
    elif len(arms) == 1:
        record.arm[:] = 0
    everyone = np.ones(record.children, dtype=bool)
    if period.give is not None:
        ordered(record, everyone, period.give, week)
        return
    for number, arm in enumerate(arms):
        ordered(record, (record.arm == number) & ~record.escaped, arm.give, week)


def _calm(clinic: Assessments, record: CaseRecord, week: int, days: int) -> Bools:
    return no_fever(record.chart, record.chart_days, _at(week), days, clinic.trial.fever_from)


def _admitted(clinic: Assessments, record: CaseRecord, week: int, period: Period) -> Bools:
    """Who is randomised: everyone at the start, responders after a lead-in."""
    if week == 0:
        return np.ones(record.children, dtype=bool)
    fit = jia_acr(_judged(clinic, record, 0), _judged(clinic, record, week), period.admit_acr)
    fit &= _calm(clinic, record, week, 7) & ~record.left[week]
    if period.admit_crp_below is not None:
        fit &= clinic.measured_crp(record, week) < period.admit_crp_below
    record.write(np.flatnonzero(~fit & ~record.left[week]), week, "not admitted")
    return fit


def allot(clinic: Assessments, record: CaseRecord, week: int, fit: Bools) -> None:
    """Arms by lot within strata, in the declared proportion to the last child; exact where all are fit.

    Who is not fit belongs to no arm from here on, even where there is only one.
    """
    record.arm[~fit] = -1
    lot = clinic.per_child(record, "randomisation")
    strata = _strata(clinic.trial, record)
    weights = np.array([arm.children for arm in clinic.trial.arms.values()], dtype=np.float64)
    for r in np.unique(record.replicate):
        own = np.flatnonzero((record.replicate == r) & fit)
        order = own[np.lexsort((lot[own], strata[own]))]
        record.arm[order] = _turns(weights, len(order), bool(clinic.trial.stratify))
    record.write(np.flatnonzero(record.arm >= 0), week, "randomised")


def _turns(weights: Floats, n: int, spread: bool) -> Integers:
    """Arms for n children in turn: as many each as the weights say, spread over the list or in blocks."""
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


def _strata(trial: Trial, record: CaseRecord) -> Integers:
    sides = {
        "weight": record.body["weight"] >= 30.0,
        "steroid": record.body["steroid"] >= 0.3,
        "methotrexate": record.body["methotrexate"] > 0,
        "joints": record.core[0]["active_joints"] >= 20,
    }
    stratum = np.zeros(record.children, dtype=np.int64)
    for name in trial.stratify:
        stratum = 2 * stratum + sides[name]
    return stratum


# ---- leaving blinded treatment
def let_escape(clinic: Assessments, record: CaseRecord, week: int, rule: Escape) -> None:
    """Those who flare or run fevers in the randomised period get what the rule gives."""
    span = clinic.trial.randomised
    if span is None or not rule.from_week <= week <= span[1] or week <= span[0]:
        return
    if rule.kind == "escape" and week == span[1]:
        return
    reference = 0 if rule.reference == "entry" else span[0]
    causes = _causes(clinic, record, week, rule, reference)
    leaving = causes & (record.arm >= 0) & ~record.escaped & ~record.missed[week] & ~record.left[week]
    record.write(np.flatnonzero(leaving), week, rule.kind)
    record.escaped |= leaving
    if rule.give is not None:
        record.write(np.flatnonzero(leaving), week, "rescue")
        ordered(record, leaving, rule.give, week)


def _causes(clinic: Assessments, record: CaseRecord, week: int, rule: Escape, reference: int) -> Bools:
    found = np.zeros(record.children, dtype=bool)
    if rule.flare:
        before, now = _judged(clinic, record, reference), _judged(clinic, record, week)
        if rule.reference == "randomisation":
            now = worsened(before, now)
        found |= jia_acr_flare(before, now)
    if rule.fever_days:
        chart, days = record.chart, record.chart_days
        earlier = fever_days(chart, days, _at(reference), LOOK_BACK_DAYS, rule.fever) >= rule.fever_days
        found |= (fever_days(chart, days, _at(week), 7, rule.fever) >= rule.fever_days) & ~earlier
    if rule.crp_above is not None:
        found |= clinic.measured_crp(record, week) > rule.crp_above
    return found


def worsened(before: Mapping[str, Floats], now: Mapping[str, Floats]) -> dict[str, Floats]:
    """The core set with changes too small to count put back."""
    return {n: np.where(np.abs(x - before[n]) < SMALLEST[n], before[n], x) for n, x in now.items()}


# ---- doses
def escalate(clinic: Assessments, record: CaseRecord, week: int) -> None:
    """One step up the ladder before a dose while CRP is high; settled after the last dose of a level."""
    rule = clinic.trial.escalation
    if rule is None:
        return
    if week == 0:
        record.level[0] = np.zeros(record.children, dtype=np.int64)
        ordered(record, np.ones(record.children, dtype=bool), rule.ladder[0], 0)
        return
    earlier = [w for w in record.weeks if w < week]
    level = record.level[earlier[-1]].copy()
    doses = np.zeros(record.children, dtype=np.int64)
    for w in earlier:
        doses += record.level[w] == level
    open_ = ~record.had("settled")
    done = open_ & (doses >= rule.doses)
    for number, text in enumerate(rule.ladder):
        record.write(np.flatnonzero(done & (level == number)), week, "settled", text)
    rising = open_ & ~done & (clinic.measured_crp(record, week) > rule.crp_above)
    rising &= (level < len(rule.ladder) - 1) & ~record.missed[week]
    level[rising] += 1
    for number, text in enumerate(rule.ladder):
        up = rising & (level == number)
        record.write(np.flatnonzero(up), week, "escalation", text)
        ordered(record, up, text, week)
    record.level[week] = level


def taper(clinic: Assessments, record: CaseRecord, week: int) -> None:
    """Steroid down where the child is well, back where its disease returns."""
    rule, ward = clinic.trial.taper, _ward(record)
    record.steroid[week] = ward.steroid.copy()
    if rule is None or week < rule.from_week:
        return
    here = ~record.missed[week] & ~record.left[week]
    calm = _calm(clinic, record, week, rule.fever_free_days)
    cuts = np.fmax(record.last("taper"), record.last("off steroid"))
    febrile = fever_days(record.chart, record.chart_days, _at(week), 7, 38.0) >= 2
    entry, now = _judged(clinic, record, 0), _judged(clinic, record, week)
    ill = here & np.isfinite(cuts) & (febrile | ~jia_acr(entry, now, 50))
    well = jia_acr(entry, now, rule.acr) & calm & here
    well &= (record.core[week]["esr"] < rule.esr_below) & (ward.steroid > 0) & ~ill
    well &= ~(week - cuts < rule.every_weeks)
    if rule.weeks and week not in rule.weeks:
        well[:] = False
    _cut(record, ward, np.flatnonzero(well), week, rule.by_percent, rule.stop_below)
    _raise(record, ward, np.flatnonzero(ill), week)
    record.steroid[week] = ward.steroid.copy()


def _cut(
    record: CaseRecord, ward: Participants, who: Integers, week: int, percent: float, stop_below: float
) -> None:
    dose = ward.steroid[who] * (1.0 - percent / 100.0)
    dose = np.where(dose < stop_below, 0.0, dose)
    record.write(who[dose > 0], week, "taper")
    record.write(who[dose == 0], week, "off steroid")
    ward.take(who, dose)


def _raise(record: CaseRecord, ward: Participants, who: Integers, week: int) -> None:
    """Back to the dose before the last cut, if it is lower now."""
    earlier = [record.steroid[w] for w in record.weeks if w < week]
    before = np.array([_before(ward.steroid[i], [s[i] for s in earlier]) for i in who])
    up = before > ward.steroid[who] if len(who) else np.zeros(0, dtype=bool)
    record.write(who[up], week, "steroid raised")
    ward.take(who[up], before[up])


def _before(now: float, doses: list[float]) -> float:
    """The last dose above the present one; the present one where there was none."""
    return next((d for d in reversed(doses) if d > now), now)


def respace(clinic: Assessments, record: CaseRecord, week: int) -> None:
    """Another regimen for those who have been well for long enough."""
    rule = clinic.trial.respacing
    if rule is None or week < rule.from_week:
        return
    visits = [w for w in record.weeks if w and week - rule.quiet_weeks <= w <= week]
    well = ~record.left[week] & ~record.had("respaced") & (week >= rule.quiet_weeks)
    for w in visits:
        well &= jia_acr(_judged(clinic, record, 0), _judged(clinic, record, w), 70)
        well &= record.crp[w] < WELL_CRP
        well &= _calm(clinic, record, w, 7)
    record.write(np.flatnonzero(well), week, "respaced")
    ordered(record, well, rule.give, week)
