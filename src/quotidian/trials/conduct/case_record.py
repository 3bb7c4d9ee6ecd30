"""The case record of a trial: visits, temperature charts, doses of steroid, and events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration
from quotidian.trials.protocol.sampling import Occasion

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Happened: TypeAlias = Literal[
    "randomised", "not admitted", "escape", "flare", "rescue", "withdrawal", "escalation", "settled",
    "taper", "steroid raised", "off steroid", "respaced", "held", "reduced", "stopped", "restarted",
]  # fmt: skip
SAFETY_EVENTS: tuple[Happened, ...] = ("held", "reduced", "stopped", "restarted")
"""Actions of the safety rules on a drug."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a child (its index in the record) at a visit; ``detail`` in words or a number."""

    child: int
    week: int
    kind: Happened
    detail: str = ""


@dataclass
class Exposure:
    """Drug over one dosing interval of each child: peak and trough in ug/mL, area in ug*day/mL, its days.

    ``drug`` names the observable. ``on`` [child] is True for children who received the dose and are read over
    this interval; the values of the others are 0.
    """

    occasion: Occasion
    drug: str
    week: int
    days: float
    cmax: Floats
    ctrough: Floats
    auc: Floats
    on: Bools


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of an event-driven trial.

    ``last`` [child] is the week of the last visit before the end, infinite for children who were not
    eligible for randomisation; ``late`` [child] is True for children who would have been randomised after
    the end. ``at`` is the calendar week of the end by replicate, from the first day of randomisation,
    infinite if too few events came.
    """

    last: Floats
    late: Bools
    at: Mapping[int, float]


@dataclass
class CaseRecord:
    """The record of the children of some replicates.

    Every array runs over the enrolled children. Weeks are whole, counted from the first dose, which is given
    an hour after the visit of week 0; week 0 is before any drug.

    Attributes
    ----------
    arm : index into ``trial.arms``; -1 for a child that was not randomised (a lead-in without response).
    replicate, number : address of the child's random streams.
    body : at entry: age (year), weight (kg), height (cm), female (0 or 1), duration (year, of disease),
        steroid (mg/kg/day of prednisolone), methotrexate (0 or 1), severity (1: typical).
    core : by week, the six variables of the core set as measured, with their errors.
    observed : by week, every observable that the design names, without measurement error, by name.
    neutrophils : by week, 1e9/L as counted, if the design names them.
    safety : by week, readings that safety rules read, by name: neutrophils as counted, others without error.
    missed : by week, children who were absent; their ``core`` of that week is what would have been
        measured.
    left : by week, children who had left the trial by then; the detail of the event ("withdrawal") is the
        reason.
    charts, days : temperature as read, [child, reading] at [reading] days; mornings and evenings of the two
        weeks before each visit.
    weight : by week, kg, of the growing child.
    steroid : by week, mg/kg/day of prednisolone from that visit on.
    events : in the order in which they happened.
    exposure : of each interval of the design.
    level : by week, step of dose escalation from that visit on.
    highest : by week, highest activation of macrophages since the previous visit, if the design names it.
    toll : by week, haemophagocytosis summed since entry, days, if the design names the activation.
    recognised : by week, children whose MAS since the previous visit met the criteria of 2016, if the
        design names all their signs.
    doses : of each child, doses given, in order of time.
    escaped : children who received open drug early, by the end of the trial.
    ending : the end of an event-driven trial. Events are recorded up to it, everything else up to the last
        visit.
    """

    arm: Integers
    replicate: Integers
    number: Integers
    body: dict[str, Floats] = field(default_factory=dict)
    core: dict[int, dict[str, Floats]] = field(default_factory=dict)
    observed: dict[int, dict[str, Floats]] = field(default_factory=dict)
    neutrophils: dict[int, Floats] = field(default_factory=dict)
    safety: dict[int, dict[str, Floats]] = field(default_factory=dict)
    missed: dict[int, Bools] = field(default_factory=dict)
    left: dict[int, Bools] = field(default_factory=dict)
    charts: list[Floats] = field(default_factory=list)
    days: list[Floats] = field(default_factory=list)
    weight: dict[int, Floats] = field(default_factory=dict)
    steroid: dict[int, Floats] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    exposure: list[Exposure] = field(default_factory=list)
    level: dict[int, Integers] = field(default_factory=dict)
    highest: dict[int, Floats] = field(default_factory=dict)
    toll: dict[int, Floats] = field(default_factory=dict)
    recognised: dict[int, Bools] = field(default_factory=dict)
    doses: list[tuple[Administration, ...]] = field(default_factory=list)
    escaped: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    ending: Ending | None = None
    _joined: tuple[int, Floats] | None = field(default=None, repr=False, compare=False)

    @property
    def children(self) -> int:
        """Number of children."""
        return len(self.number)

    @property
    def weeks(self) -> tuple[int, ...]:
        """Weeks of the visits, including that of entry (0)."""
        return tuple(sorted(self.core))

    @property
    def last_visit(self) -> Floats:
        """Week of each child's last visit in the trial, [child]; infinite if only the design ends it."""
        return np.full(self.children, np.inf) if self.ending is None else self.ending.last

    @property
    def chart(self) -> Floats:
        """Temperature readings, [child, reading], degC; joined once per visit, because rules read them
        often."""
        if self._joined is None or self._joined[0] != len(self.charts):
            self._joined = (len(self.charts), np.concatenate(self.charts, axis=1))
        return self._joined[1]

    @property
    def chart_days(self) -> Floats:
        """Times of the readings, [reading], days."""
        return np.concatenate(self.days)

    @property
    def crp(self) -> dict[int, Floats]:
        """CRP by week, mg/L."""
        return {week: seen["crp"] for week, seen in self.observed.items()}

    @property
    def trough(self) -> dict[int, Floats]:
        """The first drug's concentration before the dose, by week, ug/mL."""
        return {week: seen["tocilizumab"] for week, seen in self.observed.items() if "tocilizumab" in seen}

    def write(self, who: Iterable[int], week: int, kind: Happened, detail: str = "") -> None:
        """Record an event of some children."""
        self.events += [Event(int(i), week, kind, detail) for i in who]

    def first(self, kind: Happened) -> Floats:
        """Week of each child's first event of that kind, [child]; not-a-number if there was none."""
        weeks = np.full(self.children, np.nan)
        for event in self.events:
            if event.kind == kind and not weeks[event.child] <= event.week:
                weeks[event.child] = event.week
        return weeks

    def last(self, kind: Happened) -> Floats:
        """Week of each child's last event of that kind, [child]; not-a-number if there was none."""
        weeks = np.full(self.children, np.nan)
        for event in self.events:
            if event.kind == kind:
                weeks[event.child] = event.week
        return weeks

    def had(self, kind: Happened, by_week: float = np.inf, after_week: float = -np.inf) -> Bools:
        """Children with an event of that kind after one week and by another, [child]."""
        found = np.zeros(self.children, dtype=bool)
        for event in self.events:
            if event.kind == kind and after_week < event.week <= by_week:
                found[event.child] = True
        return found

    def at_own(self, weeks: Floats) -> dict[str, Floats]:
        """The core set of each child at its own week; not-a-number if that week is not a number."""
        found = {name: np.full(self.children, np.nan) for name in self.core[0]}
        for visit in self.weeks:
            own = weeks == visit
            for name, values in self.core[visit].items():
                found[name][own] = values[own]
        return found
