"""Exposure in a trial: the drug sampled over one dosing interval of chosen doses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing.durations import TICK
from quotidian.engine import Outcome
from quotidian.trials.conduct.assessments import refuse_lost
from quotidian.trials.conduct.case_record import CaseRecord, Exposure
from quotidian.trials.conduct.participants import Participants, first_dose
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.state import TrialState
from quotidian.trials.protocol.sampling import DosingInterval, Occasion

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PK_HOURS = np.array(
    [0, 1, 1.5, 2, 3, 5, 9, 15, 24, 36, 48, 72, 96, 120, 168, 216, 264, 312, 360, 432, 504, 576, 648],
    dtype=float,
)
"""Hours after the dose at which the drug is sampled."""


def _sampling(interval: DosingInterval) -> Floats:
    """Hours at which the drug is sampled; the last is an hour before the interval ends."""
    last = interval.days * 24 - 1
    return first_dose(interval.week) + np.append(PK_HOURS[last > PK_HOURS], last)


def proceed_sampled(
    setting: TrialSetting, execution: Execution, state: TrialState, until_h: float, at: Floats
) -> Outcome:
    """Integrate to ``until_h`` with observables at ``at`` (h), and record the drug samples of this stage.

    Raises SolverFailed for a participant whose solution failed.
    """
    now_h, planned = state.participants.now_h, {i: _sampling(i) for i in setting.trial.dosing_intervals}
    due = {i: hours[(hours > now_h) & (hours <= until_h)] for i, hours in planned.items()}
    times = np.unique(np.concatenate([at, *due.values()]))
    run = state.participants.proceed(until_h, times, setting.solved, execution)
    refuse_lost(run, state.record)
    for interval, hours in due.items():
        if len(hours):
            values = run[interval.drug][:, np.searchsorted(run.times, hours)]
            state.samples.setdefault(interval, []).append(values)
    return run


def record_exposure(setting: TrialSetting, execution: Execution, state: TrialState) -> None:
    """Record peak, trough and area of the intervals, after the last dose is followed to the end of its
    interval. Of several intervals after one dose a child is read over the longest that is its own."""
    intervals = setting.trial.dosing_intervals
    if not intervals:
        return
    last = max(float(_sampling(interval)[-1]) for interval in intervals)
    if last > state.participants.now_h:
        _follow_only_dosed(state.participants, {interval.drug for interval in intervals})
        proceed_sampled(setting, execution, state, last, np.array([last]))
    read: dict[tuple[Occasion, int], Bools] = {}
    for interval in sorted(intervals, key=lambda one: -one.days):
        key = (interval.occasion, interval.week)
        found = _exposure(state, interval, read.get(key, np.zeros(state.record.children, dtype=bool)))
        read[key] = found.on | read.get(key, False)
        state.record.exposure.append(found)


def _follow_only_dosed(participants: Participants, drugs: set[str]) -> None:
    """After the last visit nothing but the drug is read, and a participant without a dose has none."""
    dosed = [any(dose.drug in drugs for dose in own.doses) for own in participants.prescriptions]
    gone = participants.simulation.gone
    participants.simulation.gone = ~np.array(dosed, dtype=bool) | (False if gone is None else gone)


def _exposure(state: TrialState, interval: DosingInterval, read: Bools) -> Exposure:
    """Exposure over an interval of the children who are not yet ``read`` over a longer one."""
    hours, c = _sampling(interval), np.concatenate(state.samples[interval], axis=1)
    on = (c.max(axis=1) > 0.0) & ~_withheld(state.participants, interval.drug, hours)
    on &= ~_left(state.record, interval.week) & ~_dosed_within(state.participants, interval) & ~read
    c[~on] = 0.0
    area = np.asarray(np.trapezoid(c, (hours - hours[0]) / 24, axis=1))
    place = (interval.occasion, interval.drug, interval.week, interval.days)
    return Exposure(*place, c.max(axis=1), c[:, -1], area, on)


def _dosed_within(participants: Participants, interval: DosingInterval) -> Bools:
    """Participants with a further dose of the drug before the interval ends, [participant]."""
    begin, end = first_dose(interval.week) + TICK, first_dose(interval.week) + interval.days * 24 - TICK
    return np.array(
        [
            any(dose.drug == interval.drug and begin < dose.time_h < end for dose in own.doses)
            for own in participants.prescriptions
        ],
        dtype=bool,
    )


def _left(record: CaseRecord, week: int) -> Bools:
    """Participants who had left by the dose of a week, [participant]; they keep the last level seen."""
    return record.left[max(w for w in record.left if w <= week)]


def _withheld(participants: Participants, drug: str, hours: Floats) -> Bools:
    """Participants whose dose of the drug was withheld within these hours, [participant]."""
    return np.array(
        [
            any(dose.drug == drug and hours[0] <= dose.time_h < hours[-1] for dose in now.withheld)
            for now in (prescription.until(hours[-1]) for prescription in participants.prescriptions)
        ],
        dtype=bool,
    )
