"""A day as one number: mean, highest, lowest, or the value at a clock time."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidQuantity
from quotidian.simulation.clock import output_count, output_hours
from quotidian.simulation.result import SimulationResult

Floats = NDArray[np.float64]
KINDS = ("mean", "max", "min")
_AT = re.compile(r"at ([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True)
class DaySummary:
    """How a day is summarised: a word of ``KINDS``, or ``at`` the clock ``minute`` (from midnight)."""

    kind: str
    minute: int = 0

    @property
    def hour(self) -> float:
        """The clock time, h."""
        return self.minute / 60.0

    @property
    def label(self) -> str:
        """``mean``, or ``at_08:00``."""
        if self.kind != "at":
            return self.kind
        return f"at_{self.minute // 60:02d}:{self.minute % 60:02d}"


def day_summaries(text: str, days: float, from_day: float = 0.0) -> tuple[DaySummary, ...]:
    """Read ``mean``, ``max``, ``min`` and ``at 08:00``, with commas between; none for an empty text.

    Raises InvalidQuantity for other words, and where there is no complete day from ``from_day`` to ``days``.
    """
    if not text.strip():
        return ()
    found = []
    for part in (" ".join(p.split()).lower() for p in text.split(",")):
        clock = _AT.fullmatch(part)
        if part not in KINDS and clock is None:
            raise InvalidQuantity(
                f"A day cannot be summarised as '{part}'.", "It is mean, max, min or a clock time.",
                "Write for example 'mean,max' or 'at 08:00'.",
            )  # fmt: skip
        found.append(
            DaySummary(part) if clock is None else DaySummary("at", 60 * int(clock[1]) + int(clock[2]))
        )
    if day_count(days) <= math.ceil(from_day):
        raise InvalidQuantity(
            "There is no complete day to summarise.",
            f"The outputs are from day {from_day:g} to day {days:g}.",
            "Lengthen the course.",
        )
    return tuple(dict.fromkeys(found))


def day_count(days: float) -> int:
    """Complete days of a course of ``days`` (day)."""
    return (output_count(days, 1.0) - 1) // 24


def daily_hours(days: float, summaries: Sequence[DaySummary], from_day: float = 0.0) -> Floats:
    """Hours at which a course must be known, [time]: every hour from the first midnight, and clock times."""
    first, count = math.ceil(from_day), day_count(days)
    clock = [24.0 * d + s.hour for s in summaries if s.kind == "at" for d in range(first, count)]
    return np.union1d(output_hours(count, 1.0, first), np.array(clock))


def by_day(hours: Floats, values: Floats, summaries: Sequence[DaySummary]) -> tuple[Floats, Floats]:
    r"""Complete days, [day], and their summaries, [row, day, observable and summary].

    The mean is that of time, :math:`\frac{1}{24}\sum_{h=0}^{23} (x_h + x_{h+1})/2`, the highest and lowest
    value are those of :math:`x_0, \dots, x_{23}`: a summary is the same whichever others stand beside it.

    Parameters
    ----------
    hours : [time] h, with those of :func:`daily_hours`. values : [row, time, observable]. The summaries of an
        observable stand side by side. What is not a number makes the summaries in which it is so, too.
    """
    first = math.ceil(hours[0] / 24.0)
    days = np.arange(first, math.floor(hours[-1] / 24.0), dtype=np.float64)
    rows, names = len(values), values.shape[2]
    x = values[:, np.searchsorted(hours, 24.0 * first + np.arange(24 * len(days) + 1))]
    own = x[:, :-1].reshape(rows, len(days), 24, names)
    found = dict[str, Floats]()
    for one in summaries:
        if one.kind == "mean":
            found[one.label] = ((x[:, :-1] + x[:, 1:]) / 2).reshape(own.shape).mean(axis=2)
        elif one.kind == "at":
            found[one.label] = values[:, np.searchsorted(hours, 24.0 * days + one.hour)]
        else:
            found[one.label] = own.max(axis=2) if one.kind == "max" else own.min(axis=2)
    return days, np.stack(list(found.values()), axis=3).reshape(rows, len(days), -1)


def columns(names: Sequence[str], summaries: Sequence[DaySummary]) -> dict[str, str]:
    """The observable of ``crp_mean`` and each other column, in the order of :func:`by_day`."""
    return {f"{name}_{one.label}": name for name in names for one in summaries}


def summarised(result: SimulationResult, summaries: Sequence[DaySummary]) -> SimulationResult:
    """A result at the hours of :func:`daily_hours` as one with a time a day, the midnight that begins it."""
    days, values = by_day(result.times, result.values, summaries)
    whose = columns(result.names, summaries)
    units = {column: result.units[name] for column, name in whose.items()}
    return replace(result, times=24.0 * days, names=tuple(whose), units=units, values=values)
