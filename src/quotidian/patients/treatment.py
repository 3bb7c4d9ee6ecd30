"""Children under treatment: conversion of children to subjects, and of their treatment to a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Event as Flag
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from quotidian import simulation
from quotidian.dosing import Person, Regimen
from quotidian.engine import CompiledModel, Tolerance
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.patients.disease_course import NaturalCourse
from quotidian.patients.guards import check_window, listed, refuse_grown_up, refuse_untreated
from quotidian.patients.patient_table import table_of
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
from quotidian.simulation.subjects import Column, parameter_table

Floats = NDArray[np.float64]


class Options(TypedDict, total=False):
    """Fields of a :class:`SimulationRequest` that children have in common."""

    model: str
    scenario: str
    start: Start
    run_in_days: int
    narrow: bool
    tolerance: Tolerance | None
    overlay: Overlay


def subjects_of(children: Sequence[Child], growing: bool = False) -> Subjects:
    """Children as subjects: covariates, severity and random effects by name of parameter.

    With ``growing`` a dose is that for the size at the last quarterly weighing, else for that of day 0.
    Use it together with a growing body weight in the drug's disposition; otherwise exposure would increase
    with age.
    """
    covariates, values, factors = _columns(children)
    return Subjects(
        persons=tuple(_growing(child) if growing else child.person for child in children),
        covariates=covariates,
        values=values,
        factors=factors,
        antibody_thresholds=np.array([child.antibody_threshold for child in children]),
    )


def children_table(children: Sequence[Child], model: CompiledModel, overlay: Overlay = NO_OVERLAY) -> Floats:
    """Parameters of the model for children as they are, [child, parameter]: ``subjects_of(children).table``
    without the properties on which doses depend."""
    return parameter_table(model, len(children), *_columns(children), overlay)


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


def _columns(
    children: Sequence[Child],
) -> tuple[dict[str, Column], dict[str, Column], dict[str, Floats]]:
    """Covariates, values and factors of children, by name of parameter."""
    own = table_of(children)
    age = np.clip(own.age_years, growth.YOUNGEST, growth.OLDEST)
    now = growth.sd_score("height", age, own.sex, own.height_cm)
    covariates: dict[str, Column] = {
        "body_weight": own.weight_kg,
        "age_at_start": age,
        "maleness": (own.sex == "male").astype(np.float64),
        "height_at_start": own.height_cm,
        "target_height_score": np.fmax(now, own.target_height_z),
    }
    values = {"joints.il6_share": own.il6_share, **own.values}
    factors = dict(own.random_effects)
    factors["severity"] = own.severity * factors.get("severity", 1.0)
    return covariates, {name: _stated(column) for name, column in values.items()}, factors


def _stated(column: Floats) -> Column:
    """The column with None where the model's own value applies."""
    unknown = np.isnan(column)
    if not unknown.any():
        return column
    return [None if none else x for x, none in zip(column.tolist(), unknown.tolist(), strict=True)]
