"""One part of a cohort, from the numbers of its children to the bytes of its files. A pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.application.cohort_request import CohortRequest
from quotidian.application.parquet import children_table, courses_table
from quotidian.engine import Tolerance, addressed_words
from quotidian.errors import DoseOutsideBand
from quotidian.patients import chance_events
from quotidian.patients.child import Child
from quotidian.patients.guards import ADULT, grows_up
from quotidian.patients.mas_episodes import MasHistory, mas_histories
from quotidian.patients.mas_episodes import columns as mas_columns
from quotidian.patients.natural_history import histories
from quotidian.patients.population import draw
from quotidian.patients.treatment import treatment_request
from quotidian.simulation import (
    RUN_IN_DAYS,
    DosingEvent,
    SimulationResult,
    output_hours,
    planned_doses,
    simulate,
)
from quotidian.simulation.daily import by_day, daily_hours
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
MAS = "macrophage_activation"
GROWN_UP = f"the course would go on beyond the age of {ADULT:g} years"
NO_DOSE = "the regimen has no dose for a child of this size"


@dataclass(frozen=True)
class Lost:
    """One child that was not followed to the end: its number, the last day reached, and why."""

    child: int
    reached_day: float
    reason: str


@dataclass(frozen=True)
class Followed:
    """Children and their courses: ``days`` [time], ``values`` [child, time, observable], who was lost.

    Values of a lost child are not-a-number after its last instant. ``mas`` is what became of each child,
    where the course has chance events.
    """

    numbers: range | tuple[int, ...]
    children: list[Child]
    days: Floats
    values: Floats
    lost: tuple[Lost, ...]
    mas: tuple[MasHistory, ...] = ()


@dataclass(frozen=True)
class Built:
    """The files of a part by the stem of their names, and who was lost."""

    files: dict[str, bytes]
    lost: tuple[Lost, ...]


def build(
    request: CohortRequest,
    part: int,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Built:
    """The files of one part: the same bytes wherever, whenever and on however many threads.

    Raises RegimenError for a regimen that cannot be given, StudyTooLarge for a part beyond memory.
    """
    found = follow(request, request.numbers(part), threads=threads, progress=progress)
    files = {
        "part": courses_of(request, found),
        "children": children_table(
            found.numbers, found.children, {lost.child for lost in found.lost}, mas_columns(found.mas)
        ),
    }
    return Built(files, found.lost)


def courses_of(request: CohortRequest, found: Followed) -> bytes:
    """The file of the courses of some children."""
    columns = {f"{name} [{unit}]": i for i, (name, unit) in enumerate(request.columns.items())}
    values = _until_death(found, bool(request.daily))
    return courses_table(found.numbers, found.days, values, columns)


def follow(
    request: CohortRequest,
    numbers: range | tuple[int, ...],
    *,
    tolerance: Tolerance | None = None,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Followed:
    """Draw the children of these numbers and follow them; ``tolerance`` replaces that of the request."""
    from quotidian.drugs.catalogue import regimen as prescribed

    children = draw(Streams(request.seed, addressed_words), 0, numbers, request.population)
    regimen = prescribed(request.regimen)

    def run(place: list[int]) -> SimulationResult:
        asked = treatment_request(
            [children[i] for i in place], regimen, model=request.model, days=request.days,
            times=simulated_hours(request), observables=simulated(request),
            tolerance=tolerance or request.tolerance, overlay=request.stated.overlay, narrow=True,
        )  # fmt: skip
        events = _background(request, [numbers[i] for i in place])
        return simulate(replace(asked, background=events), threads=threads, progress=progress)

    outcome: SimulationResult | None
    place = [i for i, child in enumerate(children) if not grows_up(child, request.days)]
    try:
        outcome = run(place) if place else None
    except DoseOutsideBand:
        place = [i for i in place if has_dose(request, children[i])]
        outcome = run(place) if place else None
    return _gathered(request, numbers, children, place, outcome)


def _background(request: CohortRequest, numbers: list[int]) -> tuple[tuple[DosingEvent, ...], ...]:
    """The natural course and the chance events of each child; none where the disease is steady."""
    if not request.eventful:
        return ()
    drawn = histories(
        Streams(request.seed, addressed_words), 0, numbers, request.days + RUN_IN_DAYS, request.course,
        _of_course(request), -float(RUN_IN_DAYS),
    )  # fmt: skip
    return tuple(tuple(change.event for change in history.changes) for history in drawn)


def _of_course(request: CohortRequest) -> dict[str, float]:
    """Entries of the natural course and of chance events that the request replaces, by name."""
    overlay = request.stated.overlay
    return {**request.population.values, **overlay.changed(chance_events.ledger())}


def has_dose(request: CohortRequest, child: Child) -> bool:
    """Whether the regimen has a dose for the child. Raises RegimenError if it can be given to no child."""
    from quotidian.drugs.catalogue import regimen as prescribed

    try:
        planned_doses(child.person, prescribed(request.regimen), request.days * 24.0)
    except DoseOutsideBand:
        return False
    return True


def _gathered(
    request: CohortRequest,
    numbers: range | tuple[int, ...],
    children: list[Child],
    place: list[int],
    outcome: SimulationResult | None,
) -> Followed:
    """The outcome of those followed, put back among all, with the children whose simulation failed."""
    hours, names = simulated_hours(request), simulated(request)
    untried = sorted(set(range(len(children))) - set(place))
    lost = [
        Lost(numbers[i], -float(RUN_IN_DAYS), GROWN_UP if grows_up(children[i], request.days) else NO_DOSE)
        for i in untried
    ]
    if outcome is None:
        values = np.full((len(children), len(hours), len(names)), np.nan)
    else:
        values = _spread(outcome.values, place, len(children))
        lost += [Lost(numbers[place[f.subject]], f.reached / 24.0, f.reason) for f in outcome.failures]
    ordered = tuple(sorted(lost, key=lambda one: one.child))
    mas = _histories(request, numbers, hours, values) if request.eventful else ()
    asked = len(request.observables)
    if request.daily:
        days, summed = by_day(hours, values[:, :, :asked], request.daily)
        return Followed(numbers, children, days, summed, ordered, mas)
    shown = output_hours(request.days, request.every_hours)
    rows = np.searchsorted(hours, shown)
    return Followed(numbers, children, shown / 24.0, values[:, rows, :asked], ordered, mas)


def _histories(
    request: CohortRequest, numbers: range | tuple[int, ...], hours: Floats, values: Floats
) -> tuple[MasHistory, ...]:
    if request.daily:  # the same episodes as with outputs a day apart
        midnight = hours % 24.0 == 0.0
        hours, values = hours[midnight], values[:, midnight]
    activation = values[:, :, simulated(request).index(MAS)]
    streams, overlay = Streams(request.seed, addressed_words), request.stated.overlay
    return tuple(mas_histories(hours / 24.0, activation, streams, 0, list(numbers), overlay))


def _until_death(found: Followed, daily: bool) -> Floats:
    """Values, not-a-number after the midnight at which a child died; a summarised day begins there."""
    values = found.values.copy() if found.mas else found.values
    for i, history in enumerate(found.mas):
        if history.died:
            after = found.days >= history.last_day if daily else found.days > history.last_day
            values[i, after] = np.nan
    return values


def _spread(values: Floats, place: list[int], children: int) -> Floats:
    """Values of some, put in their place among so many children; not-a-number for the others."""
    if len(place) == children:
        return values
    among = np.full((children, *values.shape[1:]), np.nan)
    among[place] = values
    return among


def simulated(request: CohortRequest) -> tuple[str, ...]:
    """Observables that are computed: those asked for, and what shows MAS where chance events strike."""
    return tuple(dict.fromkeys([*request.observables, *([MAS] if request.eventful else [])]))


def simulated_hours(request: CohortRequest) -> Floats:
    """Hours at which they are computed: of the outputs, and daily where MAS must not pass unseen."""
    if request.daily:
        shown = daily_hours(request.days, request.daily)
    else:
        shown = output_hours(request.days, request.every_hours)
    if not request.eventful:
        return shown
    return np.union1d(shown, np.arange(0.0, request.days * 24.0 + 1e-9, 24.0))
