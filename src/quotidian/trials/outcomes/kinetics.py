"""Exposure: peak, trough and area of the first and a steady dose, their ratios, by band of weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from quotidian.trials.conduct.case_record import Exposure
from quotidian.trials.endpoints import accumulation, weight_bands
from quotidian.trials.outcomes.base import AnalysisView, Bools, EndpointResult, Floats

Found = list[tuple[str, str, Floats, Bools]]
AREA = "ug*day/mL"


def exposure(reading: AnalysisView) -> Iterator[EndpointResult]:
    """Exposure of children still on the dose they were allotted; all of them, then by band of weight."""
    record = reading.record
    first, steady = record.exposure.get("first"), record.exposure.get("steady")
    week = (steady or first).week if (steady or first) is not None else 0  # type: ignore[union-attr]
    found: Found = []
    if steady is not None:
        found += _of(steady, _trough(reading, steady), _still(reading, steady), "")
    if first is not None:
        found += _of(first, first.ctrough, first.on, "_first")
    if first is not None and steady is not None:
        found += _ratios(reading, first, steady)
    bands = weight_bands(record.body["weight"]) if reading.trial.model == "sjia" else {}
    for name, unit, values, on in found:
        yield reading.mean(name, week, unit, values, on)
        for band, own in bands.items():
            yield reading.mean(f"{name}_{band}", week, unit, values, on & own)
    if first is not None and steady is not None:
        yield from _accumulations(reading, first, steady, bands)


def _accumulations(
    reading: AnalysisView, first: Exposure, steady: Exposure, bands: Mapping[str, Bools]
) -> Iterator[EndpointResult]:
    """Mean at steady state over mean after the first dose: a low first trough does not rule it."""
    on = _still(reading, steady) & first.on & reading.counted(steady.week)
    pairs = {
        "cmax": (first.cmax, steady.cmax), "auc": (first.auc, steady.auc),
        "ctrough": (first.ctrough, _trough(reading, steady)),
    }  # fmt: skip
    for name, (before, now) in pairs.items():
        statistic = partial(_of_means, before, now)
        for band, own in {"": reading.everyone, **{f"_{b}": own for b, own in bands.items()}}.items():
            named = f"{name}_accumulation{band}"
            yield EndpointResult(named, steady.week, "1", now, on & own & (before > 0.0), statistic)


def _of_means(before: Floats, now: Floats, own: Bools) -> float:
    return float(now[own].mean() / before[own].mean())


def _of(one: Exposure, trough: Floats, on: Bools, suffix: str) -> Found:
    weeks = round(one.days / 7)
    return [
        (f"cmax{suffix}", "ug/mL", one.cmax, on),
        (f"ctrough{suffix}", "ug/mL", trough, on),
        (f"auc_{weeks}wk{suffix}", AREA, one.auc, on),
    ]


def _ratios(reading: AnalysisView, first: Exposure, steady: Exposure) -> Found:
    on = _still(reading, steady) & first.on
    return [
        ("cmax_ratio", "1", accumulation(first.cmax, steady.cmax), on),
        ("ctrough_ratio", "1", accumulation(first.ctrough, _trough(reading, steady)), on),
        ("auc_ratio", "1", accumulation(first.auc, steady.auc), on),
    ]


def _trough(reading: AnalysisView, steady: Exposure) -> Floats:
    """Before the steady dose, as trials sample it; at the end of its interval where no visit was then."""
    seen = reading.record.observed.get(steady.week, {})
    return seen.get(steady.drug, steady.ctrough)


def _still(reading: AnalysisView, one: Exposure) -> Bools:
    out = reading.out(max(w for w in reading.record.left if w <= one.week))
    return one.on & ~out & (reading.record.last_visit >= one.week)
