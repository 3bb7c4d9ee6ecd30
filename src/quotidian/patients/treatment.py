"""Children under treatment: who they are becomes parameters, what they are given becomes events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from threading import Lock
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration, Regimen, schedule
from quotidian.drugs.catalogue import PORTS
from quotidian.drugs.limits import refuse_excess
from quotidian.engine import ADD, SWITCH, CompiledModel, Events, Outcome, Tolerance
from quotidian.errors import ImplausibleChild, RegimenError, SolverFailed
from quotidian.models import DRUGS, USUAL
from quotidian.models import model as model_named
from quotidian.network.model_reduction import narrowed
from quotidian.patients import growth
from quotidian.patients.by_drugs import all_names, by_drugs, held, together
from quotidian.patients.child import Child
from quotidian.patients.disease_course import NaturalCourse
from quotidian.patients.size_over_time import person_on

Floats = NDArray[np.float64]
DosingEvent = tuple[float, int, int, float]
Start: TypeAlias = Literal["run-in", "periodic"]

FIRST_DOSE_HOUR = 9.0
"""Clock time of the first dose; hour 0 is midnight of that day."""
RUN_IN_DAYS = 28
"""Days of untreated disease before day 0, in which the start values are forgotten."""
LASTING = ("bone_age", "height", "adult_height", "prednisolone_taken", "methylprednisolone_given")
"""States that go on for ever and so settle in no daily rhythm."""
ANTIBODIES = {name: drug.antibodies for name, drug in DRUGS.items() if drug.antibodies is not None}
"""Antibodies against drugs, by drug; of the others none are modelled."""
_BUILDING = Lock()  # of machines: several threads may ask for one, and it is traced once
_PORTS = {(p.drug, p.route): p for p in PORTS}


def parameters(machine: CompiledModel, children: Sequence[Child]) -> Floats:
    """Parameter table [child, parameter]: the model's values, each child's covariates and traits on top.

    Raises UnknownName for a trait of a parameter the model does not have.
    """
    table = machine.parameters(len(children))
    column = {name: i for i, name in enumerate(machine.ode_system.parameters)}
    table[:, column["body_weight"]] = [c.weight_kg for c in children]
    table[:, column["severity"]] *= [c.severity for c in children]
    table[:, column["age_at_start"]] = [c.age_years for c in children]
    table[:, column["maleness"]] = [float(c.sex == "male") for c in children]
    table[:, column["height_at_start"]] = [c.height_cm for c in children]
    table[:, column["target_height_score"]] = _targets(children)
    for row, child in zip(table, children, strict=True):
        if child.il6_share is not None:
            row[column["joints.il6_share"]] = child.il6_share
        for name, factor in child.traits.items():
            if name not in column:
                machine.parameters(1, {name: 1.0})  # raises, naming the nearest
            row[column[name]] *= factor
    return table


def _targets(children: Sequence[Child]) -> Floats:
    """SD scores of height in health; as :attr:`Child.target`, for all children at once."""
    now = growth.sd_score(
        "height", [c.age_years for c in children], [c.sex for c in children], [c.height_cm for c in children]
    )
    stated = [-np.inf if c.target_height_z is None else c.target_height_z for c in children]
    return np.maximum(now, stated)


def happenings(
    machine: CompiledModel,
    child: Child,
    regimen: Regimen,
    until_h: float,
    first_h: float = FIRST_DOSE_HOUR,
    growing: bool = False,
) -> list[DosingEvent]:
    """A child's doses as engine events (time h, kind, index, value); the regimen begins at ``first_h``.

    With ``growing`` a dose goes by the size at the last quarterly weighing, else by that of day 0. It belongs
    together with a body weight that grows in the drug's disposition, or exposure would grow with the child.

    Raises DoseOutsideBand for a child the regimen has no dose for, RegimenError for a route a drug has not or
    for more of a drug in a day than anybody gives.
    """
    who = (lambda hour: person_on(child, hour / 24.0)) if growing else child.person
    given = schedule(regimen, who, until_h, start_h=first_h).administrations
    refuse_excess(given, person_on(child, until_h / 24.0) if growing else child.person)
    return given_events(machine, child, given)


def given_events(machine: CompiledModel, child: Child, given: Sequence[Administration]) -> list[DosingEvent]:
    """What a child was given as engine events, and the antibodies that these doses bring."""
    return as_events(machine, given) + antibodies(machine, child, given)


def as_events(machine: CompiledModel, given: Iterable[Administration]) -> list[DosingEvent]:
    """Administrations as engine events; infusions of one drug that overlap add up.

    Raises RegimenError for a route a drug has not.
    """
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
            events.append(
                (dose.time_h + port.lag_h, ADD, machine.ode_system.states.index(port.name), dose.amount_mg)
            )
    for name, changes in rates.items():
        events += _switches(machine.ode_system.inputs.index(name), changes)
    return events


def antibodies(machine: CompiledModel, child: Child, given: Sequence[Administration]) -> list[DosingEvent]:
    """Antibodies that the child forms against the drugs it was given, from when they act on them."""
    events: list[DosingEvent] = []
    for drug, against in ANTIBODIES.items():
        hour = against.onset(child.antibody_threshold, [dose.time_h for dose in given if dose.drug == drug])
        if hour is not None:
            events.append((hour, SWITCH, machine.ode_system.inputs.index(against.input), 1.0))
    return events


def _switches(index: int, changes: list[tuple[float, float]]) -> list[DosingEvent]:
    """Rate changes summed into the rate that holds from each instant; infusions may overlap."""
    events: list[DosingEvent] = []
    rate, at = 0.0, dict.fromkeys(sorted(t for t, _ in changes), 0.0)
    for time, change in changes:
        at[time] += change
    for time, change in at.items():
        rate += change
        rate = 0.0 if abs(rate) < 1e-9 else rate
        events.append((time, SWITCH, index, rate))
    return events


def _no_route(dose: Administration) -> RegimenError:
    known = ", ".join(f"{p.drug} by {p.route}" for p in PORTS)
    return RegimenError(
        f"{dose.drug} cannot be given by {dose.route}.",
        f"The model has: {known}.",
        "Choose one of these routes.",
    )


def _paired(
    children: Child | Sequence[Child], regimen: Regimen | Sequence[Regimen]
) -> tuple[list[Child], list[Regimen]]:
    """Every child with its regimen."""
    several = [children] if isinstance(children, Child) else list(children)
    if not several:
        raise ImplausibleChild("There is no child to simulate.", "", "Give at least one.")
    regimens = [regimen] * len(several) if isinstance(regimen, Regimen) else list(regimen)
    if len(regimens) != len(several):
        raise RegimenError(
            f"There are {len(regimens)} regimens for {len(several)} children.",
            "Each child has one regimen, or all have the same.",
            "Give one regimen, or as many as children.",
        )
    return several, regimens


def simulate(
    children: Child | Sequence[Child],
    regimen: Regimen | Sequence[Regimen],
    *,
    model: str = "sjia",
    scenario: str = "",
    days: float,
    every_hours: float = 1.0,
    observables: Sequence[str] | None = None,
    from_day: float = 0.0,
    run_in_days: int = RUN_IN_DAYS,
    start: Start = "run-in",
    tolerance: Tolerance | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    natural: NaturalCourse | None = None,
    drugs: Iterable[str] = (),
) -> Outcome:
    """Follow children from untreated disease before day 0 to ``days`` after it.

    Parameters
    ----------
    scenario : one answer to a contested question, or several with ``+`` between; see ``models.scenarios``.
    regimen : one for all, or one for each child. The first dose is at 09:00 of day 0.
    days, every_hours : outputs every so many hours up to that day, counted from midnight of day 0.
    from_day : first output; negative shows days of the untreated run-in.
    observables : names; None for all of the model's and of the drugs given. What belongs to a drug that
        a child is not given is 0.
    start : "run-in" marches ``run_in_days`` from the model's start values; "periodic" begins where the
        disease would settle if nothing ever changed (:meth:`CompiledModel.periodic_start`), however slow a
        pool is.
    natural : the course all children take, whatever they are given; None is steady disease.
    drugs : that the model must hold beside those given, so that one compiled model serves many regimens.

    Returns
    -------
    Outcome with ``times`` in hours from midnight of day 0.

    Raises SolverFailed for a child whose untreated disease does not settle, with ``start="periodic"``.
    """
    several, regimens = _paired(children, regimen)
    end = days * 24.0
    span = end - from_day * 24.0
    steps = np.arange(0, int(np.floor(span / every_hours + 1e-9)) + 1, dtype=np.float64)
    times = from_day * 24.0 + steps * every_hours
    groups = by_drugs(regimens, drugs)
    machines = [machine_for(model, drugs, scenario) for drugs in groups]
    names = all_names(machines) if observables is None else tuple(observables)
    runs: list[tuple[list[int], Outcome]] = []
    for machine, places in zip(machines, groups.values(), strict=True):
        table, begin, states = parameters(machine, [several[i] for i in places]), -run_in_days * 24.0, None
        if start == "periodic":
            begin = min(from_day, 0.0) * 24.0
            states = untreated(machine, table, begin, threads, places)
        befall = _befalling(machine, natural, end)
        events = [happenings(machine, several[i], regimens[i], end) + befall for i in places]
        outcome = machine.run(
            table, times, events=Events.of(events), observables=held(machine, names), states=states,
            start=begin, end=end, tolerance=tolerance, threads=threads, progress=progress,
        )  # fmt: skip
        runs.append((places, outcome))
    return together(runs, names)


def _befalling(machine: CompiledModel, natural: NaturalCourse | None, end_h: float) -> list[DosingEvent]:
    """A natural course as engine events."""
    inputs = machine.ode_system.inputs
    changes = natural.changes(end_h / 24.0) if natural is not None else ()
    return [(c.day * 24.0, SWITCH, inputs.index(c.input), c.value) for c in changes]


def untreated(
    machine: CompiledModel,
    table: Floats,
    at_h: float,
    threads: int | None = None,
    numbers: Sequence[int] | None = None,
) -> Floats:
    """States [child, state] of untreated disease that has settled into its daily rhythm, at ``at_h``.

    Raises SolverFailed for the first child whose disease does not settle, by its place or its number.
    """
    lasting = tuple(name for name in LASTING if name in machine.ode_system.states)
    found = machine.periodic_start(table, start=at_h, except_states=lasting, threads=threads)
    for child in np.flatnonzero(~found.converged)[:1]:
        raise SolverFailed(
            f"The untreated disease of child {child if numbers is None else numbers[child]} does not settle.",
            f"{found.reasons[child]}.".capitalize(),
            'Use start="run-in", or look at what drives this child.',
        )
    return found.states


@cache
def _machine(name: str, drugs: frozenset[str], scenario: str) -> CompiledModel:
    return CompiledModel(model_named(name, drugs, scenario))


@cache
def _narrow(name: str, drugs: frozenset[str], observables: tuple[str, ...]) -> CompiledModel:
    return CompiledModel(narrowed(_machine(name, drugs, "").model, observables))


def narrow_machine(name: str, drugs: Iterable[str], observables: Iterable[str]) -> CompiledModel:
    """A compiled model of only what these observables need, for many children over years."""
    with _BUILDING:
        return _narrow(name, frozenset((*USUAL, *drugs)), tuple(observables))


def machine_for(name: str, drugs: Iterable[str] = (), scenario: str = "") -> CompiledModel:
    """The compiled model of that name with the usual drugs and those named, one a process."""
    with _BUILDING:
        return _machine(name, frozenset((*USUAL, *drugs)), scenario)
