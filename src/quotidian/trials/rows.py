"""The rows of a result: endpoints of arms at visits beside the published ones, and effects of treatment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import nan
from typing import TypeVar

from quotidian.statistics.intervals import overlaps
from quotidian.trials.agreement import JUDGED_FROM, agrees, printed


@dataclass(frozen=True)
class EndpointRow:
    """One endpoint of one arm at one visit.

    ``virtual`` is the median over replicates of the trial's own size, ``low`` and ``high`` their central
    95 %, not-a-number for a single replicate. Published fields are None if nothing was published or is
    available; ``decimals`` are those of the published number. ``estimand`` says what the endpoint makes of
    a rescue; "" at entry.
    ``low_known`` and ``high_known`` hold a further member of an ensemble with probability 95 %,
    ``virtual_known`` is the median over members; None without one. ``rank`` is that of the published number,
    as it is rounded, among the replicates, ``rank_known`` among the members, 0 to 1.
    ``named`` is the label of an endpoint that the design defines, "" for a registered one. ``replicates`` is
    the number that was run; None judges a row whatever the number.
    """

    arm: str
    endpoint: str
    week: int
    unit: str
    virtual: float
    low: float
    high: float
    published: float | None = None
    published_low: float | None = None
    published_high: float | None = None
    role: str = ""
    source: str = ""
    decimals: int | None = None
    estimand: str = ""
    low_known: float | None = None
    high_known: float | None = None
    rank: float | None = None
    rank_known: float | None = None
    virtual_known: float | None = None
    named: str = field(default="", kw_only=True)
    replicates: int | None = field(default=None, kw_only=True)

    @property
    def inside_known(self) -> bool | None:
        """Whether the published number, to its last digit, lies within the interval with parameter
        uncertainty;
        None without either."""
        if self.published is None or self.low_known is None or self.high_known is None:
            return None
        return overlaps((self.low_known, self.high_known), printed(self.published, self.decimals))

    @property
    def inside(self) -> bool | None:
        """Whether the virtual number agrees with the published one, by `agreement.RULE`.

        None if nothing is published, and for fewer replicates than `agreement.JUDGED_FROM`.
        """
        if self.replicates is not None and self.replicates < JUDGED_FROM:
            return None
        return agrees(
            self.virtual, (self.low, self.high),
            self.published, (self.published_low, self.published_high), self.decimals,
        )  # fmt: skip


def of_replicates(rows: Iterable[EndpointRow], replicates: int) -> tuple[EndpointRow, ...]:
    """The rows of a run with their number of replicates; those of a single one without interval and rank."""
    if replicates == 1:
        return tuple(replace(row, low=nan, high=nan, rank=None, replicates=1) for row in rows)
    return tuple(replace(row, replicates=replicates) for row in rows)


@dataclass(frozen=True)
class EffectRow:
    """The effect of one arm against another at one visit.

    ``measure`` is ``risk difference`` (percentage points), ``risk ratio``, ``odds ratio``, ``difference`` or
    ``difference in change`` (since entry). ``virtual``, ``low`` and ``high`` are median and central 95 % over
    replicates, the ends None for a single replicate. ``trial_low`` and ``trial_high`` are the medians of the
    ends of the 95 % intervals that single trials of this size report, ``excluding`` the per cent of them
    whose interval excludes the null value; None for a number that has no such interval. ``named`` as in
    `EndpointRow`.
    """

    arm: str
    against: str
    endpoint: str
    week: int
    measure: str
    unit: str
    virtual: float
    low: float | None
    high: float | None
    trial_low: float | None = None
    trial_high: float | None = None
    excluding: float | None = None
    named: str = field(default="", kw_only=True)


Row = TypeVar("Row", EndpointRow, EffectRow)


def named_by(labels: Mapping[str, str], rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with the labels, by endpoint, of those that a design defines."""
    return tuple(replace(row, named=labels.get(row.endpoint, "")) for row in rows)


def numbers_sha256(rows: Iterable[EndpointRow]) -> str:
    """Checksum of the numbers of rows, to the last bit: equal where a run was repeated exactly."""
    text = (f"{r.arm} {r.endpoint} {r.week} {r.virtual.hex()} {r.low.hex()} {r.high.hex()}\n" for r in rows)
    return hashlib.sha256("".join(text).encode()).hexdigest()
