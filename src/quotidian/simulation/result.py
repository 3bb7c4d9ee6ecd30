"""The result of a simulation, with names and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration
from quotidian.engine import Failure
from quotidian.errors import InvalidCall

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
