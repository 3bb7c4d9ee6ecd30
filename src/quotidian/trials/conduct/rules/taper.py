"""Taper of the steroid: a lower dose if the child is well, a higher one if the disease returns."""

from __future__ import annotations

import numpy as np

from quotidian.trials.conduct.actions import Decision, SetSteroid
from quotidian.trials.conduct.rules.judging import afebrile, core_set, day_of
from quotidian.trials.conduct.state import Bools, Floats, Visit, places
from quotidian.trials.criteria import fever_days, jia_acr
from quotidian.trials.protocol.rules import Taper


def taper(visit: Visit) -> list[Decision]:
    """Reduce the steroid of participants who are well; increase it if disease returned after a reduction."""
    rule, record = visit.trial.taper, visit.record
    if rule is None or visit.week < rule.from_week:
        return []
    cuts = np.fmax(record.last("taper"), record.last("off steroid"))
    ill = visit.here & np.isfinite(cuts) & _returned(visit)
    well = _well(visit, rule) & ~ill & ~(visit.week - cuts < rule.every_weeks)
    if rule.weeks and visit.week not in rule.weeks:
        well[:] = False
    return [*_cut(visit, well, rule), *_raised(visit, ill)]


def _returned(visit: Visit) -> Bools:
    """Fever on two days of the last week, or no JIA ACR50 against entry, [participant]."""
    record = visit.record
    febrile = fever_days(record.chart, record.chart_days, day_of(visit.week), 7, 38.0) >= 2
    return np.asarray(febrile | ~jia_acr(core_set(visit, 0), core_set(visit, visit.week), 50))


def _well(visit: Visit, rule: Taper) -> Bools:
    """Participants who take steroid and are well enough for a reduction, [participant]."""
    well = jia_acr(core_set(visit, 0), core_set(visit, visit.week), rule.acr) & visit.here
    well &= afebrile(visit, visit.week, rule.fever_free_days)
    well &= visit.record.core[visit.week]["esr"] < rule.esr_below
    return well & (visit.participants.steroid > 0)


def _cut(visit: Visit, well: Bools, rule: Taper) -> list[Decision]:
    who = places(well)
    dose = visit.participants.steroid[who] * (1.0 - rule.by_percent / 100.0)
    dose = np.where(dose < rule.stop_below, 0.0, dose)
    lower = dose > 0
    return [
        Decision(who[lower], SetSteroid(dose[lower]), "taper"),
        Decision(who[~lower], SetSteroid(dose[~lower]), "off steroid"),
    ]


def _raised(visit: Visit, ill: Bools) -> list[Decision]:
    """Return to the dose before the last reduction, if the present dose is lower."""
    who, now, record = places(ill), visit.participants.steroid, visit.record
    earlier = [record.steroid[week] for week in record.weeks if week < visit.week]
    before = np.array([_before(now[i], [dose[i] for dose in earlier]) for i in who])
    up = before > now[who] if len(who) else np.zeros(0, dtype=bool)
    return [Decision(who[up], SetSteroid(before[up]), "steroid raised")]


def _before(now: float, doses: list[Floats]) -> float:
    """The last dose above the present one; the present dose if there was none."""
    return next((float(dose) for dose in reversed(doses) if dose > now), now)
