"""The participants of some replicates, integrated together from visit to visit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import schedule
from quotidian.engine import Outcome
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.simulation import (
    FIRST_DOSE_HOUR,
    DosingEvent,
    StagedSimulation,
    Switches,
    planned_doses,
)
from quotidian.simulation.dosing_events import administration_events, antibody_events
from quotidian.trials.conduct.background_events import course_changes, infected, steroid_changes
from quotidian.trials.conduct.prescription import Prescription
from quotidian.trials.conduct.setting import Execution
from quotidian.trials.protocol.treatment import Give, regimen_for

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
MORNING, EVENING = 8.0, 18.0  # clock times of temperature readings; visits are in the morning
AHEAD_H = 30 * 168.0  # length of the dosing schedule: slightly more than the interval between weighings
LONGEST_LAG_H = 24.0  # longest interval between a dose and its absorption, with a margin


@dataclass
class Participants:
    """Children who are followed together in a trial.

    Attributes
    ----------
    simulation : the state of each, all at the same hour.
    replicate, number : [participant], the address of their random streams.
    steroid : [participant] prednisolone, mg/kg/day. course : [participant, period] their natural course.
    chance : by participant, infections and other chance events in order of time.
    prescriptions : by participant. calendar : by participant, future events of the prescription, in order
        of time.
    end_h : hour after which no dose is planned. weighed_h : hour of the last weighing.
    overlay : values of the ledgers that replace those of the files.
    """

    simulation: StagedSimulation
    children: Sequence[Child]
    replicate: Integers
    number: Integers
    steroid: Floats
    course: Floats
    chance: list[list[DosingEvent]]
    prescriptions: list[Prescription]
    calendar: list[list[DosingEvent]]
    end_h: float
    weighed_h: float = 0.0
    overlay: Overlay = NO_OVERLAY

    def __len__(self) -> int:
        return len(self.children)

    @cached_property
    def _chance_switches(self) -> Switches:
        return Switches.of(self.chance)

    @property
    def now_h(self) -> float:
        """Hour up to which all have been followed."""
        return self.simulation.now_h

    @property
    def weight(self) -> Floats:
        """Body weight at the last weighing, kg, [participant]."""
        return np.array([child.weight_kg for child in self.children])

    def keep(self, chosen: Integers) -> Participants:
        """Only the chosen participants, in that order."""
        return replace(
            self,
            simulation=self.simulation.keep(chosen),
            children=[self.children[i] for i in chosen],
            replicate=self.replicate[chosen],
            number=self.number[chosen],
            steroid=self.steroid[chosen],
            course=self.course[chosen],
            chance=[self.chance[i] for i in chosen],
            prescriptions=[self.prescriptions[i] for i in chosen],
            calendar=[self.calendar[i] for i in chosen],
        )

    def infected(self, days: float) -> NDArray[np.bool_]:
        """Participants with an infection within a number of days before now, [participant]."""
        after_h = self.now_h - days * 24.0
        return np.array([infected(own, after_h, self.now_h) for own in self.chance], dtype=bool)

    # ---- doses
    def prescribe(self, i: int, give: Give, first_h: float) -> None:
        """Give participant ``i`` a treatment from ``first_h`` on; doses planned before that hour are
        given.

        Raises the errors of :func:`quotidian.simulation.planned_doses`.
        """
        child, until_h = self.children[i], self._ahead(first_h)
        new = planned_doses(child.person, regimen_for(give, child), until_h, first_h)
        old = replace(self.prescriptions[i].until(self.now_h), give=give, first_h=first_h)
        self.set_prescription(i, old.replanned(first_h, new, self._written(until_h)))

    def set_prescription(self, i: int, prescription: Prescription) -> None:
        """Replace the prescription, and its future events."""
        self.prescriptions[i] = prescription
        doses = prescription.doses
        lasting = [d for d in doses if d.time_h + d.duration_h + LONGEST_LAG_H >= self.now_h]
        events = administration_events(lasting)
        events += antibody_events(self.children[i].antibody_threshold, doses, self.overlay)
        self.calendar[i] = sorted(event for event in events if event[0] >= self.now_h)

    def _ahead(self, from_h: float) -> float:
        """Hour up to which doses are planned; later ones would be planned again after the next weighing."""
        return min(self.end_h, from_h + AHEAD_H)

    def _written(self, until_h: float) -> float:
        return np.inf if until_h >= self.end_h else until_h

    def _plan(self, i: int, until_h: float) -> None:
        """Plan future doses of a participant by its present size."""
        child, now = self.children[i], self.prescriptions[i].until(self.now_h)
        from_h = max(self.now_h, now.first_h)
        to_come = schedule(
            regimen_for(now.give, child), child.person, until_h, start_h=now.first_h, from_h=from_h
        )
        self.set_prescription(i, now.replanned(from_h, to_come.administrations, self._written(until_h)))

    def take_steroid(self, who: Iterable[int], dose: Floats) -> None:
        """Set the steroid of some participants from now on, mg/kg/day."""
        for i, own in zip(who, dose, strict=True):
            self.steroid[i] = own
            self.simulation.doses[i] += steroid_changes(self.simulation.machine, float(own), self.now_h)

    def grow(self, years: float) -> None:
        """Set sizes after ``years`` more at each child's own SD scores; doses are adjusted to weight."""
        body_weight = self.simulation.machine.parameter(self.simulation.table, "body_weight")
        age = np.array([child.reference_age for child in self.children])
        growing = np.flatnonzero(age + years < growth.OLDEST)
        if not len(growing):
            return
        grown = dict(
            zip(growing.tolist(), _grown([self.children[i] for i in growing.tolist()], years), strict=True)
        )
        self.children = [grown.get(i, child) for i, child in enumerate(self.children)]
        for i, child in grown.items():
            self._plan(i, self._ahead(self.now_h))
            body_weight[i] = child.weight_kg

    # ---- time
    def proceed(self, until_h: float, times: Floats, names: Sequence[str], execution: Execution) -> Outcome:
        """Integrate everyone to ``until_h`` (h), with observables ``names`` recorded at ``times`` (h).

        Only events before ``until_h`` are passed to the solver.
        """
        days = (until_h - self.now_h) / 24
        self._plan_until(until_h)
        self._move_due_events(until_h)
        background = course_changes(self.course, self.now_h, until_h)
        outcome = self.simulation.proceed(
            until_h, times, names, background + self._chance_switches.between(self.now_h, until_h),
            execution.threads, lambda count: execution.progress(count, days), execution.cancel,
        )  # fmt: skip
        self.simulation.doses = [[] for _ in range(len(self))]
        return outcome

    def _plan_until(self, until_h: float) -> None:
        """Plan more doses for those whose planned doses end before ``until_h``."""
        for i in self.simulation.followed().tolist():
            if self.prescriptions[i].written_h < until_h:
                self._plan(i, max(until_h, self._ahead(self.now_h)))

    def _move_due_events(self, until_h: float) -> None:
        for i, events in enumerate(self.calendar):
            if events and events[0][0] < until_h:
                due = bisect_left(events, (until_h,))
                self.simulation.doses[i] += events[:due]
                self.calendar[i] = events[due:]


def _grown(children: Sequence[Child], years: float) -> list[Child]:
    """Children after ``years`` more, on their own centiles of weight and height."""
    age = np.array([child.reference_age for child in children])
    sex = [child.sex for child in children]
    now = {"weight": [c.weight_kg for c in children], "height": [c.height_cm for c in children]}
    weight, height = (
        growth.quantile(m, age + years, sex, growth.sd_score(m, age, sex, np.array(x))).tolist()
        for m, x in now.items()
    )
    return [
        replace(child, age_years=child.age_years + years, weight_kg=w, height_cm=h)
        for child, w, h in zip(children, weight, height, strict=True)
    ]


def reading_times(after_h: float, until_h: float) -> Floats:
    """Morning and evening of every day, h, later than ``after_h`` and up to ``until_h``."""
    days = np.arange(np.floor(after_h / 24) - 1, np.ceil(until_h / 24) + 1)
    times = np.sort(np.concatenate([days * 24 + MORNING, days * 24 + EVENING]))
    return np.asarray(times[(times > after_h) & (times <= until_h)])


def first_dose(week: int) -> float:
    """Hour of a dose given at the visit of that week."""
    return week * 168.0 + FIRST_DOSE_HOUR
