"""The course of years: episodes and remissions, flares and chance events, drawn child by child.

Random streams are addressed by child and period, so that the arms of a study share them (common random
numbers), and a longer history begins with the shorter one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import UnknownName, closest
from quotidian.evidence import Ledger, ledger_beside
from quotidian.patients import chance_events
from quotidian.patients.chance_events import PERIOD_DAYS, Change, Events, Spell
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
KINDS: Mapping[str, str] = {
    "steady": "as active as the child is, for ever; nothing random",
    "monophasic": "one episode that ends for good",
    "polycyclic": "episodes and remissions by turns",
    "persistent": "active for good, with flares",
    "drawn": "one of the three above, by the shares seen in cohorts",
}
_ACTIVE_FIRST = 2  # periods: a child enters with active disease


@dataclass(frozen=True)
class History:
    """One child's course.

    Parameters
    ----------
    kind : a key of ``KINDS``.
    drive : [period of two weeks] drive relative to the child's own, flares included.
    events : those that chance brings, by the input that they act on.
    from_day : where the first period begins.
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


@cache
def ledger() -> Ledger:
    """Rates, sizes and lengths, with their evidence."""
    return ledger_beside(__file__)


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
    kind : one of ``KINDS``.
    values : replaces entries of the ledger, or of that of chance events.

    Raises UnknownName for another kind.
    """
    if kind not in KINDS:
        raise UnknownName(f"There is no course '{kind}'.", closest(kind, KINDS))
    periods = math.ceil(days / PERIOD_DAYS) + 1
    if kind == "steady":
        return [History(kind, (1.0,), from_day=from_day) for _ in numbers]
    v = {name: e.value for name, e in ledger().items()} | dict(values or {})
    n = np.asarray(numbers)
    kinds = _kinds(streams.uniform("history.kind", replicate, n)[:, 0], v, kind)
    active = _active(streams.uniform("history.turn", replicate, n, periods), kinds, v)
    size = _flares(streams, replicate, n, periods, v)
    drive = np.where(active, size, v["remission_drive"])
    struck = chance_events.drawn(streams, replicate, n, days, from_day, values)
    return [History(kinds[i], tuple(float(x) for x in drive[i]), struck[i], from_day) for i in range(len(n))]


def _kinds(u: Floats, v: Mapping[str, float], kind: str) -> list[str]:
    if kind != "drawn":
        return [kind] * len(u)
    edges = (v["monophasic"], v["monophasic"] + v["polycyclic"])
    return ["monophasic" if x < edges[0] else "polycyclic" if x < edges[1] else "persistent" for x in u]


def _active(u: Floats, kinds: Sequence[str], v: Mapping[str, float]) -> NDArray[np.bool_]:
    r"""Active or not, [child, period]: a chain that turns with chance :math:`1 - e^{-d/\tau}` a period."""
    ends, returns = (
        -math.expm1(-PERIOD_DAYS / (365.25 * v[name])) for name in ("episode_years", "respite_years")
    )
    chance = {"persistent": (0.0, 0.0), "monophasic": (ends, 0.0), "polycyclic": (ends, returns)}
    stops, starts = (np.array([chance[k][i] for k in kinds]) for i in (0, 1))
    active = np.ones(u.shape, dtype=bool)
    for k in range(_ACTIVE_FIRST, u.shape[1]):
        before = active[:, k - 1]
        active[:, k] = np.where(before, u[:, k] >= stops, u[:, k] < starts)
    return active


def _flares(
    streams: Streams, replicate: int, n: NDArray[np.int64], periods: int, v: Mapping[str, float]
) -> Floats:
    """Factor of flares on the drive, [child, period]; flares that overlap do not multiply."""
    chance = -math.expm1(-v["flares"] * PERIOD_DAYS / 365.25)
    begins = streams.uniform("history.flare", replicate, n, periods) < chance
    begins[:, :_ACTIVE_FIRST] = False
    size = v["flare_size"] * np.exp(
        v["flare_spread"] * streams.normal("history.flare_size", replicate, n, periods)
    )
    factor, length = np.ones(begins.shape), max(1, round(v["flare_days"] / PERIOD_DAYS))
    for lag in range(min(length, periods)):
        shifted = np.where(begins, np.maximum(size, 1.0), 1.0)[:, : periods - lag]
        factor[:, lag:] = np.maximum(factor[:, lag:], shifted)
    return factor
