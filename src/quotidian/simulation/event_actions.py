"""What happens in occasions of an event table, [action] in whole columns: doses, infusions, records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import AFTER
from quotidian.engine import SWITCH

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]
PREDICT = -1  # an action that is no event of the engine


@dataclass(frozen=True)
class Actions:
    """What happens, [action]: ``kind`` ADD, SWITCH (an infusion's rate) or PREDICT.

    ``order`` is the row that orders actions of one instant and phase; ``target`` the compartment.
    """

    occasion: Integers
    time: Floats
    phase: Integers
    order: Integers
    kind: Integers
    target: Integers
    value: Floats

    def taken(self, which: Integers | Bools) -> Actions:
        """These actions, in this order."""
        return Actions(*(column[which] for column in vars(self).values()))

    @staticmethod
    def together(parts: list[Actions]) -> Actions:
        """All of them, in order of time, phase and row."""
        columns = zip(*(vars(part).values() for part in parts), strict=True)
        whole = Actions(*(np.concatenate(column) for column in columns))
        return whole.taken(np.lexsort((whole.order, whole.phase, whole.time, whole.occasion)))


@dataclass(frozen=True)
class Doses:
    """Doses, those that ADDL repeats among them, [dose]; ``due`` for one at its own row."""

    row: Integers
    compartment: Integers
    amount: Floats
    duration: Floats
    at: Floats
    due: Bools

    def taken(self, which: Bools) -> Doses:
        """These doses."""
        return Doses(*(column[which] for column in vars(self).values()))


@dataclass(frozen=True)
class Infusions:
    """Infusions [infusion] in order of occasion, compartment and start."""

    occasion: Integers
    compartment: Integers
    start: Floats
    end: Floats
    rate: Floats

    @staticmethod
    def of(occasion: Integers, doses: Doses, snapped: Callable[[Integers, Floats], Floats]) -> Infusions:
        """Those of doses that last; ``snapped`` brings times of an occasion to the instants of its rows."""
        start, end = snapped(occasion, doses.at), snapped(occasion, doses.at + doses.duration)
        order = np.lexsort((start, doses.compartment, occasion))
        o = order[(end > start)[order]]
        rate = doses.amount / doses.duration
        return Infusions(occasion[o], doses.compartment[o], start[o], end[o], rate[o])

    def overlapping(self, occasions: int) -> Bools:
        """[occasion] with two infusions into one compartment at once."""
        over = self._followed & (self.start[1:] < self.end[:-1])
        return np.asarray(np.bincount(self.occasion[1:][over], minlength=occasions) > 0)

    def rates(self) -> Actions:
        """Rates at starts and ends; an end at which the next infusion starts is none."""
        bare = np.ones(len(self.end), dtype=bool)
        bare[:-1] = ~(self._followed & (self.start[1:] == self.end[:-1]))
        occasion = np.concatenate([self.occasion, self.occasion[bare]])
        target = np.concatenate([self.compartment, self.compartment[bare]]) - 1
        time = np.concatenate([self.start, self.end[bare]])
        value = np.concatenate([self.rate, np.zeros(np.count_nonzero(bare))])
        same = np.zeros(len(time), dtype=np.int64)
        found = Actions(occasion, time, same + AFTER, same, same + SWITCH, target, value)
        return found.taken(np.argsort(target, kind="stable"))  # those of one instant in order of compartments

    @property
    def _followed(self) -> Bools:
        same = self.occasion[1:] == self.occasion[:-1]
        return np.asarray(same & (self.compartment[1:] == self.compartment[:-1]))


def bisected(values: Floats, begin: Integers, end: Integers, at: Floats, *, right: bool) -> Integers:
    """Where each of ``at`` enters its stretch ``begin`` to ``end`` of ascending values, as with bisect."""
    low, high = begin.copy(), end.copy()
    while np.any(open_ := low < high):
        middle = (low + high) // 2
        value = values[np.minimum(middle, len(values) - 1)]
        below = (value <= at) if right else (value < at)
        low, high = np.where(open_ & below, middle + 1, low), np.where(open_ & ~below, middle, high)
    return low
