"""The children of some replicates, marched together from visit to visit, each with its own orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Person, schedule
from quotidian.engine import SWITCH, Machine, Outcome, Tolerance
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.following import Following
from quotidian.patients.prescription import Prescription
from quotidian.patients.treatment import (
    FIRST_DOSE_HOUR,
    IMMUNOGENIC,
    RUN_IN_DAYS,
    Happening,
    antibodies,
    as_events,
    parameters,
)
from quotidian.trials.background import restraint, severity_factor
from quotidian.trials.design import BACKGROUND, Give, regimen_for

Floats = NDArray[np.float64]
MORNING, EVENING = 8.0, 18.0  # clock times of temperature readings; visits are in the morning
PERIOD_H = 14 * 24.0  # of the natural course
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
TRIAL_TOLERANCE = Tolerance(rtol=3e-4, atol=3e-6)
NOBODY = Prescription(Person(1.0, 1.0), 0.0, ())


@dataclass(frozen=True)
class Order:
    """What a child is given from an hour on."""

    give: Give
    first_h: float


@dataclass(kw_only=True)
class Cohort(Following):
    """Children of a trial being followed.

    ``replicate`` and ``number`` [child] address their luck; ``steroid`` [child] is prednisolone in
    mg/kg/day; ``sizes`` [child] SD score of weight; ``aged`` h at which they were weighed last.
    """

    replicate: NDArray[np.int64]
    number: NDArray[np.int64]
    steroid: Floats
    plans: list[Prescription]
    orders: list[Order]
    immunogenic: list[tuple[float, ...]]
    immune: list[list[Happening]]
    course: Floats
    end_h: float
    weighed_h: float = 0.0

    @staticmethod
    def begin(
        machine: Machine,
        whole: Machine,
        children: list[Child],
        replicate: NDArray[np.int64],
        number: NDArray[np.int64],
        course: Floats,
        start_h: float,
        steroid: Floats | None = None,
        end_h: float = 0.0,
    ) -> Cohort:
        """Children at ``start_h``; ``course`` [child, period] is their natural course from the run-in on.

        A child on steroid has a disease as much stronger as leaves its innate activity where it was drawn.
        """
        dose = np.zeros(len(children)) if steroid is None else steroid
        table, states = _settled(machine, whole, parameters(whole, children), dose)
        return Cohort(
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
            plans=[NOBODY] * len(children),
            orders=[Order("none", 0.0)] * len(children),
            immunogenic=[()] * len(children),
            immune=[[] for _ in children],
            end_h=end_h,
        )

    def keep(self, chosen: NDArray[np.int64]) -> Self:
        """Only the chosen children, in that order."""
        return replace(
            super().keep(chosen),
            replicate=self.replicate[chosen],
            number=self.number[chosen],
            steroid=self.steroid[chosen],
            plans=[self.plans[i] for i in chosen],
            orders=[self.orders[i] for i in chosen],
            immunogenic=[self.immunogenic[i] for i in chosen],
            immune=[self.immune[i] for i in chosen],
            course=self.course[chosen],
        )

    # ---- orders
    def order(self, i: int, give: Give, first_h: float) -> None:
        """What child ``i`` is given from ``first_h`` on; doses planned before it are given."""
        self.orders[i] = Order(give, first_h)
        child, old = self.children[i], self.plans[i]
        due = tuple(d for d in old.planned if d.time_h < first_h)
        new = Prescription.of(child.person, regimen_for(give, child), self.end_h, first_h)
        self.plans[i] = replace(new, planned=due + new.planned)
        to_come = tuple(d.time_h for d in self.plans[i].planned if d.drug == IMMUNOGENIC)
        self.immune[i] = antibodies(self.machine, child, self.immunogenic[i] + to_come)

    def take(self, who: NDArray[np.int64], dose: Floats) -> None:
        """Steroid of some children from now on, mg/kg/day."""
        self.steroid[who] = dose
        for i, event in zip(who, _steroid_events(self.machine, dose, self.now_h, always=True), strict=True):
            self.doses[i] += event

    def grow(self, years: float) -> None:
        """Weight after ``years`` more, along the child's own SD score; doses follow it."""
        column = self.machine.problem.parameters.index("body_weight")
        for i, child in enumerate(self.children):
            age = child.age_years + years
            if age >= growth.OLDEST or child.age_years < growth.YOUNGEST:
                continue
            z = growth.sd_score("weight", child.age_years, child.sex, child.weight_kg)
            tall = growth.sd_score("height", child.age_years, child.sex, child.height_cm)
            grown = replace(
                child, age_years=age, weight_kg=growth.quantile("weight", age, child.sex, z),
                height_cm=growth.quantile("height", age, child.sex, tall),
            )  # fmt: skip
            self.children[i] = grown
            self.table[i, column] = grown.weight_kg
            order = self.orders[i]
            plan = schedule(regimen_for(order.give, grown), grown.person, self.end_h, start_h=order.first_h)
            left = tuple(d for d in plan.administrations if d.time_h >= self.now_h)
            self.plans[i] = replace(self.plans[i], person=grown.person, planned=left)

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
        for i, plan in enumerate(self.plans):
            if plan.planned:
                after = plan.proceed(until_h)
                self.doses[i] += as_events(self.machine, after.given)
                self.immunogenic[i] += tuple(d.time_h for d in after.given if d.drug == IMMUNOGENIC)
                self.plans[i] = replace(after, given=(), left_out=())
            self.doses[i] += [e for e in self.immune[i] if self.now_h <= e[0] < until_h]
        self.background = self._turns(until_h)
        outcome = super().proceed(until_h, times, names, threads, progress, cancel)
        self.doses = [[] for _ in self.children]
        return outcome

    def _turns(self, until_h: float) -> list[list[Happening]]:
        """Turns of the natural course from now until then."""
        index = self.machine.problem.inputs.index("course")
        hours = -RUN_IN_DAYS * 24.0 + PERIOD_H * np.arange(self.course.shape[1])
        due = np.flatnonzero((hours >= self.now_h) & (hours < until_h))
        return [[(float(hours[k]), SWITCH, index, float(own[k])) for k in due] for own in self.course]


def joined(parts: Sequence[Cohort]) -> Cohort:
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
        for n in ("table", "states", "inputs", "slopes", "replicate", "number", "steroid", "course")
    }
    listed = {
        n: lists(n) for n in ("children", "doses", "background", "plans", "orders", "immunogenic", "immune")
    }
    return replace(first, **columns, **listed)  # type: ignore[arg-type]


def _settled(machine: Machine, whole: Machine, full: Floats, dose: Floats) -> tuple[Floats, Floats]:
    """Parameters with severity raised for the steroid, and start states of the disease as drawn."""
    names = whole.problem.parameters
    table = np.ascontiguousarray(full[:, [names.index(n) for n in machine.problem.parameters]])
    _, states = machine.begin(table)
    if dose.any():
        f = restraint(whole, full, dose)
        table[:, machine.problem.parameters.index("severity")] *= severity_factor(whole, full, f)
    return table, states


def _steroid_events(
    machine: Machine, dose: Floats, at_h: float, always: bool = False
) -> list[list[tuple[float, int, int, float]]]:
    if BACKGROUND not in machine.problem.inputs:
        return [[] for _ in dose]
    index = machine.problem.inputs.index(BACKGROUND)
    return [[(at_h, SWITCH, index, float(d) / 24.0)] if d > 0 or always else [] for d in dose]


def reading_times(after_h: float, until_h: float) -> Floats:
    """Morning and evening of every day, later than ``after_h`` and up to ``until_h``."""
    days = np.arange(np.floor(after_h / 24) - 1, np.ceil(until_h / 24) + 1)
    times = np.sort(np.concatenate([days * 24 + MORNING, days * 24 + EVENING]))
    return np.asarray(times[(times > after_h) & (times <= until_h)])


def first_dose(week: int) -> float:
    """Hour of a dose given at the visit of that week."""
    return week * 168.0 + FIRST_DOSE_HOUR
