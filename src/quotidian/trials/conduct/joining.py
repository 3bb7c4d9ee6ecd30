"""Joining the participants of several rounds of enrolment into one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quotidian.simulation import StagedSimulation
from quotidian.trials.conduct.participants import Participants


def joined(parts: Sequence[Participants]) -> Participants:
    """Participants of one model at one hour as one group, in their order."""
    first = parts[0]
    if len(parts) == 1:
        return first

    def rows(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(p, name) for p in parts])

    def listed(name: str) -> list[object]:
        return [x for p in parts for x in getattr(p, name)]

    columns = {name: rows(name) for name in ("replicate", "number", "steroid", "course")}
    lists = {name: listed(name) for name in ("children", "chance", "prescriptions", "calendar")}
    simulation = joined_simulations([p.simulation for p in parts])
    return replace(first, simulation=simulation, **columns, **lists)  # type: ignore[arg-type]


def joined_simulations(parts: Sequence[StagedSimulation]) -> StagedSimulation:
    """Staged simulations of one model at one hour as one, in their order."""
    columns = {
        name: np.concatenate([getattr(p, name) for p in parts])
        for name in ("table", "states", "inputs", "slopes", "seen")
    }
    return replace(parts[0], doses=[x for p in parts for x in p.doses], **columns)  # type: ignore[arg-type]
