"""From a regimen to administrations, and from administrations to events of the model, by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from quotidian.dosing import Administration, Regimen, schedule
from quotidian.drugs.antidrug_antibodies import AntidrugAntibodies
from quotidian.drugs.catalogue import PORTS
from quotidian.drugs.limits import refuse_excess
from quotidian.engine import ADD, SWITCH
from quotidian.errors import RegimenError
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.models import DRUGS
from quotidian.simulation.clock import FIRST_DOSE_HOUR
from quotidian.simulation.subjects import PersonAt

_PORTS = {(p.drug, p.route): p for p in PORTS}


class DosingEvent(NamedTuple):
    """A change of a state or an input of the model at one time.

    Parameters
    ----------
    time_h : when, h.
    action : ADD to a state; SWITCH an input: see :mod:`quotidian.engine.events`.
    target : name of the state or input.
    value : in the unit of the target.
    """

    time_h: float
    action: int
    target: str
    value: float


def planned_doses(
    person: PersonAt, regimen: Regimen, until_h: float, first_h: float = FIRST_DOSE_HOUR
) -> tuple[Administration, ...]:
    """Doses of a regimen that begins at ``first_h``, up to ``until_h`` (h), by time.

    Raises DoseOutsideBand for a person for whom the regimen has no dose, RegimenError for a daily amount of a
    drug above its limit.
    """
    given = schedule(regimen, person, until_h, start_h=first_h).administrations
    refuse_excess(given, person(until_h) if callable(person) else person)
    return given


def dosing_events(
    given: Sequence[Administration], antibody_threshold: float = math.inf, overlay: Overlay = NO_OVERLAY
) -> list[DosingEvent]:
    """Events of these administrations and of the antibodies that form against the drugs.

    Parameters
    ----------
    given : by time; infusions of one drug that overlap add up.
    antibody_threshold : cumulative hazard at which the subject forms antibodies; infinite: never.

    Raises RegimenError for a route by which a drug is not given.
    """
    return administration_events(given) + antibody_events(antibody_threshold, given, overlay)


def administration_events(given: Iterable[Administration]) -> list[DosingEvent]:
    """Events of these administrations alone; see :func:`dosing_events`."""
    rates: dict[str, list[tuple[float, float]]] = {}
    events: list[DosingEvent] = []
    for dose in given:
        port = _PORTS.get((dose.drug, dose.route))
        if port is None:
            raise _no_route(dose)
        if port.is_input:
            rate = dose.amount_mg / dose.duration_h
            changes = rates.setdefault(port.name, [])
            changes += [(dose.time_h, rate), (dose.time_h + dose.duration_h, -rate)]
        else:
            events.append(DosingEvent(dose.time_h + port.lag_h, ADD, port.name, dose.amount_mg))
    for name, changes in rates.items():
        events += _switches(name, changes)
    return events


@lru_cache(maxsize=8)
def antibodies(overlay: Overlay = NO_OVERLAY) -> Mapping[str, AntidrugAntibodies]:
    """Antibodies by drug; for other drugs they are not modelled."""
    return {name: own.overlaid(overlay) for name, drug in DRUGS.items() if (own := drug.antibodies)}


def antibody_events(
    threshold: float, given: Sequence[Administration], overlay: Overlay = NO_OVERLAY
) -> list[DosingEvent]:
    """Events of antibodies against the drugs, from the time at which they act; see :func:`dosing_events`."""
    events: list[DosingEvent] = []
    for drug, against in antibodies(overlay).items():
        hour = against.onset(threshold, [dose.time_h for dose in given if dose.drug == drug])
        if hour is not None:
            events.append(DosingEvent(hour, SWITCH, against.input, 1.0))
    return events


def _switches(name: str, changes: list[tuple[float, float]]) -> list[DosingEvent]:
    """The total infusion rate from each instant on; infusions may overlap."""
    events: list[DosingEvent] = []
    rate, at = 0.0, dict.fromkeys(sorted(t for t, _ in changes), 0.0)
    for time, change in changes:
        at[time] += change
    for time, change in at.items():
        rate += change
        rate = 0.0 if abs(rate) < 1e-9 else rate
        events.append(DosingEvent(time, SWITCH, name, rate))
    return events


def _no_route(dose: Administration) -> RegimenError:
    known = ", ".join(f"{p.drug} by {p.route}" for p in PORTS)
    return RegimenError(
        f"{dose.drug} cannot be given by {dose.route}.",
        f"The model has: {known}.",
        "Choose one of these routes.",
    )
