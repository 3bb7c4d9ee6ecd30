"""The result of a simulation, with names and units; outcomes of several models united in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration
from quotidian.engine import CompiledModel, Failure, Outcome
from quotidian.errors import InvalidCall
from quotidian.models import DRUGS
from quotidian.simulation.by_drugs import with_absent

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Provenance:
    """What the results depend on besides the request.

    Parameters
    ----------
    equations_sha256 : of each compiled model, by the drugs that it contains besides the usual ones.
    version : of the program.
    """

    model: str
    scenario: str
    equations_sha256: Mapping[frozenset[str], str]
    version: str


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """Observables of subjects over time.

    Parameters
    ----------
    times : [time] h from midnight of day 0. names : [observable]. units : by name.
    values : [subject, time, observable]; not-a-number after a failed subject's last instant.
    doses_given : [subject] every administration, by time.
    status : [subject] 0 if simulated to the end, else a key of ``quotidian.engine.outcome.REASONS``.
    failures : subjects that did not reach the end.
    """

    times: Floats
    names: tuple[str, ...]
    values: Floats
    units: Mapping[str, str]
    doses_given: tuple[tuple[Administration, ...], ...]
    status: NDArray[np.int64]
    failures: tuple[Failure, ...]
    provenance: Provenance

    def __getitem__(self, name: str) -> Floats:
        """One observable, [subject, time]."""
        return self.values[:, :, self.names.index(name)]

    def part(self, names: Sequence[str], times: Floats) -> SimulationResult:
        """The part of the result at some of its ``times`` ([time] h) and for some of its observables.

        Raises InvalidCall for a time that is not among the outputs.
        """
        rows = np.minimum(np.searchsorted(self.times, times), len(self.times) - 1)
        if not np.array_equal(self.times[rows], times):
            raise InvalidCall("A time is not among the outputs.", "", "Request it as an output.")
        columns = [self.names.index(name) for name in names]
        values = self.values[:, rows][:, :, columns]
        return replace(self, times=times, names=tuple(names), values=values)


def united(
    outcomes: Sequence[tuple[Sequence[int], Outcome]],
    models: Sequence[CompiledModel],
    names: Sequence[str],
    doses: tuple[tuple[Administration, ...], ...],
    provenance: Provenance,
) -> SimulationResult:
    """One result of all subjects, in their order.

    Parameters
    ----------
    outcomes : of the subjects of each model, beside their indices.
    models : those with the units of the observables ``names``; an observable of none belongs to a drug.
    doses : [subject] administrations.
    """
    count, times = len(doses), outcomes[0][1].times
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
        units=_units(models, names),
        doses_given=doses,
        status=status,
        failures=tuple(sorted(failures, key=lambda lost: lost.subject)),
        provenance=provenance,
    )


def _units(models: Sequence[CompiledModel], names: Sequence[str]) -> dict[str, str]:
    """Unit of each observable; one that no model contains belongs to a drug."""
    units = {o.name: o.unit for drug in DRUGS.values() for o in drug.module.observables}
    units |= {name: o.unit for model in models for name, o in model.model.observables.items()}
    return {name: units[name] for name in names}
