"""One function from a request to a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event as Flag

import numpy as np

from quotidian.dosing import Administration
from quotidian.engine import CompiledModel, Failure, Outcome
from quotidian.models import DRUGS
from quotidian.simulation.by_drugs import all_names, by_drugs, held, with_absent
from quotidian.simulation.compiled_models import compiled_model, reduced_model
from quotidian.simulation.dosing_events import DosingEvent, dosing_events, planned_doses
from quotidian.simulation.request import SimulationRequest
from quotidian.simulation.result import Provenance, SimulationResult
from quotidian.simulation.settled_disease import settled_states
from quotidian.version import __version__


def simulate(
    request: SimulationRequest,
    *,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    cancel: Flag | None = None,
) -> SimulationResult:
    """Integrate the subjects of a request. The result of a subject does not depend on the others.

    Parameters
    ----------
    threads : processors to use; the result is the same. None for all.
    progress : called with the number of subjects finished since the last call.
    cancel : an event; set it in another thread to stop.

    Raises DoseOutsideBand, RegimenError for a regimen that a subject cannot have, UnknownName for a name that
    the model has not, SolverFailed for untreated disease that does not settle, with ``start="periodic"``.
    """
    regimens = request.regimen_of_each
    doses = tuple(
        planned_doses(person, regimen, request.end_h, request.first_dose_h)
        for person, regimen in zip(request.subjects.persons, regimens, strict=True)
    )
    groups = by_drugs(regimens, request.drugs)
    models = {drugs: compiled_model(request.model, drugs, request.scenario) for drugs in groups}
    names = all_names(list(models.values())) if request.observables is None else request.observables
    solved = {drugs: _solved(request, drugs, whole, names) for drugs, whole in models.items()}
    outcomes = [
        (
            places,
            _outcome(request, solved[drugs], models[drugs], places, doses, names, threads, progress, cancel),
        )
        for drugs, places in groups.items()
    ]
    prints = {drugs: model.fingerprint for drugs, model in solved.items()}
    return _result(request, models, prints, outcomes, names, doses)


def _outcome(
    request: SimulationRequest,
    model: CompiledModel,
    whole: CompiledModel,
    places: Sequence[int],
    doses: Sequence[Sequence[Administration]],
    names: Sequence[str],
    threads: int | None,
    progress: Callable[[int], None] | None,
    cancel: Flag | None,
) -> Outcome:
    """Simulate the subjects at these indices with one model, which is ``whole`` or a part of it."""
    table = request.subjects.chosen(places).table(whole, request.overlay)
    if model is not whole:
        table = model.parameters_from(whole, table)
    begin, states = -request.run_in_days * 24.0, None
    if request.start == "periodic":
        begin = min(float(request.times[0]), 0.0)
        states = settled_states(model, table, begin, threads, places)
    return model.run(
        table,
        request.times,
        events=model.events([_read(model, whole, _events(request, doses[i], i)) for i in places]),
        observables=held(model, names),
        states=states,
        start=begin,
        end=request.end_h,
        tolerance=request.tolerance,
        threads=threads,
        progress=progress,
        cancel=cancel,
    )


def _solved(
    request: SimulationRequest, drugs: frozenset[str], whole: CompiledModel, names: Sequence[str]
) -> CompiledModel:
    """The model that is solved: the whole one, or its part on which the observables depend."""
    asked = held(whole, names)
    if not request.narrow or request.observables is None or not asked:
        return whole
    return reduced_model(request.model, drugs, asked, request.scenario)


def _read(model: CompiledModel, whole: CompiledModel, events: list[DosingEvent]) -> list[DosingEvent]:
    """The events that act on something the solved part of the model contains."""
    if model is whole:
        return events
    return [e for e in events if model.has_target(e.target) or not whole.has_target(e.target)]


def _events(request: SimulationRequest, doses: Sequence[Administration], place: int) -> list[DosingEvent]:
    """Doses, antibodies formed against them, and the background events of one subject."""
    background = request.background[place] if request.background else ()
    return [*dosing_events(doses, request.subjects.antibody_threshold(place), request.overlay), *background]


def _result(
    request: SimulationRequest,
    models: dict[frozenset[str], CompiledModel],
    prints: dict[frozenset[str], str],
    outcomes: Sequence[tuple[list[int], Outcome]],
    names: tuple[str, ...],
    doses: tuple[tuple[Administration, ...], ...],
) -> SimulationResult:
    """The outcomes of all models in one table, in the order of the subjects."""
    count, times = len(request.subjects), outcomes[0][1].times
    values = np.empty((count, len(times), len(names)))
    status = np.empty(count, dtype=np.int64)
    failures: list[Failure] = []
    for places, outcome in outcomes:
        values[places] = with_absent(outcome, names)
        status[places] = outcome.status
        failures += [replace(lost, subject=places[lost.subject]) for lost in outcome.failures]
    return SimulationResult(
        times=times,
        names=tuple(names),
        values=values,
        units=_units(list(models.values()), names),
        doses_given=doses,
        status=status,
        failures=tuple(sorted(failures, key=lambda lost: lost.subject)),
        provenance=Provenance(
            request.model,
            request.scenario,
            prints,
            __version__,
        ),
    )


def _units(models: Sequence[CompiledModel], names: Sequence[str]) -> dict[str, str]:
    """Unit of each observable; one that no model contains belongs to a drug."""
    units = {o.name: o.unit for drug in DRUGS.values() for o in drug.module.observables}
    units |= {name: o.unit for model in models for name, o in model.model.observables.items()}
    return {name: units[name] for name in names}
