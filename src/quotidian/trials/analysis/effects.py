"""Effects of treatment: every pair of arms at every visit of the randomised part, over replicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from quotidian.statistics.effects import Effects, mean_difference, odds_ratio, risk_difference, risk_ratio
from quotidian.statistics.quantiles import linear
from quotidian.trials.analysis.endpoints import endpoint_results, entry_results
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.endpoints.endpoint import Endpoint, EndpointResult, Kind
from quotidian.trials.protocol.design import Trial
from quotidian.trials.rows import EffectRow

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DIFFERENCE, RATIO, ODDS = "risk difference", "risk ratio", "odds ratio"
MEANS, CHANGES = "difference", "difference in change"
Key = tuple[str, int, str]
"""Endpoint, week, measure of means (`MEANS` or `CHANGES`)."""


@dataclass
class _Groups:
    """Children, mean and SD of every replicate and arm, [replicate, arm], in blocks of replicates."""

    unit: str
    kind: Kind
    count: list[Floats] = field(default_factory=list)
    mean: list[Floats] = field(default_factory=list)
    sd: list[Floats] = field(default_factory=list)


def effect_rows(
    trial: Trial, records: Sequence[CaseRecord], chosen: Sequence[Endpoint] | None = None
) -> tuple[EffectRow, ...]:
    """One row for each endpoint, visit after randomisation, pair of arms and measure; none with one arm.

    Shares have a risk difference, a risk ratio and an odds ratio; means a difference and, where the endpoint
    is also known at entry, a difference in change since then; other statistics a difference without interval.
    ``chosen`` are the endpoints, if not those of the design.
    """
    if len(trial.arms) < 2 or trial.randomised is None:
        return ()
    found: dict[Key, _Groups] = {}
    for record in records:
        _gather(found, trial, record, trial.randomised[0], chosen)
    pairs = list(combinations(range(len(trial.arms)), 2))
    every = [_Table.of(trial, key, own, pair) for key, own in found.items() for pair in pairs]
    tables = [table for table in every if table.replicates]
    shares = _rows_of_shares([table for table in tables if table.of_shares])
    return tuple(
        row for table in tables for row in (next(shares) if table.of_shares else table.rows_of_means())
    )


def _gather(
    found: dict[Key, _Groups], trial: Trial, record: CaseRecord, after: int, chosen: Sequence[Endpoint] | None
) -> None:
    entry = {m.endpoint: m for m in entry_results(trial, record)}
    slots = _Slots.of(record, len(trial.arms))
    for measure in endpoint_results(trial, record, chosen):
        if measure.week <= after:
            continue
        _add(found, slots, measure, (measure.endpoint, measure.week, MEANS))
        before = entry.get(measure.endpoint)
        if before is not None and measure.kind == "mean":
            change = measure.values - before.values
            counted = measure.counted & before.counted & np.isfinite(change)
            own = EndpointResult(measure.endpoint, measure.week, measure.unit, change, counted)
            _add(found, slots, own, (measure.endpoint, measure.week, CHANGES))


@dataclass(frozen=True)
class _Slots:
    """Place of each child in a table of replicates and arms, [child]; -1 for a child without an arm."""

    place: NDArray[np.int64]
    shape: tuple[int, int]

    @staticmethod
    def of(record: CaseRecord, arms: int) -> _Slots:
        """The places of the children of a record."""
        each, number = np.unique(record.replicate, return_inverse=True)
        return _Slots(np.where(record.arm >= 0, number * arms + record.arm, -1), (len(each), arms))

    def total(self, own: Bools, values: Floats) -> Floats:
        """Sum of the values of some children, [replicate, arm]."""
        size = self.shape[0] * self.shape[1]
        found = np.bincount(self.place[own], values[own], size).astype(np.float64)
        return found.reshape(self.shape)


def _add(found: dict[Key, _Groups], slots: _Slots, measure: EndpointResult, key: Key) -> None:
    """Children who count, their mean or statistic, and their SD; not-a-number where there is none."""
    own = found.setdefault(key, _Groups(measure.unit, measure.kind))
    counted, values = measure.counted & (slots.place >= 0), measure.values.astype(np.float64)
    n = slots.total(counted, np.ones(len(values)))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = slots.total(counted, values) / n
        apart = np.where(counted, values - mean.ravel()[slots.place], 0.0)
        sd = np.sqrt(slots.total(counted, apart**2) / (n - 1.0))
    if measure.statistic is not None:
        sd, mean = np.full_like(n, np.nan), _statistics(slots, measure)
    own.count.append(n)
    own.mean.append(mean)
    own.sd.append(np.where(n > 1, sd, np.nan))


def _statistics(slots: _Slots, measure: EndpointResult) -> Floats:
    """A statistic of the children of each replicate and arm."""
    numbers = [measure.of(slots.place == k) for k in range(slots.shape[0] * slots.shape[1])]
    return np.array([np.nan if x is None else x for x in numbers]).reshape(slots.shape)


@dataclass(frozen=True)
class _Table:
    """Children, mean and SD of two arms in the replicates in which both have a mean, [arm, replicate].

    ``place`` holds the names of the arms, the endpoint and the week.
    """

    place: tuple[str, str, str, int]
    measure: str
    unit: str
    kind: Kind
    n: Floats
    mean: Floats
    sd: Floats

    @staticmethod
    def of(trial: Trial, key: Key, own: _Groups, pair: tuple[int, int]) -> _Table:
        """The table of one endpoint, visit and pair of arms."""
        names, (endpoint, week, measure) = list(trial.arms), key
        n, mean, sd = (np.concatenate(x)[:, list(pair)].T for x in (own.count, own.mean, own.sd))
        known = np.isfinite(mean).all(axis=0)
        place = (names[pair[0]], names[pair[1]], endpoint, week)
        return _Table(place, measure, own.unit, own.kind, n[:, known], mean[:, known], sd[:, known])

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return len(self.n[0])

    @property
    def of_shares(self) -> bool:
        """Whether the means are shares of children."""
        return self.kind in ("response", "share") and not np.isnan(self.sd[self.n > 1]).any()

    @property
    def cells(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Counts and children of the two arms, [replicate] each."""
        counts = np.rint(self.mean * self.n / 100.0)
        return counts[0], self.n[0], counts[1], self.n[1]

    def rows_of_means(self) -> Iterator[EffectRow]:
        """The row of a difference in means."""
        (m1, m2), (s1, s2), (n1, n2) = self.mean, self.sd, self.n
        effects = mean_difference(m1, s1, n1, m2, s2, n2)
        yield from _row((*self.place, self.measure, self.unit), effects, 0.0)


def _rows_of_shares(tables: Sequence[_Table]) -> Iterator[list[EffectRow]]:
    """The rows of each table of shares; all tables at once, since ends of ratios are found by iteration."""
    if not tables:
        return
    x1, n1, x2, n2 = (np.concatenate(x) for x in zip(*(table.cells for table in tables), strict=True))
    edges = np.cumsum([table.replicates for table in tables])[:-1]
    points = Effects(*(100.0 * x for x in risk_difference(x1, n1, x2, n2)))
    parts = [
        [Effects(*own) for own in zip(*(np.split(x, edges) for x in effects), strict=True)]
        for effects in (points, risk_ratio(x1, n1, x2, n2), odds_ratio(x1, n1, x2, n2))
    ]
    for table, *each in zip(tables, *parts, strict=True):
        measures = ((DIFFERENCE, table.unit, 0.0), (RATIO, "1", 1.0), (ODDS, "1", 1.0))
        yield [
            row
            for (name, unit, no_effect), effects in zip(measures, each, strict=True)
            for row in _row((*table.place, name, unit), effects, no_effect)
        ]


def _row(
    place: tuple[str, str, str, int, str, str], effects: Effects, no_effect: float
) -> Iterator[EffectRow]:
    defined = ~np.isnan(effects.estimate)
    if not defined.any():
        return
    ends = defined & ~np.isnan(effects.low) & ~np.isnan(effects.high)
    median, *outer = _quantiles(effects.estimate[defined], (0.5, 0.025, 0.975))
    low, high = outer if defined.sum() > 1 else (None, None)
    if not ends.any():
        yield EffectRow(*place, median, low, high)
        return
    excluding = (effects.low[ends] > no_effect) | (effects.high[ends] < no_effect)
    first, last = (_quantiles(x[ends], (0.5,))[0] for x in (effects.low, effects.high))
    yield EffectRow(*place, median, low, high, first, last, 100.0 * float(excluding.mean()))


def _quantiles(values: Floats, shares: Sequence[float]) -> list[float]:
    """Quantiles; of values that may be infinite without interpolation between them."""
    if np.isfinite(values).all():
        return linear(values, shares)
    return [float(np.quantile(values, p, method="inverted_cdf")) for p in shares]
