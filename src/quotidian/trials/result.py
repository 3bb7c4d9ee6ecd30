"""The result of a virtual trial: endpoints beside published ones, bands by arm, one child, accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.rows import EffectRow, EndpointRow

Floats = NDArray[np.float64]
ALL = "all"
"""Name of the arm for results of all children together."""


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
