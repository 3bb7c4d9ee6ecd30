"""Extension of the dosing interval for children who have been well for a given time."""

from __future__ import annotations

from quotidian.trials.conduct.actions import ChangeTo, Decision
from quotidian.trials.conduct.rules.judging import afebrile, core_set
from quotidian.trials.conduct.state import Visit, places
from quotidian.trials.criteria import jia_acr

WELL_CRP = 10.0
"""CRP below which a child is well, mg/L."""


def extend_interval(visit: Visit) -> list[Decision]:
    """Another regimen for participants who were well at every visit within the weeks of the rule."""
    rule, week, record = visit.trial.interval_extension, visit.week, visit.record
    if rule is None or week < rule.from_week:
        return []
    well = ~record.left[week] & ~record.had("respaced") & (week >= rule.quiet_weeks)
    for earlier in (w for w in record.weeks if w and week - rule.quiet_weeks <= w <= week):
        well &= jia_acr(core_set(visit, 0), core_set(visit, earlier), 70)
        well &= record.crp[earlier] < WELL_CRP
        well &= afebrile(visit, earlier, 7)
    return [Decision(places(well), ChangeTo(rule.give), "respaced")]
