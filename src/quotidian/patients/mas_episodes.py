"""Episodes of macrophage activation syndrome of each child: time, length and outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.evidence import NO_OVERLAY, Ledger, Overlay, ledger_beside
from quotidian.patients.mas_criteria import IN_MAS
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Ending: TypeAlias = Literal["", "recovered", "ongoing", "died"]
"""Outcomes of the last episode of a child; empty without an episode."""
MOST_EPISODES = 64
"""Number of episodes of a child with their own draw for intensive care; later ones share the last draw."""


@cache
def ledger() -> Ledger:
    """Hazards of death and of intensive care, with their evidence."""
    return ledger_beside(__file__)


@dataclass(frozen=True)
class Episode:
    """One period above the threshold of MAS, from the first reading in it to the first after it.

    ``toll`` is haemophagocytosis summed over it, days.
    """

    first_day: float
    last_day: float
    toll: float
    intensive_care: bool


@dataclass(frozen=True)
class MasHistory:
    """Episodes of one child in order of time, and the outcome of the last one."""

    episodes: tuple[Episode, ...] = ()
    ending: Ending = ""

    @property
    def first_day(self) -> float:
        """First day in MAS; not-a-number without MAS."""
        return self.episodes[0].first_day if self.episodes else float("nan")

    @property
    def last_day(self) -> float:
        """Last day in MAS (that of death, if it ended so); not-a-number without MAS."""
        return self.episodes[-1].last_day if self.episodes else float("nan")

    @property
    def days(self) -> float:
        """Days in MAS, all episodes together."""
        return float(sum(e.last_day - e.first_day for e in self.episodes))

    @property
    def intensive_care(self) -> bool:
        """Whether an episode needed intensive care."""
        return any(e.intensive_care for e in self.episodes)

    @property
    def died(self) -> bool:
        """Whether the last episode ended in death."""
        return self.ending == "died"


def haemophagocytosis(activation: Floats) -> Floats:
    """Haemophagocytosis of activated macrophages during MAS, 0 otherwise; of the same shape."""
    return np.where(activation > IN_MAS, activation**2, 0.0)


def toll(days: Floats, activation: Floats) -> Floats:
    r"""Haemophagocytosis in MAS since the first reading, :math:`\int A^2\,dt` by the trapezoidal rule.

    Only :math:`A > 1/2` counts, so that death from MAS occurs only during MAS.

    Parameters
    ----------
    days : [reading]. activation : [child, reading] activated macrophages.

    Returns
    -------
    [child, reading], days.
    """
    Z = haemophagocytosis(activation)
    steps = 0.5 * (Z[:, 1:] + Z[:, :-1]) * np.diff(days)
    return np.concatenate([np.zeros((len(Z), 1)), np.cumsum(steps, axis=1)], axis=1)


def fatal_toll(
    streams: Streams,
    replicate: int | Integers,
    numbers: Sequence[int] | Integers,
    overlay: Overlay = NO_OVERLAY,
) -> Floats:
    r"""Toll at which a child dies, days, [child]: :math:`-\ln u / h_D`, one draw for each child.

    A child therefore dies at the same toll in every arm.
    """
    u = streams.uniform("mas.death", replicate, np.asarray(numbers))[:, 0]
    return np.asarray(-np.log(u) / overlay.value(ledger()["death_hazard"]))


def mas_histories(
    days: Floats,
    activation: Floats,
    streams: Streams,
    replicate: int,
    numbers: Sequence[int] | Integers,
    overlay: Overlay = NO_OVERLAY,
) -> list[MasHistory]:
    """The history of each child, from readings of its activated macrophages at least once a day.

    Readings after death and readings that are not a number are ignored.

    Parameters
    ----------
    days : [reading], ascending. activation : [child, reading].
    streams, replicate, numbers : address of the children's random streams.
    overlay : values of the ledger that replace those of the file.
    """
    known = np.nan_to_num(activation)
    total, fatal = toll(days, known), fatal_toll(streams, replicate, numbers, overlay)
    u = streams.uniform("mas.intensive_care", replicate, np.asarray(numbers), MOST_EPISODES)
    bearable = -np.log(u) / overlay.value(ledger()["intensive_care_hazard"])
    return [
        _history(days, known[i], total[i], float(fatal[i]), bearable[i].tolist()) for i in range(len(known))
    ]


def _history(
    days: Floats, activation: Floats, total: Floats, fatal: float, bearable: Sequence[float]
) -> MasHistory:
    dead = total >= fatal
    end = int(dead.argmax()) if dead.any() else len(days) - 1
    ill = activation[: end + 1] > IN_MAS
    if dead.any():
        ill[end] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ill.astype(np.int8), [0]])))
    found = list[Episode]()
    for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        last = min(b, end)
        cost = float(total[last] - total[max(a - 1, 0)])
        care = cost >= bearable[min(len(found), MOST_EPISODES - 1)]
        found.append(Episode(float(days[a]), float(days[last]), cost, care or bool(dead.any() and b > end)))
    if not found:
        return MasHistory()
    ongoing: Ending = "ongoing" if ill[-1] else "recovered"
    return MasHistory(tuple(found), "died" if dead.any() else ongoing)


def columns(histories: Sequence[MasHistory]) -> Mapping[str, list[float | int | str | bool]]:
    """Presence, time and outcome of MAS as columns of a table with one row per child."""
    return {
        "mas_episodes": [len(h.episodes) for h in histories],
        "mas_first_day": [h.first_day for h in histories],
        "mas_last_day": [h.last_day for h in histories],
        "mas_days": [h.days for h in histories],
        "mas_intensive_care": [h.intensive_care for h in histories],
        "mas_ending": [h.ending for h in histories],
    }
