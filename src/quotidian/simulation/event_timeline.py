"""One occasion of a subject as events and output times of the engine, in time since its first record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Action, Timeline
from quotidian.engine import ADD, RECORD, SET, SWITCH
from quotidian.engine.named_tables import EventByName
from quotidian.models.pk_shelf import PkModel

Floats = NDArray[np.float64]
Carried: TypeAlias = Literal["backward", "forward"]


@dataclass(frozen=True)
class OccasionRun:
    """The input of the engine for one occasion.

    Attributes
    ----------
    events : by name, in order. times : of each output; infinite where an event records it.
    rows : of the table, one for each output.
    """

    events: list[EventByName]
    times: list[float]
    rows: list[int]


@dataclass(frozen=True)
class OccasionBuilder:
    """Options for converting timelines to runs.

    Parameters
    ----------
    values : parameters [row] by name. moving : parameters that change within an occasion. carried : the
    record whose covariates apply between two records. starts : start values by state, for resets.
    """

    pk: PkModel
    values: Mapping[str, Floats]
    moving: tuple[str, ...]
    carried: Carried
    starts: Mapping[str, float]

    def build(self, rows: list[int], record_times: Floats, line: Timeline, steady: Floats) -> OccasionRun:
        """The run of one occasion; ``steady`` [steady, state] are the states of its steady doses.

        If an event precedes an output at the same instant, a later event records the output.
        """
        run, acted = OccasionRun([], [], []), -math.inf
        switches = self._switches(rows, record_times)
        for action in line.ordered():
            time = action.time - float(record_times[0])
            while switches and self._precedes(switches[0][0], time):
                run.events.append(switches.pop(0))
                acted = run.events[-1][0]
            if action.kind != "predict":
                run.events.extend(self._events(action, time, steady))
                acted = acted if action.kind == "rate" else time
                continue
            run.rows.append(action.row)
            run.times.append(math.inf if acted >= time else time)
            if acted >= time:
                run.events.append((time, RECORD, "", 0.0))
        return run

    def _precedes(self, switch: float, time: float) -> bool:
        return switch <= time if self.carried == "forward" else switch < time

    def _switches(self, rows: list[int], record_times: Floats) -> list[EventByName]:
        """Changes of parameters from record to record."""
        found: list[EventByName] = []
        for place, (earlier, later) in enumerate(pairwise(rows)):
            at = record_times[place if self.carried == "backward" else place + 1] - record_times[0]
            for name in self.moving:
                before, after = self.values[name][earlier], self.values[name][later]
                if before != after:
                    found.append((float(at), SWITCH, f"{name}(t)", float(after)))
        return found

    def _events(self, action: Action, time: float, steady: Floats) -> list[EventByName]:
        if action.kind == "add":
            return [(time, ADD, self.pk.compartments[action.compartment - 1], action.value)]
        if action.kind == "rate":
            return [(time, SWITCH, self.pk.infusions[action.compartment - 1], action.value)]
        if action.kind == "empty":
            return [(time, SET, name, value) for name, value in self.starts.items()]
        kind = SET if action.kind == "set" else ADD
        states = steady[int(action.value)].tolist()
        return [(time, kind, name, x) for name, x in zip(self.starts, states, strict=True)]
