"""From event records to what happens to each subject, instant by instant.

Conventions are those of NONMEM 7 (users guides, PREDPP data items). Rows of one instant act in the order of
the file. A dose that ADDL repeats, or that a lag delays, acts before the rows of its instant. A steady state
(SS 1) replaces everything before it, and a reset (EVID 3, 4) cancels running infusions and waiting doses.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from quotidian.data.cells import refusal
from quotidian.data.event_table import DOSE, RESET, RESET_AND_DOSE, EventTable, Floats, Integers
from quotidian.errors import InvalidData

TIE = 1e-9  # of time: sums of intervals that differ by less fall on one instant
MOST_DOSES = 100_000  # that one record may stand for: one every ten minutes for two years
BEFORE, AT, AFTER = range(3)  # the rows of an instant


@dataclass(frozen=True)
class Dosing:
    """How doses enter, by number of compartment: each a number, or one a row [row].

    ``bioavailability`` (1), ``lag`` (0), ``duration`` for RATE -2, ``rate`` for RATE -1. ``space`` (1) is the
    size of a compartment that is a concentration: it divides amounts and rates, but changes no duration.
    """

    bioavailability: Mapping[int, float | Floats] = field(default_factory=dict)
    lag: Mapping[int, float | Floats] = field(default_factory=dict)
    duration: Mapping[int, float | Floats] = field(default_factory=dict)
    rate: Mapping[int, float | Floats] = field(default_factory=dict)
    space: Mapping[int, float | Floats] = field(default_factory=dict, kw_only=True)


def of_row(values: Mapping[int, float | Floats], compartment: int, row: int, default: float) -> float:
    """The value of a compartment at a row."""
    found = values.get(compartment, default)
    return float(found) if isinstance(found, int | float) else float(found[row])


@dataclass(frozen=True)
class Steady:
    """A regimen that has gone on for ever: ``amount`` into a compartment every ``interval``, ``lag`` late.

    ``duration`` is 0 for boluses; ``interval`` 0 stands for an infusion of ``amount`` per unit of time that
    never paused.
    """

    row: int
    compartment: int
    amount: float
    duration: float
    interval: float
    lag: float


@dataclass(frozen=True, slots=True)
class Action:
    """What happens at an instant: ``kind`` add, rate, empty, set, top or predict; ``what`` it concerns."""

    time: float
    phase: int
    order: int
    kind: str
    compartment: int = 0
    value: float = 0.0
    row: int = -1


@dataclass
class _Infusion:
    compartment: int
    start: float
    end: float
    rate: float


@dataclass
class Timeline:
    """One subject's occasion while its rows are read in order."""

    times: list[float]
    actions: list[Action] = field(default_factory=list)
    infusions: list[_Infusion] = field(default_factory=list)
    steady: list[Steady] = field(default_factory=list)

    def snapped(self, time: float) -> float:
        """The instant of a row that lies within rounding of a time, or that time."""
        i = bisect_left(self.times, time)
        for j in (i - 1, i):
            if 0 <= j < len(self.times) and abs(self.times[j] - time) <= TIE * max(1.0, abs(time)):
                return self.times[j]
        return time

    def cancel(self, time: float) -> None:
        """Drop what is still to come, and end infusions that run."""
        self.actions = [a for a in self.actions if a.time <= time]
        self.infusions = [i for i in self.infusions if i.start < time]
        for infusion in self.infusions:
            infusion.end = min(infusion.end, time)

    def give(
        self, order: int, compartment: int, amount: float, duration: float, time: float, due: bool
    ) -> None:
        """A bolus or an infusion; ``due`` for one at its own row, else it acts before the rows."""
        if amount == 0.0:
            return
        if duration > 0.0:
            start = self.snapped(time)
            self.infusions.append(
                _Infusion(compartment, start, self.snapped(time + duration), amount / duration)
            )
        else:
            phase, at = (AT, time) if due else (BEFORE, self.snapped(time))
            self.actions.append(Action(at, phase, order, "add", compartment, amount))

    def ordered(self) -> list[Action]:
        """Every action in order of time, phase and row, changes of infusion rates among them."""
        return sorted([*self.actions, *self._rates()], key=lambda a: (a.time, a.phase, a.order))

    def _rates(self) -> list[Action]:
        found = []
        for compartment in sorted({i.compartment for i in self.infusions}):
            own = [i for i in self.infusions if i.compartment == compartment and i.end > i.start]
            for time in sorted({t for i in own for t in (i.start, i.end)}):
                rate = math.fsum(i.rate for i in own if i.start <= time < i.end)
                found.append(Action(time, AFTER, 0, "rate", compartment, rate))
        return found


def timeline(
    table: EventTable, rows: Sequence[int], compartments: Sequence[int] | Integers, dosing: Dosing
) -> Timeline:
    """What happens in one occasion.

    Parameters
    ----------
    rows : of the occasion, in order. compartments : [row] number of compartment.

    Raises InvalidData for a dose whose rate or duration the model does not give.
    """
    line = Timeline(table.time[np.asarray(rows)].tolist())
    for order, row in enumerate(rows):
        time, evid = float(table.time[row]), int(table.evid[row])
        if evid in (RESET, RESET_AND_DOSE):
            line.cancel(time)
            line.actions.append(Action(time, AT, order, "empty", row=row))
        if evid in (DOSE, RESET_AND_DOSE):
            _dose(table, row, order, int(compartments[row]), dosing, line)
        elif evid != RESET:
            line.actions.append(Action(time, AT, order, "predict", int(compartments[row]), row=row))
    return line


def _dose(table: EventTable, row: int, order: int, compartment: int, dosing: Dosing, line: Timeline) -> None:
    time, interval = float(table.time[row]), float(table.interval[row])
    lag = of_row(dosing.lag, compartment, row, 0.0)
    amount, duration = arriving(table, row, compartment, dosing)
    if duration <= shortest(line.times[0], line.times[-1], interval):
        duration = 0.0
    if table.steady[row]:
        if table.steady[row] == 1:
            line.cancel(time)
        line.steady.append(Steady(row, compartment, amount, duration, interval, lag))
        kind = "set" if table.steady[row] == 1 else "top"
        line.actions.append(Action(time, AT, order, kind, compartment, len(line.steady) - 1, row))
        if interval == 0.0:
            return
        _still_to_come(line, compartment, amount, duration, time, interval, lag)
    for repeat in range(repeats(table, row, line.times[-1] - time - lag) + 1):
        at = time + repeat * interval + lag
        line.give(order, compartment, amount, duration, at, due=repeat == 0 and lag == 0.0)


def shortest(first: float, last: float, interval: float) -> float:
    """Duration of an infusion from which on it is a bolus: its end would fall on the instant of its start."""
    return 2.0 * TIE * max(1.0, abs(first), abs(last), interval)


def repeats(table: EventTable, row: int, left: float) -> int:
    """Further doses of a record within the time ``left`` to the last record; later ones change nothing."""
    more, interval = int(table.additional[row]), float(table.interval[row])
    if more == 0 or left < 0.0:
        return 0
    within = left / interval * (1.0 + TIE) + 1.0
    if min(more, within) > MOST_DOSES:
        why = f"It stands for more than {MOST_DOSES:,} doses before the last record of the subject."
        raise refusal(
            table.place(row), "ADDL", str(more), why, "Write a longer II, or an infusion in their place."
        )
    return min(more, int(within))


def arriving(table: EventTable, row: int, compartment: int, dosing: Dosing) -> tuple[float, float]:
    """What is added to the compartment, and how long its infusion lasts (0 for a bolus).

    It is an amount, or where the compartment has a ``space``, a concentration.
    """
    amount, duration = _administered(table, row, compartment, dosing)
    return amount / of_row(dosing.space, compartment, row, 1.0), duration


def _administered(table: EventTable, row: int, compartment: int, dosing: Dosing) -> tuple[float, float]:
    """Amount that is available, or the rate of an infusion without end, and how long the infusion lasts."""
    rate = float(table.rate[row])
    share = of_row(dosing.bioavailability, compartment, row, 1.0)
    amount = share * float(table.amount[row])
    if rate > 0:
        return (amount, amount / rate) if table.amount[row] > 0 else (rate, math.inf)
    if rate == 0:
        return amount, 0.0
    named = dosing.duration if rate == -2 else dosing.rate
    if compartment not in named:
        word = "duration" if rate == -2 else "rate"
        why = f"The model gives no {word} for compartment {compartment}."
        raise refusal(
            table.place(row), "RATE", f"{rate:g}", why, f"Give a {word}, or write the rate in the data."
        )
    own = of_row(named, compartment, row, 0.0)
    if not own > 0:
        raise InvalidData(
            f"row {table.number[row]}, column RATE: the model's value is {own:g}.",
            "The rate or duration of an infusion is positive.",
            "Give a positive value, or write the rate in the data.",
        )
    return amount, own if rate == -2 else amount / own


def _still_to_come(
    line: Timeline, compartment: int, amount: float, duration: float, time: float, interval: float, lag: float
) -> None:
    """Doses of the endless past that arrive later because of a lag, or whose infusion still runs.

    Raises InvalidData where there are more of them than any regimen has.
    """
    if (lag + duration) / interval > MOST_DOSES:
        raise InvalidData(
            f"A dose lasts {duration:g} or arrives {lag:g} late, and is repeated every {interval:g}.",
            f"More than {MOST_DOSES:,} doses of the steady state would overlap.",
            "Correct the interval II, the duration or the lag.",
        )
    back = 1
    while True:
        arrival = time - back * interval + lag
        if arrival + duration <= time:
            break
        if arrival > time:
            line.give(-1, compartment, amount, duration, arrival, due=False)
        elif duration > 0.0:
            end = line.snapped(arrival + duration)
            line.infusions.append(_Infusion(compartment, time, end, amount / duration))
        back += 1
