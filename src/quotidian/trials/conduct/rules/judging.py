"""Readings on which rules decide: the measured core set, temperature readings, reported CRP."""

from __future__ import annotations

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.measurement import crp
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.conduct.state import Bools, Floats, Visit
from quotidian.trials.criteria import counted, no_fever

LOOK_BACK_DAYS = 14
"""Number of days before a visit in which temperature is charted."""


def day_of(week: int) -> float:
    """Day of the visit of a week."""
    return week * 7.0 + MORNING / 24


def core_set(visit: Visit, week: int) -> dict[str, Floats]:
    """The six variables of the response criteria as measured in a week, [participant] each."""
    return counted(visit.record.core[week], visit.trial.marker)


def afebrile(visit: Visit, week: int, days: int) -> Bools:
    """Participants without fever for a number of days before the visit of a week, [participant]."""
    record: CaseRecord = visit.record
    return no_fever(record.chart, record.chart_days, day_of(week), days, visit.trial.fever_from)


def measured_crp(visit: Visit) -> Floats:
    """CRP of the visit as the laboratory reports it, mg/L, [participant]."""
    record, setting = visit.record, visit.setting
    address = (setting.streams, record.replicate, record.number, visit.week)
    return crp(record.crp[visit.week], *address, setting.overlay)
