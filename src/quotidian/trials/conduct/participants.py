"""The children of some replicates, marched together from visit to visit, each with its own orders."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration, schedule
from quotidian.engine import SWITCH, CompiledModel, Outcome, Tolerance
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.prescription import Prescription
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import FIRST_DOSE_HOUR, RUN_IN_DAYS, DosingEvent, StagedSimulation
from quotidian.simulation.dosing_events import administration_events, antibody_events
from quotidian.trials.conduct.concomitant_therapy import restraint, severity_factor
from quotidian.trials.protocol.design import BACKGROUND, Give, regimen_for

Floats = NDArray[np.float64]
MORNING, EVENING = 8.0, 18.0  # clock times of temperature readings; visits are in the morning
PERIOD_H = 14 * 24.0  # of the natural course
AHEAD_H = 30 * 168.0  # that doses are written out for: a little more than from one weighing to the next
LONGEST_LAG_H = 24.0  # between taking a dose and its absorption, with room to spare
WATCHED = (
    "temperature",
    "crp",
    "esr",
    "physician_global",
    "parent_global",
    "chaq",
    "active_joints",
    "limited_joints",
    "macrophage_activation",
)
# of a trial: its noise is far above this error, and the check of the tests holds it there
TRIAL_TOLERANCE = Tolerance(rtol=1e-3, atol=1e-5, first_step=0.03)


@dataclass(frozen=True)
class Order:
    """What a child is given from an hour on."""

    give: Give
    first_h: float


@dataclass(kw_only=True)
class Participants(StagedSimulation):
    """Children of a trial being followed.

    ``replicate`` and ``number`` [child] address their luck; ``steroid`` [child] is prednisolone in
    mg/kg/day; ``plans`` are the doses of a child as far as they are written out (before ``written``, h),
    ``calendar`` what they bring about from now on, in order of time; ``weighed_h`` is when they were weighed
    last.
    """

    children: list[Child]
    replicate: NDArray[np.int64]
    number: NDArray[np.int64]
    steroid: Floats
    plans: list[tuple[Administration, ...]]
    orders: list[Order]
    calendar: list[list[DosingEvent]]
    written: list[float]
    course: Floats
    end_h: float
    weighed_h: float = 0.0

    @staticmethod
    def begin(
        machine: CompiledModel,
        whole: CompiledModel,
        children: list[Child],
        replicate: NDArray[np.int64],
        number: NDArray[np.int64],
        course: Floats,
        start_h: float,
        steroid: Floats | None = None,
        end_h: float = 0.0,
    ) -> Participants:
        """Children at ``start_h``; ``course`` [child, period] is their natural course from the run-in on.

        A child on steroid has a disease as much stronger as leaves its innate activity where it was drawn.
        """
        dose = np.zeros(len(children)) if steroid is None else steroid
        table, states = _settled(machine, whole, subjects_of(children).table(whole), dose)
        return Participants(
            machine=machine,
            children=children,
            table=table,
            states=states,
            doses=_steroid_events(machine, dose, start_h),
            background=[[] for _ in children],
            course=course,
            now_h=start_h,
            tolerance=TRIAL_TOLERANCE,
            replicate=replicate,
            number=number,
            steroid=dose,
            plans=[()] * len(children),
            orders=[Order("none", 0.0)] * len(children),
            calendar=[[] for _ in children],
            written=[math.inf] * len(children),
            end_h=end_h,
        )

    def keep(self, chosen: NDArray[np.int64]) -> Self:
        """Only the chosen children, in that order."""
        return replace(
            super().keep(chosen),
            children=[self.children[i] for i in chosen],
            replicate=self.replicate[chosen],
            number=self.number[chosen],
            steroid=self.steroid[chosen],
            plans=[self.plans[i] for i in chosen],
            orders=[self.orders[i] for i in chosen],
            calendar=[self.calendar[i] for i in chosen],
            written=[self.written[i] for i in chosen],
            course=self.course[chosen],
        )

    # ---- orders
    def order(self, i: int, give: Give, first_h: float) -> None:
        """What child ``i`` is given from ``first_h`` on; doses planned before it are given."""
        self.orders[i] = Order(give, first_h)
        child = self.children[i]
        kept = tuple(d for d in self.plans[i] if d.time_h < first_h)
        until_h = self._ahead(first_h)
        new = Prescription.of(child.person, regimen_for(give, child), until_h, first_h)
        self._plan(i, kept + new.planned, until_h)

    def _ahead(self, from_h: float) -> float:
        """Hour before which doses are written out: those after the next weighing would be written again."""
        return min(self.end_h, from_h + AHEAD_H)

    def _write(self, i: int, until_h: float) -> None:
        """Doses of a child to come, by its present size; what was due before its order stands."""
        child, order = self.children[i], self.orders[i]
        from_h = max(self.now_h, order.first_h)
        to_come = schedule(
            regimen_for(order.give, child), child.person, until_h, start_h=order.first_h, from_h=from_h
        )
        past = tuple(d for d in self.plans[i] if d.time_h < from_h)
        self._plan(i, past + to_come.administrations, until_h)

    def _plan(self, i: int, doses: tuple[Administration, ...], until_h: float) -> None:
        """The doses of a child, past and to come, and what they bring about from now on."""
        self.plans[i] = doses
        self.written[i] = math.inf if until_h >= self.end_h else until_h
        lasting = [d for d in doses if d.time_h + d.duration_h + LONGEST_LAG_H >= self.now_h]
        events = administration_events(lasting)
        events += antibody_events(self.children[i].antibody_threshold, doses)
        self.calendar[i] = sorted(e for e in events if e[0] >= self.now_h)

    def take(self, who: NDArray[np.int64], dose: Floats) -> None:
        """Steroid of some children from now on, mg/kg/day."""
        self.steroid[who] = dose
        for i, event in zip(who, _steroid_events(self.machine, dose, self.now_h, always=True), strict=True):
            self.doses[i] += event

    def grow(self, years: float) -> None:
        """Size after ``years`` more, along each child's own SD scores; doses follow weight."""
        body_weight = self.machine.parameter(self.table, "body_weight")
        age = np.array([c.age_years for c in self.children])
        growing = np.flatnonzero(age + years < growth.OLDEST)
        if not len(growing):
            return
        sex = [self.children[i].sex for i in growing]
        now = [(self.children[i].weight_kg, self.children[i].height_cm) for i in growing]
        sizes = [
            growth.quantile(m, age[growing] + years, sex, growth.sd_score(m, age[growing], sex, np.array(x)))
            for m, x in zip(("weight", "height"), zip(*now, strict=True), strict=True)
        ]
        for i, weight, height in zip(growing.tolist(), *(x.tolist() for x in sizes), strict=True):
            self.children[i] = replace(
                self.children[i], age_years=float(age[i] + years), weight_kg=weight, height_cm=height
            )
            self._write(i, self._ahead(self.now_h))
            body_weight[i] = weight

    # ---- time
    def proceed(
        self,
        until_h: float,
        times: Floats,
        names: Sequence[str] | None,
        threads: int | None = None,
        progress: Callable[[int], None] | None = None,
        cancel: Flag | None = None,
    ) -> Outcome:
        """March with the doses that are due; only what happens in this stage is handed to the engine."""
        for i in [i for i in self._followed().tolist() if self.written[i] < until_h]:
            self._write(i, max(until_h, self._ahead(self.now_h)))
        for i, events in enumerate(self.calendar):
            if events and events[0][0] < until_h:
                due = bisect_left(events, (until_h,))
                self.doses[i] += events[:due]
                self.calendar[i] = events[due:]
        self.background = self._turns(until_h)
        outcome = super().proceed(until_h, times, names, threads, progress, cancel)
        self.doses = [[] for _ in self.children]
        return outcome

    def _turns(self, until_h: float) -> list[list[DosingEvent]]:
        """Turns of the natural course from now until then."""
        hours = -RUN_IN_DAYS * 24.0 + PERIOD_H * np.arange(self.course.shape[1])
        due = np.flatnonzero((hours >= self.now_h) & (hours < until_h))
        times = hours[due].tolist()
        return [
            [DosingEvent(t, SWITCH, "course", x) for t, x in zip(times, own, strict=True)]
            for own in self.course[:, due].tolist()
        ]


def joined(parts: Sequence[Participants]) -> Participants:
    """Cohorts of one machine at one hour as one, in their order."""
    first = parts[0]
    if len(parts) == 1:
        return first

    def rows(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(p, name) for p in parts])

    def lists(name: str) -> list[object]:
        return [x for p in parts for x in getattr(p, name)]

    columns = {
        n: rows(n)
        for n in ("table", "states", "inputs", "slopes", "seen", "replicate", "number", "steroid", "course")
    }
    listed = {
        n: lists(n) for n in ("children", "doses", "background", "plans", "orders", "calendar", "written")
    }
    return replace(first, **columns, **listed)  # type: ignore[arg-type]


def _settled(
    machine: CompiledModel, whole: CompiledModel, full: Floats, dose: Floats
) -> tuple[Floats, Floats]:
    """Parameters with severity raised for the steroid, and start states of the disease as drawn."""
    table = machine.parameters_from(whole, full)
    _, states = machine.begin(table)
    if dose.any():
        f = restraint(whole, full, dose)
        machine.parameter(table, "severity")[:] *= severity_factor(whole, full, f)
    return table, states


def _steroid_events(
    machine: CompiledModel, dose: Floats, at_h: float, always: bool = False
) -> list[list[DosingEvent]]:
    if BACKGROUND not in machine.model.inputs:
        return [[] for _ in dose]
    return [[DosingEvent(at_h, SWITCH, BACKGROUND, float(d) / 24.0)] if d > 0 or always else [] for d in dose]


def reading_times(after_h: float, until_h: float) -> Floats:
    """Morning and evening of every day, later than ``after_h`` and up to ``until_h``."""
    days = np.arange(np.floor(after_h / 24) - 1, np.ceil(until_h / 24) + 1)
    times = np.sort(np.concatenate([days * 24 + MORNING, days * 24 + EVENING]))
    return np.asarray(times[(times > after_h) & (times <= until_h)])


def first_dose(week: int) -> float:
    """Hour of a dose given at the visit of that week."""
    return week * 168.0 + FIRST_DOSE_HOUR
