"""The visits of a trial: march to a visit, measure, decide, and sample the drug between visits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event as Flag

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Outcome
from quotidian.trials.conduct import discontinuation, mas_events, stopping, treatment_rules
from quotidian.trials.conduct.assessments import Assessments, refuse_lost, written
from quotidian.trials.conduct.case_record import CaseRecord, Exposure, Occasion
from quotidian.trials.conduct.enrolment import LOOK_BACK_DAYS, SURPLUS, Enrolment
from quotidian.trials.conduct.mas_events import MAS
from quotidian.trials.conduct.participants import MORNING, first_dose, reading_times

__all__ = ["LOOK_BACK_DAYS", "SURPLUS", "TrialConductor"]
Floats = NDArray[np.float64]
PK_HOURS = np.array(
    [0, 1, 1.5, 2, 3, 5, 9, 15, 24, 36, 48, 72, 96, 120, 168, 216, 264, 312, 360, 432, 504, 576, 648],
    dtype=float,
)
WEIGHED_EVERY = 26  # weeks


@dataclass
class TrialConductor(Assessments):
    """Who runs a trial: the clinic with its office of enrolment and what it has sampled of the drug."""

    samples: dict[Occasion, list[Floats]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = Enrolment(self)

    def prepare(self) -> None:
        """Compile the model and settle how children are chosen, before several threads ask for it."""
        self.machine.begin(self.machine.parameters(1))
        _ = self.office.matched

    def colleague(self, tick: Callable[[int, float], None], stop: Flag) -> TrialConductor:
        """Another staff of the same trial, with books of its own, that works on one thread until ``stop``."""
        other = replace(self, threads=1, tick=tick, stop=stop, samples={})
        other.office.matched = self.office.matched
        return other

    @property
    def proposed(self) -> int:
        """Candidates proposed so far."""
        return self.office.proposed

    def run(self, replicates: range) -> CaseRecord:
        """Some replicates from enrolment to the end. The cohort is let go; the record stays."""
        record = self.office.enrol(replicates)
        record.missed[0] = record.left[0] = np.zeros(record.children, dtype=bool)
        self.samples = {}
        self._count_cells(record, 0)
        self._decide(record, 0)
        for week in self.trial.visits:
            self.visit(record, week)
        self.expose(record)
        stopping.close(self, record)
        record.cohort = None
        return record

    def visit(self, record: CaseRecord, week: int) -> None:
        """March to a visit, write down what is seen, and do what the rules say."""
        ward = record.cohort
        assert ward is not None
        end = week * 168.0 + MORNING
        at = reading_times(max(ward.now_h, end - LOOK_BACK_DAYS * 24.0), end)
        run = self._sampled(record, end, np.union1d(at, self._watch(ward.now_h, end)))
        chart, record.core[week] = self.measure(ward, run, at, week)
        record.charts.append(chart)
        record.days.append(at / 24)
        seen = self.looked_at(ward, run, at, week)
        record.observed[week] = written(run, at, seen)
        if MAS in run.names:
            record.highest[week] = run[MAS].max(axis=1)
        if mas_events.readable(run):
            record.recognised[week] = mas_events.recognised(run, seen)
        self._count_cells(record, week)
        self._attendance(record, week)
        self._decide(record, week)

    def _count_cells(self, record: CaseRecord, week: int) -> None:
        if "neutrophils" in record.observed[week]:
            record.neutrophils[week] = self.counted_neutrophils(record, week)

    def _watch(self, after: float, until: float) -> Floats:
        """Every other reading time of a stage: activation of macrophages must not pass unseen."""
        return reading_times(after, until)[::2] if MAS in self.trial.observables else np.empty(0)

    def _attendance(self, record: CaseRecord, week: int) -> None:
        record.missed[week] = np.zeros(record.children, dtype=bool)
        if self.trial.missed:
            record.missed[week] = self.per_child(record, f"visit.missed.{week}") < self.trial.missed
        discontinuation.attend(self, record, week)

    def _decide(self, record: CaseRecord, week: int) -> None:
        """Rules in their order: leave, begin a period, raise, cut, stretch, and weigh who has grown."""
        ward, trial = record.cohort, self.trial
        assert ward is not None
        if trial.escape and week:
            treatment_rules.let_escape(self, record, week, trial.escape)
        for start, period in trial.timeline:
            if start == week:
                treatment_rules.begin_period(self, record, week, period)
        treatment_rules.escalate(self, record, week)
        treatment_rules.taper(self, record, week)
        treatment_rules.respace(self, record, week)
        if week * 168.0 - ward.weighed_h >= WEIGHED_EVERY * 168.0:
            ward.grow((week * 168.0 - ward.weighed_h) / 8766.0)
            ward.weighed_h = week * 168.0
        record.weight[week] = np.array([c.weight_kg for c in ward.children])

    # ---- exposure
    def _occasions(self) -> dict[Occasion, Floats]:
        """Hours at which the drug is sampled, by occasion."""
        plan = self.trial.kinetics
        if plan is None:
            return {}
        grid = np.append(PK_HOURS[plan.days * 24 - 1 > PK_HOURS], plan.days * 24 - 1)
        weeks: dict[Occasion, int | None] = {"first": plan.first, "steady": plan.steady}
        return {name: first_dose(w) + grid for name, w in weeks.items() if w is not None}

    def _sampled(self, record: CaseRecord, end: float, at: Floats) -> Outcome:
        """March, with the samples that fall into this stage kept."""
        ward, plan = record.cohort, self.trial.kinetics
        assert ward is not None
        due = {
            name: hours[(hours > ward.now_h) & (hours <= end)] for name, hours in self._occasions().items()
        }
        run = self.march(ward, end, np.unique(np.concatenate([at, *due.values()])))
        refuse_lost(run, record)
        for name, hours in due.items():
            if len(hours) and plan is not None:
                values = run[plan.drug][:, np.searchsorted(run.times, hours)]
                self.samples.setdefault(name, []).append(values)
        return run

    def expose(self, record: CaseRecord) -> None:
        """Peak, trough and area of the occasions; the last dose is followed to the end of its interval."""
        ward, plan = record.cohort, self.trial.kinetics
        assert ward is not None
        if plan is None:
            return
        occasions = self._occasions()
        last = max(float(hours[-1]) for hours in occasions.values())
        if last > ward.now_h:
            self._sampled(record, last, np.array([last]))
        for name, hours in occasions.items():
            c = np.concatenate(self.samples[name], axis=1)
            record.exposure[name] = self._exposure(record, name, hours, c)

    def _exposure(self, record: CaseRecord, name: Occasion, hours: Floats, c: Floats) -> Exposure:
        plan = self.trial.kinetics
        assert plan is not None
        week = plan.first if name == "first" else plan.steady
        area = np.asarray(np.trapezoid(c, (hours - hours[0]) / 24, axis=1))
        return Exposure(plan.drug, week or 0, plan.days, c.max(axis=1), c[:, -1], area, c.max(axis=1) > 0.0)
