"""Children under treatment: conversion of children to subjects, and of their treatment to a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Event as Flag
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from quotidian import simulation
from quotidian.dosing import Person, Regimen
from quotidian.engine import Tolerance
from quotidian.evidence import Overlay
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.disease_course import NaturalCourse
from quotidian.patients.guards import check_window, listed, refuse_grown_up, refuse_untreated
from quotidian.patients.size_over_time import person_on
from quotidian.simulation import (
    FIRST_DOSE_HOUR,
    DosingEvent,
    SimulationRequest,
    SimulationResult,
    Start,
    Subjects,
    dosing_events,
    output_hours,
    planned_doses,
)

Floats = NDArray[np.float64]


class Options(TypedDict, total=False):
    """Fields of a :class:`SimulationRequest` that children have in common."""

    model: str
    scenario: str
    start: Start
    run_in_days: int
    tolerance: Tolerance | None
    overlay: Overlay


def subjects_of(children: Sequence[Child], growing: bool = False) -> Subjects:
    """Children as subjects: covariates, severity and random effects by name of parameter.

    With ``growing`` a dose is that for the size at the last quarterly weighing, else for that of day 0.
    Use it together with a growing body weight in the drug's disposition; otherwise exposure would increase
    with age.
    """
    effects = dict.fromkeys(name for child in children for name in child.random_effects)
    severity = np.array([child.severity for child in children])
    factors = {
        name: np.array([child.random_effects.get(name, 1.0) for child in children]) for name in effects
    }
    factors["severity"] = severity * factors.get("severity", 1.0)
    return Subjects(
        persons=tuple(_growing(child) if growing else child.person for child in children),
        covariates={
            "body_weight": [child.weight_kg for child in children],
            "age_at_start": [child.reference_age for child in children],
            "maleness": [float(child.sex == "male") for child in children],
            "height_at_start": [child.height_cm for child in children],
            "target_height_score": _target_scores(children),
        },
        values={"joints.il6_share": [child.il6_share for child in children]} | _own_values(children),
        factors=factors,
        antibody_thresholds=np.array([child.antibody_threshold for child in children]),
    )


def treatment_request(
    children: Child | Sequence[Child],
    regimen: Regimen | Sequence[Regimen],
    *,
    days: float,
    every_hours: float = 1.0,
    from_day: float = 0.0,
    times: Floats | None = None,
    observables: Iterable[str] | None = None,
    natural: NaturalCourse | None = None,
    drugs: Iterable[str] = (),
    **options: Unpack[Options],
) -> SimulationRequest:
    """Children on one regimen, or each on its own, as a request.

    Parameters
    ----------
    days : end of the simulation, from midnight of day 0.
    every_hours, from_day : outputs every so many hours (h) from ``from_day`` on; negative shows days of the
        untreated run-in. times : [time] hours of the outputs, in place of these.
    natural : the natural course of all children, independent of treatment; None is steady disease.
    others : as in :class:`SimulationRequest`.

    Raises ImplausibleChild without a child, RegimenError for another number of regimens than of children, and
    what :mod:`quotidian.patients.guards` raises.
    """
    several = [children] if isinstance(children, Child) else list(children)
    plans = (regimen,) if isinstance(regimen, Regimen) else tuple(regimen)
    check_window(days, every_hours, from_day)
    refuse_grown_up(several, days)
    refuse_untreated(plans, days)
    events = natural.events(days) if natural is not None else ()
    return SimulationRequest(
        subjects=subjects_of(several),
        times=output_hours(days, every_hours, from_day) if times is None else times,
        end_h=days * 24.0,
        regimens=plans,
        observables=listed(observables),
        background=(events,) * len(several),
        drugs=frozenset(drugs),
        **options,
    )


def simulate(
    children: Child | Sequence[Child],
    regimen: Regimen | Sequence[Regimen],
    *,
    days: float,
    every_hours: float = 1.0,
    from_day: float = 0.0,
    times: Floats | None = None,
    observables: Iterable[str] | None = None,
    natural: NaturalCourse | None = None,
    drugs: Iterable[str] = (),
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    cancel: Flag | None = None,
    **options: Unpack[Options],
) -> SimulationResult:
    """Simulate children: :func:`treatment_request`, then :func:`quotidian.simulation.simulate`."""
    request = treatment_request(
        children, regimen, days=days, every_hours=every_hours, from_day=from_day, times=times,
        observables=observables, natural=natural, drugs=drugs, **options,
    )  # fmt: skip
    return simulation.simulate(request, threads=threads, progress=progress, cancel=cancel)


def treatment_events(
    child: Child, regimen: Regimen, until_h: float, first_h: float = FIRST_DOSE_HOUR, growing: bool = False
) -> list[DosingEvent]:
    """A child's doses up to ``until_h`` (h) and the antibodies that they bring, as events.

    Raises what :func:`quotidian.simulation.planned_doses` and :func:`~quotidian.simulation.dosing_events` do.
    """
    person = _growing(child) if growing else child.person
    return dosing_events(planned_doses(person, regimen, until_h, first_h), child.antibody_threshold)


def _growing(child: Child) -> Callable[[float], Person]:
    return lambda hour: person_on(child, hour / 24.0)


def _own_values(children: Sequence[Child]) -> dict[str, list[float | None]]:
    """Values that result from the years since onset, by name of parameter; None if the model's own value
    applies."""
    names = dict.fromkeys(name for child in children for name in child.values)
    return {name: [child.values.get(name) for child in children] for name in names}


def _target_scores(children: Sequence[Child]) -> Floats:
    """SD scores of height in health; as :attr:`Child.target`, for all children at once."""
    now = growth.sd_score(
        "height",
        [c.reference_age for c in children],
        [c.sex for c in children],
        [c.height_cm for c in children],
    )
    stated = [-np.inf if c.target_height_z is None else c.target_height_z for c in children]
    return np.maximum(now, stated)
