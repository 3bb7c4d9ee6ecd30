"""The course over years: variation of the drive, flares and chance events, drawn for each child.

Random streams are addressed by child and period, so that the arms of a study share them (common random
numbers), and a longer history begins with the shorter one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from quotidian.errors import UnknownName, closest
from quotidian.patients import chance_events
from quotidian.patients.chance_events import PERIOD_DAYS, Change, Events, Spell
from quotidian.patients.disease_activity import course
from quotidian.patients.population import typical_values
from quotidian.statistics.streams import Streams

KINDS: Mapping[str, str] = {
    "steady": "constant disease activity, no random events",
    "drawn": "disease activity that varies over weeks, with flares and infections",
}
OUTCOMES = ("monophasic", "polycyclic", "persistent")
"""Names of courses as outcomes (:func:`quotidian.patients.past.course_of`). || As a request they mean
``drawn``, because whether a disease ends or returns is a result of the child and its drive."""


@dataclass(frozen=True)
class History:
    """One child's course.

    Parameters
    ----------
    kind : a key of ``KINDS``.
    drive : [period of two weeks] drive relative to the child's own, flares included.
    events : chance events, by the input on which they act. from_day : start of the first period.
    """

    kind: str
    drive: tuple[float, ...]
    events: Events = field(default_factory=dict)
    from_day: float = 0.0

    @property
    def infections(self) -> Sequence[Spell]:
        """First day, last day and drive of each infection."""
        return self.events.get("infection", ())

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change of an input, in order of time; events of one kind that overlap add up."""
        turns = [
            Change(self.from_day + i * PERIOD_DAYS, "course", x)
            for i, x in enumerate(self.drive)
            if i == 0 or x != self.drive[i - 1]
        ]
        struck = chance_events.changes(self.events)
        return tuple(sorted([*turns, *struck], key=lambda c: (c.day, c.input)))


def histories(
    streams: Streams,
    replicate: int,
    numbers: Sequence[int],
    days: float,
    kind: str = "drawn",
    values: Mapping[str, float] | None = None,
    from_day: float = 0.0,
) -> list[History]:
    """A history for each child, by number: the same for the same seed, replicate and number.

    Parameters
    ----------
    days : how long, from ``from_day`` on.
    kind : one of ``KINDS``; the name of an outcome means ``drawn``.
    values : replaces entries of the ledger of flares, or of that of chance events.

    Raises UnknownName for another kind.
    """
    kind = kind_named(kind)
    periods = math.ceil(days / PERIOD_DAYS) + 1
    if kind == "steady":
        return [History(kind, (1.0,), from_day=from_day) for _ in numbers]
    n, own = np.asarray(numbers), dict(typical_values()) | dict(values or {})
    drive = course(streams, replicate, n, periods, own)
    struck = chance_events.drawn(streams, replicate, n, days, from_day, values)
    return [History(kind, tuple(float(x) for x in drive[i]), struck[i], from_day) for i in range(len(n))]


def kind_named(name: str) -> str:
    """The kind of that name; outcomes are ``drawn``.

    Raises UnknownName for another name.
    """
    if name not in KINDS and name not in OUTCOMES:
        raise UnknownName(f"There is no course '{name}'.", closest(name, KINDS))
    return "drawn" if name in OUTCOMES else name
