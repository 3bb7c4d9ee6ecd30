"""Escape from randomised treatment: after a flare or fever, open-label treatment is given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quotidian.trials.conduct.actions import ChangeTo, Decision, LeaveArm
from quotidian.trials.conduct.rules.judging import LOOK_BACK_DAYS, core_set, day_of, measured_crp
from quotidian.trials.conduct.state import Bools, Floats, Visit, places
from quotidian.trials.criteria import fever_days, jia_acr_flare
from quotidian.trials.protocol.rules import Escape

CLEAR_DAYS = 14
"""Days without infection before a visit at which a flare can be diagnosed. Withdrawal trials exclude
flares due to infection (recalled).
"""
SMALLEST = {"physician_global": 2.0, "parent_global": 2.0, "active_joints": 2.0, "limited_joints": 2.0,
            "chaq": 0.125, "esr": 10.0, "crp": 10.0}  # fmt: skip
"""Smaller changes do not count as worsening if few signs are left, as in withdrawal trials (recalled)."""


def escape(visit: Visit) -> list[Decision]:
    """Participants with flare or fever in the randomised period receive the treatment of the rule."""
    rule, span, week, record = visit.trial.escape, visit.trial.randomised, visit.week, visit.record
    if rule is None or span is None or not rule.from_week <= week <= span[1] or week <= span[0]:
        return []
    if rule.kind == "escape" and week == span[1]:
        return []
    reference = 0 if rule.reference == "entry" else span[0]
    causes = _causes(visit, rule, reference)
    causes &= ~visit.participants.infected(CLEAR_DAYS)
    leaving = places(causes & (record.arm >= 0) & ~record.escaped & visit.here)
    found = [Decision(leaving, LeaveArm(), rule.kind)]
    if rule.give is not None:
        found.append(Decision(leaving, ChangeTo(rule.give), "rescue"))
    return found


def _causes(visit: Visit, rule: Escape, reference: int) -> Bools:
    """Participants who meet a cause of the rule at the visit, compared with a reference visit,
    [participant]."""
    record, found = visit.record, ~visit.everyone
    if rule.flare:
        before, now = core_set(visit, reference), core_set(visit, visit.week)
        if rule.reference == "randomisation":
            now = worsened(before, now)
        found |= jia_acr_flare(before, now)
    if rule.fever_days:
        chart, days = record.chart, record.chart_days
        earlier = fever_days(chart, days, day_of(reference), LOOK_BACK_DAYS, rule.fever) >= rule.fever_days
        now_febrile = fever_days(chart, days, day_of(visit.week), 7, rule.fever) >= rule.fever_days
        found |= now_febrile & ~earlier
    if rule.crp_above is not None:
        found |= measured_crp(visit) > rule.crp_above
    return found


def worsened(before: Mapping[str, Floats], now: Mapping[str, Floats]) -> dict[str, Floats]:
    """The core set without changes that are too small to count."""
    return {n: np.where(np.abs(x - before[n]) < SMALLEST[n], before[n], x) for n, x in now.items()}
