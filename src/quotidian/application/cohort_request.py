"""The request for a cohort as a value, and the identity of two requests."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from quotidian.application import manifest
from quotidian.application.learning.knowledge import member_overlays
from quotidian.application.manifest import model_checksums
from quotidian.application.provenance import LIBRARIES, digest
from quotidian.application.stated_parameters import (
    NONE_STATED,
    Given,
    StatedParameters,
    reads_of_children,
    stated_parameters,
)
from quotidian.engine import Tolerance
from quotidian.errors import UnknownName, closest
from quotidian.patients.natural_history import KINDS
from quotidian.patients.population import TYPICAL, PatientPopulation, draw
from quotidian.simulation.daily import DaySummary, columns, day_count
from quotidian.statistics.streams import Streams


@dataclass(frozen=True)
class CohortRequest:
    """Virtual children 0, 1, 2, ... of a seed, all on one regimen, recorded at equal intervals.

    Raises UnknownName for a course that there is not.

    Parameters
    ----------
    children, seed : how many, and the seed of their random effects; ``regimen`` as the catalogue reads it.
    days, every_hours : outputs from day 0 to ``days``, ``every_hours`` (h) apart.
    observables : name to unit, in order.
    course : natural course, a key of :data:`quotidian.patients.natural_history.KINDS`. "steady" holds the
        disease constant and has no chance events; with any other course who had MAS is recorded.
    part : children in a file; it bounds memory and changes no value.
    stated : values of the ledger that replace those of the files.
    members : of the ensemble of the package; each child is also followed with the values of one. 0 for none.
    daily : summaries of each day, in place of outputs ``every_hours`` apart.
    """

    children: int
    seed: int
    regimen: str
    model: str
    days: float
    every_hours: float
    observables: dict[str, str]
    part: int = 2000
    tolerance: Tolerance = field(default_factory=Tolerance)
    course: str = "steady"
    stated: StatedParameters = NONE_STATED
    members: int = 0
    daily: tuple[DaySummary, ...] = ()

    def __post_init__(self) -> None:
        if self.course not in KINDS:
            raise UnknownName(f"There is no course '{self.course}'.", closest(self.course, KINDS))

    @property
    def eventful(self) -> bool:
        """Whether the disease varies, and chance events strike."""
        return self.course != "steady"

    @property
    def columns(self) -> dict[str, str]:
        """Unit of each number of an output, by name: an observable, or a summary of its days."""
        if not self.daily:
            return self.observables
        whose = columns(tuple(self.observables), self.daily)
        return {column: self.observables[name] for column, name in whose.items()}

    @property
    def population(self) -> PatientPopulation:
        """The population from which the children are drawn."""
        return TYPICAL.overlaid(self.stated.overlay)

    @property
    def parts(self) -> int:
        """How many files the children fill."""
        return math.ceil(self.children / self.part)

    @property
    def times(self) -> int:
        """How many outputs a child has."""
        from quotidian.simulation import output_count

        if self.daily:
            return day_count(self.days)
        return output_count(self.days, self.every_hours)

    def numbers(self, part: int) -> range:
        """The numbers of the children of a part."""
        return range(part * self.part, min((part + 1) * self.part, self.children))

    def label(self, part: int) -> str:
        """The number of a part as its files carry it: as many digits as the last one needs, at least five."""
        return f"{part:0{max(5, len(str(self.parts - 1)))}d}"


def identity(request: CohortRequest) -> dict[str, Any]:
    """Everything that a byte of the result depends on; a folder holds parts of one identity only."""
    from quotidian.drugs.catalogue import regimen
    from quotidian.models import model
    from quotidian.simulation import FIRST_DOSE_HOUR, RUN_IN_DAYS, compiled_model

    asked = asdict(request)
    tolerances = asked.pop("tolerance")
    asked.pop("stated")
    asked.pop("daily")
    if request.daily:
        asked.pop("every_hours")
        asked["daily"] = [one.label for one in request.daily]
    if request.stated.values:
        asked["parameters"] = dict(request.stated.values)
    asked |= _ensemble(asked.pop("members"))
    asked |= {"run_in_days": RUN_IN_DAYS, "first_dose_hour": FIRST_DOSE_HOUR}
    compiled = compiled_model(request.model, regimen(request.regimen).drugs)
    checksums = model_checksums(model(request.model).name, compiled.fingerprint)
    return manifest.identity(asked, checksums, tolerances, LIBRARIES)


def _ensemble(members: int) -> dict[str, Any]:
    """The members and a checksum of their values; nothing without members."""
    if not members:
        return {}
    values = [list(overlay.replaced) for overlay in member_overlays(members)]
    return {"members": members, "ensemble_sha256": digest({"values": values})}


def stated_for_cohort(
    given: Given, seed: int, model: str, drugs: frozenset[str], course: str
) -> StatedParameters:
    """Values of the ledger for a cohort, by name.

    Raises as :func:`quotidian.application.stated_parameters.stated_parameters` does.
    """
    if not given:
        return NONE_STATED
    first = draw(Streams(seed), 0, [0])
    reads = reads_of_children(first, model, "", drugs, drawn=True, chance=course != "steady")
    return stated_parameters(given, reads)
