"""Exposure in a trial: the drug sampled over one dosing interval of chosen doses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.trials.conduct.assessments import refuse_lost
from quotidian.trials.conduct.case_record import CaseRecord, Exposure, Occasion
from quotidian.trials.conduct.participants import Participants, first_dose
from quotidian.trials.conduct.setting import Execution, TrialSetting
from quotidian.trials.conduct.state import TrialState
from quotidian.trials.protocol.design import Kinetics

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PK_HOURS = np.array(
    [0, 1, 1.5, 2, 3, 5, 9, 15, 24, 36, 48, 72, 96, 120, 168, 216, 264, 312, 360, 432, 504, 576, 648],
    dtype=float,
)
"""Hours after the dose at which the drug is sampled."""


def _occasions(plan: Kinetics | None) -> dict[Occasion, Floats]:
    """Hours at which the drug is sampled, by occasion."""
    if plan is None:
        return {}
    grid = np.append(PK_HOURS[plan.days * 24 - 1 > PK_HOURS], plan.days * 24 - 1)
    weeks: dict[Occasion, int | None] = {"first": plan.first, "steady": plan.steady}
    return {name: first_dose(w) + grid for name, w in weeks.items() if w is not None}


def proceed_sampled(
    setting: TrialSetting, execution: Execution, state: TrialState, until_h: float, at: Floats
) -> Outcome:
    """Integrate to ``until_h`` with observables at ``at`` (h), and record the drug samples of this stage.

    Raises SolverFailed for a participant whose solution failed.
    """
    plan, now_h = setting.trial.kinetics, state.participants.now_h
    due = {name: hours[(hours > now_h) & (hours <= until_h)] for name, hours in _occasions(plan).items()}
    times = np.unique(np.concatenate([at, *due.values()]))
    run = state.participants.proceed(until_h, times, setting.solved, execution)
    refuse_lost(run, state.record)
    for name, hours in due.items():
        if len(hours) and plan is not None:
            values = run[plan.drug][:, np.searchsorted(run.times, hours)]
            state.samples.setdefault(name, []).append(values)
    return run


def record_exposure(setting: TrialSetting, execution: Execution, state: TrialState) -> None:
    """Record peak, trough and area of the occasions, after the last dose is followed to the end of its
    interval."""
    plan = setting.trial.kinetics
    if plan is None:
        return
    occasions = _occasions(plan)
    last = max(float(hours[-1]) for hours in occasions.values())
    if last > state.participants.now_h:
        proceed_sampled(setting, execution, state, last, np.array([last]))
    for name, hours in occasions.items():
        c = np.concatenate(state.samples[name], axis=1)
        week = (plan.first if name == "first" else plan.steady) or 0
        given = (c.max(axis=1) > 0.0) & ~_withheld(state.participants, plan.drug, hours)
        given &= ~_left(state.record, week)
        c[~given] = 0.0
        area = np.asarray(np.trapezoid(c, (hours - hours[0]) / 24, axis=1))
        state.record.exposure[name] = Exposure(
            plan.drug, week, plan.days, c.max(axis=1), c[:, -1], area, given
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
