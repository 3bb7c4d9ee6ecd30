"""Escalation of the dose: one step up the ladder before a dose while CRP is high."""

from __future__ import annotations

import numpy as np

from quotidian.trials.conduct.actions import ChangeTo, Decision, SetStep
from quotidian.trials.conduct.rules.judging import measured_crp
from quotidian.trials.conduct.state import Visit, places


def escalate(visit: Visit) -> list[Decision]:
    """One step up while CRP is high, decided after the last dose of a step."""
    rule, week, record = visit.trial.escalation, visit.week, visit.record
    if rule is None:
        return []
    if week == 0:
        return [Decision(places(visit.everyone), ChangeTo(rule.ladder[0]))]
    step, doses = record.level[week], np.zeros(record.children, dtype=np.int64)
    for earlier in (w for w in record.weeks if w < week):
        doses += record.level[earlier] == step
    open_ = ~record.had("settled")
    done = open_ & (doses >= rule.doses)
    rising = open_ & ~done & (measured_crp(visit) > rule.crp_above)
    rising &= (step < len(rule.ladder) - 1) & ~record.missed[week]
    found = [
        Decision(places(done & (step == number)), event="settled", detail=text)
        for number, text in enumerate(rule.ladder)
    ]
    for number, text in enumerate(rule.ladder):
        up = places(rising & (step + 1 == number))
        found += [Decision(up, SetStep(number), "escalation", text), Decision(up, ChangeTo(text))]
    return found
