"""A request as a value, and one function from it to a result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration, Regimen
from quotidian.engine import CompiledModel, Outcome, Tolerance
from quotidian.errors import ImplausibleChild, RegimenError
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.simulation.by_drugs import all_names, by_drugs, held
from quotidian.simulation.clock import FIRST_DOSE_HOUR, RUN_IN_DAYS
from quotidian.simulation.compiled_models import compiled_model, reduced_model
from quotidian.simulation.dosing_events import DosingEvent, dosing_events, planned_doses
from quotidian.simulation.result import Provenance, SimulationResult, united
from quotidian.simulation.settled_disease import settled_states
from quotidian.simulation.subjects import Subjects
from quotidian.version import __version__

Start: TypeAlias = Literal["run-in", "periodic"]
"""How the states before day 0 are found: see :class:`SimulationRequest`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulationRequest:
    """A simulation of subjects, from untreated disease before day 0 to ``end_h`` (h).

    Parameters
    ----------
    subjects, regimens : the subjects, and one regimen for all or one for each.
    times : [time] hours of the outputs, ascending, from midnight of day 0; negative hours show the untreated
        run-in. end_h : end of the simulation, h; doses are given before it.
    model, scenario : names; ``scenario`` is one set of alternative values, or several joined by ``+``.
    drugs : drugs in the model besides those given, so that one compiled model serves many regimens.
    observables : names; None for all of the model's and of the drugs given. An observable of a drug that a
        subject does not receive is 0.
    narrow : solve only the equations on which ``observables`` depend, which is two to three times as fast for
        a few of them. The solver then takes other steps, so the last digits depend on the choice of
        observables, within the tolerance.
    background : events independent of treatment, such as flares: one list for each subject, or none.
    first_dose_h : start of the regimens, h.
    start : "run-in" integrates ``run_in_days`` from the model's start values; "periodic" begins at the
        periodic steady state of untreated disease (:mod:`quotidian.simulation.settled_disease`), in which
        slow pools are also steady.
    tolerance : None for the engine's own. overlay : values of the ledger that replace those of the files.

    Raises ImplausibleChild without a subject, RegimenError if the numbers of regimens and subjects differ.
    """

    subjects: Subjects
    regimens: tuple[Regimen, ...]
    times: NDArray[np.float64]
    end_h: float
    model: str = "sjia"
    scenario: str = ""
    drugs: frozenset[str] = frozenset()
    observables: tuple[str, ...] | None = None
    background: tuple[tuple[DosingEvent, ...], ...] = ()
    first_dose_h: float = FIRST_DOSE_HOUR
    run_in_days: int = RUN_IN_DAYS
    start: Start = "run-in"
    narrow: bool = False
    tolerance: Tolerance | None = None
    overlay: Overlay = NO_OVERLAY

    def __post_init__(self) -> None:
        if not len(self.subjects):
            raise ImplausibleChild("There is no child to simulate.", "", "Give at least one.")
        if len(self.regimens) not in (1, len(self.subjects)):
            raise RegimenError(
                f"There are {len(self.regimens)} regimens for {len(self.subjects)} children.",
                "Each child has one regimen, or all have the same.",
                "Give one regimen, or as many as children.",
            )

    @property
    def regimen_of_each(self) -> tuple[Regimen, ...]:
        """The regimen of each subject, [subject]."""
        return self.regimens * len(self.subjects) if len(self.regimens) == 1 else self.regimens


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
    the model does not have, SolverFailed if, with ``start="periodic"``, untreated disease has no steady
    state.
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
    provenance = Provenance(request.model, request.scenario, prints, __version__)
    return united(outcomes, list(models.values()), names, doses, provenance)


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
