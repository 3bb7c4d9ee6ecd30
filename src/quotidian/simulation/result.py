"""What a simulation found, with names and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.dosing import Administration
from quotidian.engine import Failure

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Provenance:
    """What the numbers depend on beside the request.

    Parameters
    ----------
    equations_sha256 : of each compiled model, by the drugs that it holds beside the usual ones.
    version : of the program.
    """

    model: str
    scenario: str
    equations_sha256: Mapping[frozenset[str], str]
    version: str


@dataclass(frozen=True)
class SimulationResult:
    """Observables of subjects over time.

    Parameters
    ----------
    times : [time] h from midnight of day 0. names : [observable]. units : by name.
    values : [subject, time, observable]; not-a-number after a failed subject's last instant.
    doses_given : [subject] every administration, by time.
    status : [subject] 0 followed to the end, else a key of ``quotidian.engine.outcome.REASONS``.
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
