"""Turn a regimen into the administrations of one child."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from quotidian.dosing.durations import TICK
from quotidian.dosing.person import Person
from quotidian.dosing.regimen import Regimen
from quotidian.dosing.single_dose import Route, SingleDose
from quotidian.errors import RegimenError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Administration:
    """One dose given to one child.

    Parameters
    ----------
    time_h : when it starts, h, on the simulation's clock.
    drug : name of the drug.
    route : how it enters the body.
    amount_mg : how much in all, mg.
    duration_h : length of the infusion, h; zero by every other route.
    """

    time_h: float
    drug: str
    route: Route
    amount_mg: float
    duration_h: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every administration to one child, in order of time, then of drug. Infusions may overlap."""

    administrations: tuple[Administration, ...] = ()

    def last_dose_before(self, time_h: float, drug: str | None = None) -> Administration | None:
        """The latest administration that starts before ``time_h`` (h), of one drug or of any, or ``None``."""
        before = self.administrations[: bisect_left(self.administrations, time_h, key=lambda one: one.time_h)]
        return next((one for one in reversed(before) if drug in (None, one.drug)), None)


def schedule(
    regimen: Regimen,
    person: Person | Callable[[float], Person],
    until_h: float,
    start_h: float = 0.0,
    from_h: float = -math.inf,
) -> Schedule:
    """Compute the doses of ``regimen`` for one child, with their amounts.

    Parameters
    ----------
    regimen : what is prescribed; if endless, it is cut at ``until_h``.
    person : the child; or, for a growing child, a function of the hour on the simulation's clock.
    until_h : end of the simulation, h. A dose exactly at ``until_h`` is not given. An infusion that starts
        before the end and ends after it keeps its whole length.
    start_h : time zero of the regimen on the simulation's clock, h.
    from_h : earlier doses are left out, h.

    Raises
    ------
    DoseOutsideBand : the child is in no band of a dose.
    RegimenError : a dose per square metre for a child of unknown height, or a time that is not finite.
    """
    if not (math.isfinite(until_h) and math.isfinite(start_h)):
        raise RegimenError(
            f"a schedule from {start_h:g} h to {until_h:g} h is refused.",
            "Both ends must be finite, or the doses would never end.",
            "Give start and end in hours.",
        )
    own = regimen.meant_for(person(start_h) if callable(person) else person)
    amount = _by_hour(person) if callable(person) else _by_dose(person)
    within = takewhile(lambda timed: start_h + timed[0] < until_h - TICK, own.given())
    given = [
        Administration(start_h + time, dose.drug, dose.route, amount(dose, start_h + time), dose.duration_h)
        for time, dose in within
        if start_h + time >= from_h
    ]
    return Schedule(tuple(sorted(given, key=lambda one: (one.time_h, one.drug))))


def _by_hour(person: Callable[[float], Person]) -> Callable[[SingleDose, float], float]:
    """Amounts, mg, for a growing child."""
    return lambda dose, hour: dose.mg(person(hour))


def _by_dose(person: Person) -> Callable[[SingleDose, float], float]:
    """Amounts, mg, for a child of constant size: computed once for each dose that the regimen repeats."""
    found: dict[int, tuple[SingleDose, float]] = {}

    def amount(dose: SingleDose, _: float) -> float:
        held = found.get(id(dose))
        if held is None:
            held = found[id(dose)] = (dose, dose.mg(person))  # the dose is held, so no other takes its id
        return held[1]

    return amount
