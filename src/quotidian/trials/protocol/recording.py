"""Observables that a design records at visits, and errors in the endpoints and observables that it names."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Protocol

from quotidian.errors import QuotidianError, closest
from quotidian.trials.protocol.definitions import names_read
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.fault import Fault, Place


class Needing(Protocol):
    """The part of an endpoint that the check of a design needs."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Observables that must be recorded."""


def recorded(trial: Trial, known: Container[str]) -> tuple[str, ...]:
    """Observables recorded at visits: those of the indication, of the drugs given, and those that the
    design names.

    ``known`` are the observables of the model. Raises the errors of reading a regimen.
    """
    given = [drug for drug in sorted(trial.drugs) if drug in known]
    sampled = [interval.drug for interval in trial.dosing_intervals]
    read = [name for name in names_read(trial) if name in known]
    return tuple(dict.fromkeys([*trial.disease.assessments, *given, *sampled, *trial.observables, *read]))


def recording_faults(
    trial: Trial, endpoints: Mapping[str, Needing], observables: Mapping[str, object]
) -> Iterator[Fault]:
    """Errors: names that do not exist or do not apply, and endpoints whose observables are not recorded."""
    for i, name in enumerate(trial.endpoints):
        yield from _endpoint(trial, i, name, endpoints, observables)
    for i, name in enumerate(trial.observables):
        if name not in observables:
            yield _unknown(("observables", i), "observable", name, observables)
    for drug in dict.fromkeys(interval.drug for interval in trial.dosing_intervals):
        if drug not in observables:
            what = f"there is no drug level '{drug}'."
            yield Fault(("kinetics", "drug"), what, "", closest(drug, observables))


def _unknown(place: Place, noun: str, name: str, known: Mapping[str, object]) -> Fault:
    remedy = closest(name, known) or f"Known: {', '.join(sorted(known))}."
    return Fault(place, f"there is no {noun} '{name}'.", "", remedy)


def _endpoint(
    trial: Trial, i: int, name: str, endpoints: Mapping[str, Needing], observables: Mapping[str, object]
) -> Iterator[Fault]:
    place, disease = ("endpoints", i), trial.disease
    if name in trial.define:
        return
    if name not in endpoints:
        yield _unknown(place, "endpoint", name, endpoints)
    elif not disease.has_endpoint(name):
        yield Fault(
            place, f"the endpoint '{name}' does not apply here.",
            f"{disease.title}: endpoints begin with {', '.join(disease.endpoints)}.", "Remove it.",
        )  # fmt: skip
    elif missing := _missing(trial, endpoints[name], observables):
        yield _not_recorded(place, name, missing, observables)


def _missing(trial: Trial, endpoint: Needing, observables: Mapping[str, object]) -> list[str]:
    """Observables that the endpoint needs but the design does not record."""
    try:
        found = recorded(trial, observables)
    except QuotidianError:  # a regimen that cannot be read is reported elsewhere
        return []
    return [name for name in endpoint.needs if name not in found]


def _not_recorded(place: Place, name: str, missing: list[str], observables: Mapping[str, object]) -> Fault:
    what = f"the endpoint '{name}' needs {', '.join(missing)}, which the study does not record."
    if absent := [one for one in missing if one not in observables]:
        return Fault(place, what, f"The model has no {', '.join(absent)}.", "Leave the endpoint out.")
    return Fault(
        place, what, "Without it the endpoint has no value at any visit.",
        f"Write 'observables: [{', '.join(missing)}]', or leave the endpoint out.",
    )  # fmt: skip
