"""Events and output times of every occasion of a table, made once, and filled with a subject's parameters.

Times of events do not depend on the estimated parameters. Values do: doses by bioavailabilities, switches
by parameters that change from record to record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Dosing, Steady, Timeline, timeline
from quotidian.data.event_table import EventTable
from quotidian.engine import SWITCH, CompiledModel
from quotidian.models.pk_shelf import PkModel
from quotidian.simulation.event_timeline import Carried, OccasionBuilder, OccasionRun

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SteadyStates: TypeAlias = Callable[[Sequence[Steady]], Floats]


@dataclass(frozen=True)
class Templates:
    r"""Events of all occasions: :math:`v = v_0 + \sum_c F_c V_c`, or the parameter of a record.

    :math:`F_c` is the factor of compartment c: its bioavailability divided by its space.

    Attributes
    ----------
    offset : [occasion + 1]. time, kind, index, constant : [event]. by_factor : [event, factor].
    moving : [event] number of the varying parameter that the event switches, or -1. row : [event] its record.
    times : [occasion, output] infinite beyond the last. rows : [occasion] records of the outputs.
    end : when runs end.
    """

    offset: Integers
    time: Floats
    kind: Integers
    index: Integers
    constant: Floats
    by_factor: Floats
    moving: Integers
    row: Integers
    times: Floats
    rows: tuple[tuple[int, ...], ...]
    end: float


@dataclass(frozen=True)
class TemplateMaker:
    """The part of a table's events that does not depend on parameters.

    Parameters
    ----------
    compartments : of each row. moving : parameters that change within an occasion.
    occasions : rows of each. starts : start values by state.
    """

    table: EventTable
    pk: PkModel
    compiled: CompiledModel
    compartments: NDArray[np.int64]
    moving: tuple[str, ...]
    carried: Carried
    starts: Mapping[str, float]

    def runs(
        self, occasions: Sequence[Sequence[int]], dosing: Dosing, steady: SteadyStates
    ) -> list[OccasionRun]:
        """Occasions as runs; a switch of a varying parameter holds the number of its record as its value."""
        lines = [self.line(rows, dosing) for rows in occasions]
        return [
            self.run(rows, line, steady(line.steady)) for rows, line in zip(occasions, lines, strict=True)
        ]

    def line(self, rows: Sequence[int], dosing: Dosing) -> Timeline:
        """The doses and records of one occasion in time."""
        return timeline(self.table, rows, self.compartments, dosing)

    def run(self, rows: Sequence[int], line: Timeline, steady: Floats) -> OccasionRun:
        """One occasion as a run; ``steady`` [steady, state] are the states of its steady doses."""
        return self._builder.build(list(rows), self.table.time[list(rows)], line, steady)

    @cached_property
    def _builder(self) -> OccasionBuilder:
        markers = dict.fromkeys(self.moving, np.arange(len(self.table.time), dtype=np.float64))
        return OccasionBuilder(self.pk, markers, self.moving, self.carried, self.starts)

    def templates(self, runs: Sequence[OccasionRun], factors: int = 0) -> Templates:
        """The runs as arrays, with room for ``factors`` factors."""
        events = self.compiled.events([run.events for run in runs])
        names = {f"{name}(t)": k for k, name in enumerate(self.moving)}
        switches = [
            names.get(target, -1) if kind == SWITCH else -1
            for run in runs
            for _, kind, target, _ in run.events
        ]
        moving = np.array(switches, dtype=np.int64)
        times = np.full((len(runs), max(1, *(len(r.times) for r in runs))), np.inf)
        for place, run in enumerate(runs):
            times[place, : len(run.times)] = run.times
        last = max(events.time.max(initial=0.0), times[np.isfinite(times)].max(initial=0.0))
        return Templates(
            events.offset, events.time, events.kind, events.index,
            np.where(moving < 0, events.value, 0.0), np.zeros((len(events.value), factors)), moving,
            np.where(moving >= 0, events.value, 0.0).astype(np.int64), times,
            tuple(tuple(run.rows) for run in runs), last + 1.0,
        )  # fmt: skip

    def with_factors(
        self, occasions: Sequence[Sequence[int]], dosing: Dosing, compartments: Sequence[int],
        steady: SteadyStates,
    ) -> Templates:  # fmt: skip
        """Templates whose doses are linear in the factors of these compartments.

        A factor is doubled by half a space, which changes no duration.
        """

        def built(doubled: int | None) -> Templates:
            own = {c: 0.5 if c == doubled else 1.0 for c in compartments}
            given = replace(dosing, space={**dosing.space, **own})
            return self.templates(self.runs(occasions, given, steady), len(compartments))

        base = built(None)
        parts = [built(c).constant - base.constant for c in compartments]
        by_factor = np.stack(parts, axis=1) if parts else base.by_factor
        return replace(base, constant=base.constant - by_factor.sum(axis=1), by_factor=by_factor)


def taken(offset: Integers, which: Integers) -> tuple[Integers, Integers]:
    """Places in a ragged table of the rows ``which``, and the offsets of the new table."""
    counts = np.diff(offset)[which]
    new = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    places = np.arange(new[-1]) - np.repeat(new[:-1], counts) + np.repeat(offset[which], counts)
    return places, new
