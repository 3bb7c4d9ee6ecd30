"""Effects of treatment: every pair of arms at every visit of the randomised part, over replicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from quotidian.statistics.effects import Effects, mean_difference, odds_ratio, risk_difference, risk_ratio
from quotidian.trials.analysis.endpoints import endpoint_results, entry_results
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.endpoints.endpoint import Endpoint, EndpointResult, Kind
from quotidian.trials.protocol.design import Trial
from quotidian.trials.result import EffectRow

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
    return tuple(row for key, own in found.items() for pair in pairs for row in _rows(trial, key, own, pair))


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


def _rows(trial: Trial, key: Key, own: _Groups, pair: tuple[int, int]) -> Iterator[EffectRow]:
    names, (endpoint, week, measure) = list(trial.arms), key
    n, mean, sd = (np.concatenate(x)[:, list(pair)].T for x in (own.count, own.mean, own.sd))
    known = np.isfinite(mean).all(axis=0)
    if not known.any():
        return
    n, mean, sd = n[:, known], mean[:, known], sd[:, known]
    for name, (unit, no_effect, effects) in _measures(own, measure, n, mean, sd).items():
        yield from _row((names[pair[0]], names[pair[1]], endpoint, week, name, unit), effects, no_effect)


def _measures(
    own: _Groups, measure: str, n: Floats, mean: Floats, sd: Floats
) -> Mapping[str, tuple[str, float, Effects]]:
    """Unit, value without effect, and effects of each measure, [replicate]."""
    if own.kind in ("response", "share") and np.isnan(sd[n > 1]).sum() == 0:
        counts = np.rint(mean * n / 100.0)
        cells = (counts[0], n[0], counts[1], n[1])
        points = Effects(*(100.0 * x for x in risk_difference(*cells)))
        return {
            DIFFERENCE: (own.unit, 0.0, points),
            RATIO: ("1", 1.0, risk_ratio(*cells)),
            ODDS: ("1", 1.0, odds_ratio(*cells)),
        }
    return {measure: (own.unit, 0.0, mean_difference(mean[0], sd[0], n[0], mean[1], sd[1], n[1]))}


def _row(
    place: tuple[str, str, str, int, str, str], effects: Effects, no_effect: float
) -> Iterator[EffectRow]:
    defined = ~np.isnan(effects.estimate)
    if not defined.any():
        return
    estimates = effects.estimate[defined]
    median = _quantile(estimates, 0.5)
    low, high = (_quantile(estimates, p) if len(estimates) > 1 else None for p in (0.025, 0.975))
    ends = defined & ~np.isnan(effects.low) & ~np.isnan(effects.high)
    if not ends.any():
        yield EffectRow(*place, median, low, high)
        return
    excluding = (effects.low[ends] > no_effect) | (effects.high[ends] < no_effect)
    yield EffectRow(
        *place, median, low, high, _quantile(effects.low[ends], 0.5), _quantile(effects.high[ends], 0.5),
        100.0 * float(excluding.mean()),
    )  # fmt: skip


def _quantile(values: Floats, p: float) -> float:
    """A quantile; of values that may be infinite without interpolation between them."""
    if np.isfinite(values).all():
        return float(np.quantile(values, p))
    return float(np.quantile(values, p, method="inverted_cdf"))
