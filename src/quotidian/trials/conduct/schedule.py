"""The schedule of a trial: enrolment, one visit after another, exposure, and the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from quotidian.trials.conduct import mas_events, stopping
from quotidian.trials.conduct.actions import apply
from quotidian.trials.conduct.assessments import assess, counted_neutrophils
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.eligibility import LOOK_BACK_DAYS, EnrolmentAccount, selection
from quotidian.trials.conduct.enrolment import SURPLUS, enrol
from quotidian.trials.conduct.exposure import proceed_sampled, record_exposure
from quotidian.trials.conduct.mas_events import MAS
from quotidian.trials.conduct.participants import MORNING, reading_times
from quotidian.trials.conduct.rules import RULES
from quotidian.trials.conduct.rules.discontinuation import discontinue
from quotidian.trials.conduct.setting import Execution, Floats, TrialSetting
from quotidian.trials.conduct.state import TrialState, Visit
from quotidian.trials.conduct.weighting import Match

__all__ = ["LOOK_BACK_DAYS", "SURPLUS", "Conducted", "TrialConductor", "conduct"]
WEIGHED_EVERY = 26
"""Weeks between weighings."""


@dataclass(frozen=True)
class Conducted:
    """The record of some replicates, and the account of their enrolment."""

    record: CaseRecord
    account: EnrolmentAccount


@dataclass
class TrialConductor:
    """The conduct of one trial, and the account of all that it has enrolled so far."""

    setting: TrialSetting
    threads: int | None = None
    account: EnrolmentAccount = field(default_factory=EnrolmentAccount)

    @cached_property
    def selection(self) -> Match:
        """The rule of selection among the eligible, the same for every replicate."""
        return selection(self.setting, Execution(self.threads))

    def prepare(self) -> None:
        """Compile the model and determine the rule of selection, before several threads need them."""
        self.setting.narrow.begin(self.setting.narrow.parameters(1))
        _ = self.selection

    def conduct(self, replicates: range, execution: Execution) -> Conducted:
        """Some replicates from enrolment to the end; the caller adds the account."""
        return conduct(self.setting, execution, self.selection, replicates)

    def enrolled(self, replicates: range) -> TrialState:
        """Some replicates at enrolment, before the decisions of the first visit."""
        state, _ = enrol(self.setting, Execution(self.threads), self.selection, replicates)
        return state

    def run(self, replicates: range, execution: Execution | None = None) -> CaseRecord:
        """Some replicates from enrolment to the end, with their account added to this one."""
        done = self.conduct(replicates, execution or Execution(self.threads))
        self.account += done.account
        return done.record


def conduct(setting: TrialSetting, execution: Execution, chosen_by: Match, replicates: range) -> Conducted:
    """Some replicates from enrolment to the end; the record does not depend on batch or thread.

    Raises SolverFailed for a participant whose solution failed, InvalidInput if too few are eligible.
    """
    state, account = enrol(setting, execution, chosen_by, replicates)
    _count_cells(setting, state.record, 0)
    _decide(Visit(setting, state, 0))
    for week in setting.trial.visits:
        _follow_to(setting, execution, state, week)
        visit = Visit(setting, state, week)
        _open(visit)
        apply(state, week, discontinue(visit))
        _decide(visit)
    record_exposure(setting, execution, state)
    now_h = state.participants.now_h
    state.record.doses = [p.until(now_h).given for p in state.participants.prescriptions]
    stopping.close(setting, state.record)
    return Conducted(state.record, account)


def _follow_to(setting: TrialSetting, execution: Execution, state: TrialState, week: int) -> None:
    """Integrate to the visit of a week and record the assessments."""
    participants, record = state.participants, state.record
    begin, end = participants.now_h, week * 168.0 + MORNING
    at = reading_times(max(begin, end - LOOK_BACK_DAYS * 24.0), end)
    between = _watched_times(setting, begin, end)
    run = proceed_sampled(setting, execution, state, end, np.union1d(at, between))
    seen = assess(setting, participants, run, at, week)
    record.core[week], record.observed[week] = seen.core, seen.observed
    record.safety[week] = seen.safety
    record.charts.append(seen.chart)
    record.days.append(seen.days)
    if MAS in run.names:
        record.highest[week] = run[MAS].max(axis=1)
        before = [record.toll[w] for w in sorted(record.toll)][-1:]
        record.toll[week] = mas_events.toll(run, begin) + (before[0] if before else 0.0)
    if mas_events.readable(setting.observed):
        record.recognised[week] = mas_events.recognised(run, seen.seen)
    _count_cells(setting, record, week)


def _watched_times(setting: TrialSetting, after: float, until: float) -> Floats:
    """Every other reading time of a stage, h, at which activation of macrophages is recorded."""
    return reading_times(after, until)[::2] if MAS in setting.trial.observables else np.empty(0)


def _count_cells(setting: TrialSetting, record: CaseRecord, week: int) -> None:
    if "neutrophils" in record.observed[week]:
        record.neutrophils[week] = counted_neutrophils(setting, record, week)


def _open(visit: Visit) -> None:
    """Record absences from the visit; children who had left remain absent."""
    record, week = visit.record, visit.week
    record.missed[week] = np.zeros(record.children, dtype=bool)
    if visit.trial.missed:
        record.missed[week] = visit.uniform(f"visit.missed.{week}") < visit.trial.missed
    record.left[week] = record.left[max(w for w in record.left if w < week)].copy()


def _decide(visit: Visit) -> None:
    """Apply every rule in order, weigh children who are due, and record the treatment from now on."""
    record, participants, week = visit.record, visit.participants, visit.week
    if visit.trial.escalation:
        steps = [record.level[w] for w in record.weeks if w < week]
        record.level[week] = steps[-1].copy() if steps else np.zeros(record.children, dtype=np.int64)
    for rule in RULES:
        apply(visit.state, week, rule(visit))
    record.steroid[week] = participants.steroid.copy()
    if week * 168.0 - participants.weighed_h >= WEIGHED_EVERY * 168.0:
        participants.grow((week * 168.0 - participants.weighed_h) / 8766.0)
        participants.weighed_h = week * 168.0
    record.weight[week] = participants.weight
