"""One part of a cohort, from the numbers of its children to the bytes of its files. A pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.application.cohort_request import CohortRequest
from quotidian.application.parquet import children_table, courses_table
from quotidian.engine import Tolerance
from quotidian.errors import DoseOutsideBand
from quotidian.patients import treatment
from quotidian.patients.child import Child
from quotidian.patients.population import draw
from quotidian.simulation import RUN_IN_DAYS, SimulationResult, planned_doses
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
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

    Values of a lost child are not-a-number after its last instant.
    """

    numbers: range | tuple[int, ...]
    children: list[Child]
    days: Floats
    values: Floats
    lost: tuple[Lost, ...]


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
    columns = {f"{name} [{unit}]": i for i, (name, unit) in enumerate(request.observables.items())}
    files = {
        "part": courses_table(found.numbers, found.days, found.values, columns),
        "children": children_table(found.numbers, found.children, {lost.child for lost in found.lost}),
    }
    return Built(files, found.lost)


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

    children = draw(Streams(request.seed), 0, numbers)
    regimen = prescribed(request.regimen)

    def simulate(those: list[Child]) -> SimulationResult:
        return treatment.simulate(
            those, regimen, model=request.model, days=request.days, every_hours=request.every_hours,
            observables=tuple(request.observables), tolerance=tolerance or request.tolerance,
            threads=threads, progress=progress,
        )  # fmt: skip

    outcome: SimulationResult | None
    try:
        place, outcome = list(range(len(children))), simulate(children)
    except DoseOutsideBand:
        place = [i for i, child in enumerate(children) if has_dose(request, child)]
        outcome = simulate([children[i] for i in place]) if place else None
    return _gathered(request, numbers, children, place, outcome)


def has_dose(request: CohortRequest, child: Child) -> bool:
    """Whether the regimen has a dose for the child. Raises RegimenError if it can be given to nobody."""
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
    """The outcome of those followed, put back among all, with everyone who was lost on the way."""
    hours = output_hours(request)
    undosed = sorted(set(range(len(children))) - set(place))
    lost = [Lost(numbers[i], -float(RUN_IN_DAYS), NO_DOSE) for i in undosed]
    if outcome is None:
        values = np.full((len(children), len(hours), len(request.observables)), np.nan)
    else:
        values = _spread(outcome.values, place, len(children))
        lost += [Lost(numbers[place[f.subject]], f.reached / 24.0, f.reason) for f in outcome.failures]
    ordered = tuple(sorted(lost, key=lambda one: one.child))
    return Followed(numbers, children, hours / 24.0, values, ordered)


def _spread(values: Floats, place: list[int], children: int) -> Floats:
    """Values of some, put in their place among so many children; not-a-number for the others."""
    if len(place) == children:
        return values
    among = np.full((children, *values.shape[1:]), np.nan)
    among[place] = values
    return among


def output_hours(request: CohortRequest) -> Floats:
    """Hours from midnight of day 0 at which outputs are recorded."""
    return np.arange(request.times, dtype=np.float64) * request.every_hours
