"""The result of a virtual trial: endpoints beside published ones, bands by arm, one child, accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, nan
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from quotidian.statistics.intervals import overlaps
from quotidian.trials.agreement import agrees, printed

Floats = NDArray[np.float64]
ALL = "all"
"""Name of the arm for results of all children together."""


def numbers_sha256(rows: Iterable[EndpointRow]) -> str:
    """Checksum of the numbers of rows, to the last bit: equal where a run was repeated exactly."""
    text = (f"{r.arm} {r.endpoint} {r.week} {r.virtual.hex()} {r.low.hex()} {r.high.hex()}\n" for r in rows)
    return hashlib.sha256("".join(text).encode()).hexdigest()


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
    ``named`` is the label of an endpoint that the design defines, "" for a registered one.
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
        """Whether the virtual number agrees with the published one, by `agreement.RULE`; None if nothing
        is published, and for a single replicate, whose number may lie anywhere by chance."""
        if isfinite(self.virtual) and not isfinite(self.low):
            return None
        return agrees(
            self.virtual, (self.low, self.high),
            self.published, (self.published_low, self.published_high), self.decimals,
        )  # fmt: skip


def of_one_replicate(rows: Iterable[EndpointRow]) -> tuple[EndpointRow, ...]:
    """The rows of a single replicate: their numbers, without an interval and without a rank."""
    return tuple(replace(row, low=nan, high=nan, rank=None) for row in rows)


@dataclass(frozen=True)
class UnjudgedRow(EndpointRow):
    """A row of too few replicates for a verdict: its numbers and its interval, neither inside nor outside."""

    @property
    def inside(self) -> bool | None:
        """None."""
        return None


def unjudged(rows: Iterable[EndpointRow]) -> tuple[EndpointRow, ...]:
    """The same rows without a verdict."""
    return tuple(UnjudgedRow(**vars(row)) for row in rows)


@dataclass(frozen=True)
class Band:
    """Quantiles over all children of an arm: ``quantiles`` [quantile, day] at ``levels``."""

    arm: str
    quantity: str
    unit: str
    days: Floats
    levels: tuple[float, ...]
    quantiles: Floats


@dataclass(frozen=True)
class ChildChart:
    """One child by the hour: observables by name with their units, and the doses given (day, mg).

    ``known`` are the ends of the interval of parameter uncertainty, [time] each, by observable.
    """

    label: str
    arm: str
    days: Floats
    values: Mapping[str, Floats]
    units: Mapping[str, str]
    doses: tuple[tuple[float, float], ...]
    known: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict)


@dataclass(frozen=True)
class BaselineRow:
    """A statistic of the virtual children at entry beside the published one.

    ``spread`` is the SD between children; a share has none. ``by_arm`` holds mean and SD of the randomised
    children of each arm.
    """

    statistic: str
    unit: str
    virtual: float
    spread: float | None
    published: float | None = None
    published_spread: float | None = None
    source: str = ""
    by_arm: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)


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


@dataclass(frozen=True)
class FlowRow:
    """Children at one stage of a trial, of one arm or of all: mean number a replicate, and its range."""

    stage: str
    arm: str
    mean: float
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Account:
    """Accounts of a trial: children proposed, screened out and enrolled; failures by reason; seconds.

    ``followed`` counts candidates who were simulated to screening: all proposed except implausible ones.
    ``safety`` counts participants by the action of the safety rules on their drugs.
    """

    proposed: int
    enrolled: int
    screened_out: Mapping[str, int]
    failures: Mapping[str, int]
    seconds: float
    followed: int = 0
    safety: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stay:
    """Children of one arm: weeks since randomisation, and whether escape, flare or rescue ended the
    follow-up."""

    arm: str
    weeks: Floats
    happened: NDArray[np.bool_]


@dataclass(frozen=True)
class AccuracyCheck:
    """One replicate of a trial beside the same at a tighter tolerance, ``rtol`` and ``atol``.

    ``compared`` children had the same course of events in both; ``otherwise`` counts the others, for whom a
    visit was decided otherwise. ``errors`` are the largest relative errors of the compared children, by
    observable; empty, with the reason in ``failure``, if the solver did not reach the end.
    """

    rtol: float
    atol: float
    compared: int
    otherwise: int
    errors: Mapping[str, float]
    failure: str = ""


Row = TypeVar("Row", EndpointRow, EffectRow)


def named_by(labels: Mapping[str, str], rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with the labels, by endpoint, of those that a design defines."""
    return tuple(replace(row, named=labels.get(row.endpoint, "")) for row in rows)


@dataclass(frozen=True)
class TrialResult:
    """A virtual trial and its replicates.

    ``size`` counts the children enrolled in a replicate; ``children`` those of each arm, or their ratio where
    only some of the enrolled are randomised. ``exploratory`` says which endpoints of which drugs no published
    result supports; it stands before the numbers. ``modules`` are the mechanisms and drugs of the model that
    was simulated.
    """

    name: str
    title: str
    about: str
    citation: str
    replicates: int
    seed: int
    children: Mapping[str, int]
    size: int
    rows: tuple[EndpointRow, ...]
    bands: tuple[Band, ...]
    child: ChildChart
    baseline: tuple[BaselineRow, ...]
    account: Account
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    stays: tuple[Stay, ...] = ()
    exploratory: str = ""
    primary_week: int | None = None
    effects: tuple[EffectRow, ...] = ()
    flow: tuple[FlowRow, ...] = ()
    accuracy: AccuracyCheck | None = None
    modules: tuple[str, ...] = ()

    @property
    def by_arm(self) -> tuple[EndpointRow, ...]:
        """The rows without those of all arms together that no published result has, for tables to be read."""
        of_arms = {(row.endpoint, row.week) for row in self.rows if row.arm != ALL}
        return tuple(
            row
            for row in self.rows
            if row.arm != ALL or row.published is not None or (row.endpoint, row.week) not in of_arms
        )
