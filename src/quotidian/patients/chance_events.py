"""Chance events of a child, independent of treatment: infections, other triggers of MAS, rises of ALT.

A small share of infections (herpes viruses and the like) raises IL-12 as much as a trigger of another
kind; a common infection raises it little, however feverish.

They are Poisson in time and log-normal in size. Random streams are addressed by child and period, so that
the arms of a study share them (common random numbers), and a longer history begins with the shorter one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import SWITCH
from quotidian.evidence import Ledger, ledger_beside
from quotidian.simulation import DosingEvent
from quotidian.statistics.normal import normal_quantile
from quotidian.statistics.streams import Streams

Integers = NDArray[np.int64]
Spell: TypeAlias = tuple[float, float, float]
"""First day, last day, and the amount added to its input."""
Events: TypeAlias = Mapping[str, Sequence[Spell]]
"""Events of one child, by the input of the model that they act on."""
PERIOD_DAYS = 14.0
"""Length of the periods by which random streams are addressed."""


@dataclass(frozen=True)
class Change:
    """From ``day`` on, the input of that name has that value."""

    day: float
    input: str
    value: float

    @property
    def event(self) -> DosingEvent:
        """The change as an event of the model."""
        return DosingEvent(self.day * 24.0, SWITCH, self.input, self.value)


@dataclass(frozen=True)
class ChanceEvent:
    """A kind of event: the name of its rate in the ledger, and the prefix of the names of size, spread and
    length."""

    rate: str
    name: str

    def size(self, v: Mapping[str, float]) -> float:
        """Median of the added amount."""
        return v[f"{self.name}_size"]

    def days(self, v: Mapping[str, float]) -> float:
        """Length of an event."""
        return v[f"{self.name}_days"]


TRIGGER = "macrophage_trigger"
EVENTS: Mapping[str, ChanceEvent] = MappingProxyType(
    {
        "infection": ChanceEvent("infections", "infection"),
        TRIGGER: ChanceEvent("triggers", "trigger"),
        "liver_injury": ChanceEvent("liver_injuries", "liver_injury"),
    }
)
"""Kinds of events by the input of the model that they act on."""


@cache
def ledger() -> Ledger:
    """Rates, sizes and lengths, with their evidence."""
    return ledger_beside(__file__)


def values(replaced: Mapping[str, float] | None = None) -> dict[str, float]:
    """Values of the ledger, some of them replaced."""
    return {name: entry.value for name, entry in ledger().items()} | dict(replaced or {})


def drawn(
    streams: Streams,
    replicate: int | Integers,
    numbers: Sequence[int] | Integers,
    days: float,
    from_day: float = 0.0,
    replaced: Mapping[str, float] | None = None,
) -> list[Events]:
    """Chance events of each child over so many ``days`` from ``from_day`` on.

    Parameters
    ----------
    replicate : of all children, or [child].
    replaced : entries of the ledger to replace; other names are ignored.
    """
    v, n = values(replaced), np.asarray(numbers)
    periods = math.ceil(days / PERIOD_DAYS) + 1
    found = {name: _spells(event, streams, replicate, n, periods, v) for name, event in EVENTS.items()}
    found[TRIGGER] = _with_infections(found[TRIGGER], found["infection"], streams, replicate, n, periods, v)
    return [
        {
            name: tuple((from_day + a, from_day + b, x) for a, b, x in own[i] if a < days)
            for name, own in found.items()
        }
        for i in range(len(n))
    ]


def _spells(
    event: ChanceEvent,
    streams: Streams,
    replicate: int | Integers,
    n: Integers,
    periods: int,
    v: Mapping[str, float],
) -> list[list[Spell]]:
    """Events of one kind of each child: at most one begins in a period."""
    chance = -math.expm1(-v[event.rate] * PERIOD_DAYS / 365.25)
    u = streams.uniform(f"history.{event.name}", replicate, n, periods)
    child, period = np.nonzero(u < chance)
    z = normal_quantile(streams.uniform(f"history.{event.name}_size", replicate, n, periods)[child, period])
    size = event.size(v) * np.exp(v[f"{event.name}_spread"] * z)
    first = PERIOD_DAYS * (period + u[child, period] / chance)  # if an event occurs, u/chance is uniform
    last = first + event.days(v)
    spells: list[list[Spell]] = [[] for _ in n]
    for i, *spell in zip(child.tolist(), first.tolist(), last.tolist(), size.tolist(), strict=True):
        spells[i].append((spell[0], spell[1], spell[2]))
    return spells


def _with_infections(
    own: list[list[Spell]],
    infections: list[list[Spell]],
    streams: Streams,
    replicate: int | Integers,
    n: Integers,
    periods: int,
    v: Mapping[str, float],
) -> list[list[Spell]]:
    """Triggers of each child, with those of its infections that raise IL-12 as much; by first day."""
    kind = streams.uniform("history.infection_kind", replicate, n, periods) < v["infection_triggers"]
    u = streams.uniform("history.infection_trigger", replicate, n, periods)
    raised = [
        (i, place, a, b)
        for i, caught in enumerate(infections)
        for a, b, _ in caught
        if kind[i, place := int(a // PERIOD_DAYS)]
    ]
    z = normal_quantile([u[i, place] for i, place, _, _ in raised])
    size = EVENTS[TRIGGER].size(v) * np.exp(v["trigger_spread"] * z)
    triggers = [list(mine) for mine in own]
    for (i, _, a, b), x in zip(raised, size.tolist(), strict=True):
        triggers[i].append((a, b, x))
    return [sorted(mine) for mine in triggers]


def changes(events: Events) -> list[Change]:
    """Changes of the inputs, by input in order of time; events of one kind that overlap add up."""
    return [change for name, own in events.items() for change in _steps(name, own)]


def _steps(name: str, own: Sequence[Spell]) -> list[Change]:
    if not own:
        return []
    edges = sorted({day for first, last, _ in own for day in (first, last)})
    return [Change(d, name, sum(x for a, b, x in own if a <= d < b)) for d in edges]
