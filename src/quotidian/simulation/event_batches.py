"""Plain occasions of an event table as events of the engine, whole columns at a time.

An occasion is plain if it has no steady state and no reset, and no two of its infusions overlap in one
compartment. All others are built row by row, by :func:`quotidian.data.dosing_records.timeline` and
:class:`quotidian.simulation.event_timeline.OccasionBuilder`; both ways give the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from quotidian.data.dosing_records import (
    AT,
    BEFORE,
    MOST_DOSES,
    TIE,
    Dosing,
    arriving,
    repeats,
)  # fmt: skip
from quotidian.data.event_table import DOSE, RESET, EventTable
from quotidian.engine import ADD, RECORD, SWITCH
from quotidian.models.pk_shelf import PkModel
from quotidian.simulation.event_actions import PREDICT, Actions, Bools, Doses, Infusions, bisected
from quotidian.simulation.event_columns import MOST_ACTIONS, Floats, Integers, RunColumns, offsets, too_many
from quotidian.simulation.event_timeline import Carried


@dataclass(frozen=True)
class PlainBatch:
    """Occasions of a table, of which the plain ones are found and built.

    Attributes
    ----------
    edges : [occasion + 1] first row of each. values : parameters [row] by name. moving : those that change
        within an occasion. names : what events act on, see :class:`RunColumns`.
    """

    table: EventTable
    edges: Integers
    compartments: Integers
    dosing: Dosing
    pk: PkModel
    values: Mapping[str, Floats]
    moving: tuple[str, ...]
    carried: Carried
    names: tuple[str, ...]

    def columns(self) -> tuple[RunColumns, Bools]:
        """Events and outputs of the plain occasions, and which [occasion] are plain.

        Raises InvalidData for a dose whose rate or duration the model does not give, or that stands for too
        many; StudyTooLarge for a table that does.
        """
        doses = self._doses()
        long = doses.duration > 0.0
        infusions = Infusions.of(self._occasion[doses.row[long]], doses.taken(long), self._snapped)
        plain = self._unmarked & ~infusions.overlapping(len(self.edges) - 1)
        rows = np.flatnonzero((self.table.evid != DOSE) & self._unmarked[self._occasion])
        same = np.zeros(len(rows), dtype=np.int64)
        records = Actions(
            self._occasion[rows],
            self.table.time[rows],
            same + AT,
            rows,
            same + PREDICT,
            same,
            np.zeros(len(rows)),
        )
        actions = Actions.together([records, self._boluses(doses.taken(~long)), infusions.rates()])
        return self._merged(actions.taken(plain[actions.occasion])), plain

    # ---- doses
    def _doses(self) -> Doses:
        """Doses of the occasions without marks, those of ADDL among them."""
        t, rows = self.table, np.flatnonzero((self.table.evid == DOSE) & self._unmarked[self._occasion])
        lag, share = (
            self._of_rows(self.dosing.lag, rows, 0.0),
            self._of_rows(self.dosing.bioavailability, rows, 1.0),
        )
        amount, rate = share * t.amount[rows], t.rate[rows]
        duration = np.divide(amount, rate, out=np.zeros(len(rows)), where=rate > 0)
        amount = amount / self._of_rows(self.dosing.space, rows, 1.0)
        for k in np.flatnonzero(rate < 0).tolist():
            amount[k], duration[k] = arriving(t, int(rows[k]), int(self.compartments[rows[k]]), self.dosing)
        duration = np.where(duration <= self._shortest(rows), 0.0, duration)
        counts = self._repeats(rows, lag) + 1
        self._refuse_too_many(rows, counts)
        which = np.repeat(np.arange(len(rows)), counts)
        repeat = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        at = t.time[rows][which] + repeat * t.interval[rows][which] + lag[which]
        due = (repeat == 0) & (lag[which] == 0.0)
        found = Doses(rows[which], self.compartments[rows][which], amount[which], duration[which], at, due)
        return found.taken(found.amount != 0.0)

    def _shortest(self, rows: Integers) -> Floats:
        """Of each row, as :func:`quotidian.data.dosing_records.shortest`."""
        first, last = self.edges[self._occasion[rows]], self.edges[self._occasion[rows] + 1] - 1
        ends = np.maximum(np.abs(self.table.time[first]), np.abs(self.table.time[last]))
        return np.asarray(2.0 * TIE * np.maximum(np.maximum(1.0, ends), self.table.interval[rows]))

    def _of_rows(self, given: Mapping[int, float | Floats], rows: Integers, default: float) -> Floats:
        """A dosing item of the compartment of each of these rows."""
        found = np.full(len(rows), default)
        for compartment, value in given.items():
            own = self.compartments[rows] == compartment
            found[own] = value if isinstance(value, int | float) else np.asarray(value)[rows[own]]
        return found

    def _repeats(self, rows: Integers, lag: Floats) -> Integers:
        t = self.table
        last, more, interval = self.edges[self._occasion[rows] + 1] - 1, t.additional[rows], t.interval[rows]
        left = t.time[last] - t.time[rows] - lag
        several = (more > 0) & (left >= 0.0)
        within = np.divide(left, interval, out=np.zeros(len(rows)), where=several) * (1.0 + TIE) + 1.0
        found = np.where(several, np.minimum(more, within), 0.0)
        for k in np.flatnonzero(found > MOST_DOSES).tolist():
            repeats(t, int(rows[k]), float(left[k]))  # refuses it
        return found.astype(np.int64)

    def _refuse_too_many(self, rows: Integers, counts: Integers) -> None:
        running = np.cumsum(counts) + rows
        if len(rows) and running[-1] > MOST_ACTIONS:
            place = int(rows[np.argmax(running > MOST_ACTIONS)])
            raise too_many(self.table, int(self.edges[self._occasion[place] + 1]) - 1)

    def _boluses(self, doses: Doses) -> Actions:
        at = np.where(doses.due, doses.at, self._snapped(self._occasion[doses.row], doses.at))
        kind = np.full(len(at), ADD)
        phase = np.where(doses.due, AT, BEFORE)
        return Actions(
            self._occasion[doses.row], at, phase, doses.row, kind, doses.compartment - 1, doses.amount
        )

    def _snapped(self, occasion: Integers, at: Floats) -> Floats:
        """Instants of rows that lie within rounding of these times, or the times."""
        time, begin, end = self.table.time, self.edges[occasion], self.edges[occasion + 1]
        after = bisected(time, begin, end, at, right=False)
        found = at
        for place in (after, after - 1):  # the earlier row is preferred
            inside = (place >= begin) & (place < end)
            row = time[np.clip(place, 0, len(time) - 1)]
            found = np.where(inside & (np.abs(row - at) <= TIE * np.maximum(1.0, np.abs(at))), row, found)
        return found

    # ---- from actions to columns
    def _merged(self, actions: Actions) -> RunColumns:
        """Events and outputs; an output at the instant of an event before it is recorded by an event."""
        at = actions.time - self.table.time[self.edges[:-1]][actions.occasion]
        target = np.where(actions.kind == SWITCH, actions.target + len(self.pk.compartments), actions.target)
        acts = (actions.kind == ADD).astype(np.int64)  # in place of the phase, which has served
        items = replace(actions, time=at, target=target, phase=acts)
        if self.moving:
            items = self._with_switches(items)
        n = np.arange(len(items.time))
        acted = np.maximum.accumulate(np.where(items.phase == 1, n, -1))
        first = offsets(items.occasion, len(self.edges) - 1)[items.occasion]
        shown = items.kind == PREDICT
        by_event = shown & (acted >= first) & (items.time[acted] >= items.time)
        e = items.taken(~shown | by_event)
        recorded = e.kind == PREDICT
        return RunColumns(
            self.names, e.occasion, e.time, np.where(recorded, RECORD, e.kind),
            np.where(recorded, len(self.names) - 1, e.target), e.value, items.occasion[shown],
            np.where(by_event, np.inf, items.time)[shown], items.order[shown],
        )  # fmt: skip

    def _with_switches(self, actions: Actions) -> Actions:
        """Changes of parameters from record to record, each before the first action that it precedes."""
        t, earlier = self.table, np.flatnonzero(np.diff(self._occasion) == 0)
        earlier = earlier[np.isin(self._occasion[earlier], actions.occasion)]
        at = t.time[earlier if self.carried == "backward" else earlier + 1]
        since = at - t.time[self.edges[:-1]][self._occasion[earlier]]
        changed = np.stack([np.diff(self.values[name])[earlier] != 0 for name in self.moving], axis=1)
        pair, which = np.nonzero(changed)
        values = np.stack([self.values[name] for name in self.moving], axis=1)[earlier[pair] + 1, which]
        occasion, same = self._occasion[earlier][pair], np.ones(len(pair), dtype=np.int64)
        bounds = offsets(actions.occasion, len(self.edges) - 1)
        later = self.carried == "backward"
        place = bisected(actions.time, bounds[occasion], bounds[occasion + 1], since[pair], right=later)
        named = len(self.names) - 1 - len(self.moving)
        switches = Actions(occasion, since[pair], same, earlier[pair], same * SWITCH, which + named, values)
        used = place < bounds[occasion + 1]
        order = np.argsort(
            np.concatenate([2 * place[used], 2 * np.arange(len(actions.time)) + 1]), kind="stable"
        )
        both = zip(vars(switches.taken(used)).values(), vars(actions).values(), strict=True)
        return Actions(*(np.concatenate(columns)[order] for columns in both))

    @cached_property
    def _occasion(self) -> Integers:
        """Of each row."""
        return np.repeat(np.arange(len(self.edges) - 1), np.diff(self.edges))

    @cached_property
    def _unmarked(self) -> Bools:
        """[occasion] without steady states and resets."""
        marked = (self.table.steady != 0) | (self.table.evid >= RESET)
        return np.asarray(np.bincount(self._occasion[marked], minlength=len(self.edges) - 1) == 0)
