"""The state of the Child page as a value: read from a query, checked, and written as a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from quotidian.errors import ImplausibleChild, InvalidQuantity
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.child import child as made
from quotidian.patients.disease_course import NaturalCourse
from quotidian.patients.natural_history import KINDS
from quotidian.patients.population import draw
from quotidian.statistics.streams import Streams
from quotidian.units import whole_number
from quotidian.web import form_input
from quotidian.web.beside.options import AXES, BESIDE, USUAL_BESIDE, USUAL_LOG, in_link
from quotidian.web.regimen_form import LETTERS, Plan

HORIZONS = (2, 4, 12, 24, 52, 104, 260)
"""Longest simulation (weeks); a longer one would delay the answers to all visitors."""
BEFORE_DAYS = 7.0
NARROWEST = 0.25
"""Length of the shortest view, days."""
CLOSE_DAYS = 8.0
"""Views up to this length (days) have outputs every 15 minutes; views up to a quarter of it, every 5 minutes.
"""
USUAL_PLANS = (Plan("tocilizumab-iv"), Plan("none"))
"""Regimens of a page that names none: the main drug beside no drug."""
OWN = ("age", "sex", "weight", "severity")
"""Controls that describe the child. Moving one replaces the child of a trial by the child that they describe.
"""


@dataclass(frozen=True)
class ChildState:
    """All inputs of the page; the same state gives the same page.

    Parameters
    ----------
    window : first and last day of the view, or None for the whole simulation.
    at : day on which the MAS criteria are read, or None for the last day of the view.
    drawn : seed, replicate and number of a child of a virtual trial; its random effects are used.
    beside, log : what is shown beside the lines, and the charts with a logarithmic axis.
    """

    age: float = 6.0
    sex: str = "female"
    weight: float = 20.0
    severity: float = 1.0
    course: str = "steady"
    seed: int = 1
    steroid: float = 0.0
    flares: tuple[float, ...] = ()
    infections: tuple[float, ...] = ()
    weeks: int = 12
    plans: tuple[Plan, ...] = USUAL_PLANS
    window: tuple[float, float] | None = None
    at: float | None = None
    drawn: tuple[int, int, int] | None = None
    beside: tuple[str, ...] = USUAL_BESIDE
    log: tuple[str, ...] = USUAL_LOG

    @staticmethod
    def read(query: Mapping[str, str], before: ChildState | None = None, moved: str = "link") -> ChildState:
        """The state of a query; ``moved`` names the control that changed since ``before``.

        If age or sex changed, the child keeps the SD score of its weight, unless the weight itself was
        moved.

        Raises InvalidQuantity, UnknownName or ImplausibleChild for an invalid query.
        """
        sex = form_input.choice(query, "sex", "female", growth.SEXES)
        age = form_input.number(query, "age", 6.0, 2.0, 17.99)
        weeks = int(form_input.number(query, "weeks", 12, HORIZONS[0], HORIZONS[-1]))
        if weeks not in HORIZONS:
            known = ", ".join(map(str, HORIZONS))
            raise InvalidQuantity(f"A view of {weeks} weeks is not offered.", "", f"Choose {known}.")
        drawn = _drawn(query) if moved not in OWN else None
        if drawn is not None:
            own = draw(Streams(drawn[0]), drawn[1], [drawn[2]])[0]
            query = {**query, "severity": ""}
            age, sex, weight = own.age_years, own.sex, own.weight_kg
        else:
            weight = _weight(query, age, sex, before if moved not in ("weight", "link") else None)
        state = ChildState(
            age, sex, weight,
            form_input.number(query, "severity", 1.0, 0.2, 3.0),
            form_input.choice(query, "course", "steady", KINDS),
            int(form_input.number(query, "seed", 1, 0, 9999)),
            form_input.number(query, "steroid", 0.0, 0.0, 2.0),
            form_input.days(query, "flares", weeks * 7.0), form_input.days(query, "infections", weeks * 7.0),
            weeks, _plans(query), _window(query, weeks),
            form_input.maybe(query, "at", -BEFORE_DAYS, weeks * 7.0),
            drawn,
            form_input.several(query, "beside", USUAL_BESIDE, BESIDE),
            form_input.several(query, "log", USUAL_LOG, AXES),
        )  # fmt: skip
        _ = state.child, state.natural  # an impossible child is refused here, before the worker starts
        return state

    @cached_property
    def child(self) -> Child:
        """The child itself. Raises ImplausibleChild."""
        if self.drawn is not None:
            seed, replicate, number = self.drawn
            return draw(Streams(seed), replicate, [number])[0]
        return made(self.age, self.sex, self.weight, severity=self.severity)

    @property
    def numbers(self) -> ChildState:
        """The state without the fields that change no number of the lines."""
        return replace(self, at=None, beside=USUAL_BESIDE, log=USUAL_LOG)

    @cached_property
    def label(self) -> str:
        """The child in a few words."""
        return self.child.label

    @property
    def natural(self) -> NaturalCourse:
        """Natural course of the child's disease. Raises InvalidQuantity for too many events."""
        kind = self.course if self.course == "steady" else f"{self.course}:{self.seed}"
        return NaturalCourse.parse(kind, self.flares, self.infections)

    @property
    def regimens(self) -> dict[str, str]:
        """Regimens by letter in the notation of the command line, each with the steroid."""
        added = f"prednisolone:{self.steroid:g}mg/kg/1d" if self.steroid else ""
        found = {}
        for letter, plan in zip(LETTERS, self.plans, strict=False):
            parts = [part for part in (plan.text if plan.drug != "none" else "", added) if part]
            found[letter] = "+".join(parts) or "none"
        return found

    @property
    def span(self) -> tuple[float, float]:
        """First and last day shown."""
        return self.window or (-BEFORE_DAYS, self.weeks * 7.0)

    @property
    def every_hours(self) -> float:
        """Interval between outputs, h: one hour; less in a short view, more if there would be too many
        points."""
        days = self.span[1] - self.span[0]
        if days <= CLOSE_DAYS:
            return 1 / 12 if days <= CLOSE_DAYS / 4 else 0.25
        steps = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
        return next((step for step in steps if days * 24.0 / step <= MOST_POINTS), 24.0)

    @property
    def query(self) -> dict[str, str]:
        """The fields that restore this state."""
        found = {
            "age": f"{self.age:g}", "sex": self.sex, "weight": f"{self.weight:.6g}",
            "severity": f"{self.severity:g}", "weeks": str(self.weeks),
        }  # fmt: skip
        if self.course != "steady":
            found |= {"course": self.course, "seed": str(self.seed)}
        if self.steroid:
            found["steroid"] = f"{self.steroid:g}"
        for name, days in (("flares", self.flares), ("infections", self.infections)):
            if days:
                found[name] = ",".join(f"{day:g}" for day in days)
        for letter, plan in zip(LETTERS, self.plans, strict=False):
            found |= plan.query(letter)
        if self.window is not None:
            found |= {"from": f"{self.window[0]:.6g}", "to": f"{self.window[1]:.6g}"}
        if self.at is not None:
            found["at"] = f"{self.at:g}"
        if self.drawn is not None:
            found["drawn"] = "-".join(map(str, self.drawn))
        found |= in_link("beside", self.beside, USUAL_BESIDE) | in_link("log", self.log, USUAL_LOG)
        return found

    @property
    def link(self) -> str:
        """The query string that restores the state."""
        return "?" + urlencode(self.query)


MOST_POINTS = 4400
"""Largest number of outputs of one line."""


def _weight(query: Mapping[str, str], age: float, sex: str, before: ChildState | None) -> float:
    """The stated weight, else the median, else the weight at the previous SD score.

    A computed weight is rounded to ten grams, so that a link and a command state it as it is simulated.
    """
    if before is not None and (before.age, before.sex) == (age, sex):
        return before.weight
    if before is not None:
        score = growth.sd_score("weight", before.age, before.sex, before.weight)
        return round(growth.quantile("weight", age, sex, score), 2)
    stated = form_input.maybe(query, "weight", 1.0, 200.0)
    return round(growth.quantile("weight", age, sex, 0.0), 2) if stated is None else stated


def _plans(query: Mapping[str, str]) -> tuple[Plan, ...]:
    """The plans of the query, A first; the usual ones if the query names none."""
    named = [
        letter for letter in LETTERS if form_input.text(query, f"{letter.lower()}_drug") not in ("", "off")
    ]
    if not any(name.startswith(tuple(f"{letter.lower()}_" for letter in LETTERS)) for name in query):
        return USUAL_PLANS
    return tuple(Plan.read(query, letter, "tocilizumab-iv") for letter in named or LETTERS[:1])


def _window(query: Mapping[str, str], weeks: int) -> tuple[float, float] | None:
    if not (form_input.text(query, "from") and form_input.text(query, "to")):
        return None
    first = form_input.number(query, "from", 0.0, -BEFORE_DAYS, weeks * 7.0)
    last = form_input.number(query, "to", 0.0, -BEFORE_DAYS, weeks * 7.0)
    middle = (first + last) / 2
    if last - first < NARROWEST:
        first = max(-BEFORE_DAYS, min(middle - NARROWEST / 2, weeks * 7.0 - NARROWEST))
        last = first + NARROWEST
    return first, last


def _drawn(query: Mapping[str, str]) -> tuple[int, int, int] | None:
    given = form_input.text(query, "drawn")
    if not given:
        return None
    parts = [whole_number(part) if len(part) < 7 else None for part in given.split("-")]
    if len(parts) != 3 or None in parts:
        raise ImplausibleChild(
            f"'{given}' does not identify a child of a trial.",
            "The form is seed, replicate and number.",
            "Write 'drawn=1-0-5'.",
        )
    seed, replicate, number = (part or 0 for part in parts)
    return seed, replicate, number
