"""Laboratory endpoints of a visit: markers, anaemia, neutrophils, MAS."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from quotidian.patients.mas_criteria import IN_MAS
from quotidian.trials.endpoints import all_normal, anaemic, crp_low, meets_mas, neutropenic
from quotidian.trials.endpoints.laboratory import MAS_SIGNS
from quotidian.trials.outcomes.base import AnalysisView, Bools, EndpointResult, Floats

CRP_NORMAL = 10.0  # mg/L
YEAR_WEEKS = 365.25 / 7.0
NG_PER_NMOL = 52.0  # ng/mL of the soluble receptor in a nM, 52 kDa (biology/il6_homeostasis)


def markers(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """CRP, the three markers together, and the receptor in serum."""
    seen, out = reading.record.observed[week], reading.out(week)
    yield reading.success("crp_normal", week, seen["crp"] < CRP_NORMAL)
    yield reading.success("crp_low", week, crp_low(seen["crp"]))
    yield reading.mean("crp", week, "mg/L", seen["crp"], ~out)
    if reading.has("saa", week):
        normal = all_normal(seen["crp"], reading.record.core[week]["esr"], seen["saa"])
        yield reading.success("markers_normal", week, normal)
    if reading.has("sil6r_total", week):
        yield reading.mean("sil6r_total", week, "ng/mL", seen["sil6r_total"], ~out)


def cells(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """Anaemia gone, and neutropenia at any visit so far."""
    record = reading.record
    if reading.has("haemoglobin", week):
        female = record.body["female"] > 0
        before, now = (
            anaemic(record.observed[w]["haemoglobin"], record.body["age"] + w / YEAR_WEEKS, female)
            for w in (0, week)
        )
        yield reading.success("anaemia_normalised", week, ~now, before)
    if week in record.neutrophils:
        visits = [w for w in record.weeks if 0 < w <= week]
        yield reading.share(
            "neutropenia", week, neutropenic(np.stack([_while_in(reading, w) for w in visits]))
        )


def _while_in(reading: AnalysisView, week: int) -> Floats:
    """Neutrophils as counted at a visit; those before any drug for a child that is out of its arm by then."""
    now, before = (reading.record.neutrophils[w] for w in (week, 0))
    return np.where(reading.out(week), np.maximum(now, before), now)


def mas(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """MAS by the criteria at any visit so far, its rate by the model's own state, and what is recognised.

    All end when a child leaves the trial.
    """
    record = reading.record
    visits = [w for w in record.weeks if 0 < w <= week]
    there = np.stack([~record.left[w] for w in visits])
    followed = np.where(there[-1], week, np.array(visits)[np.argmin(there, axis=0)])
    if all(reading.has(name, week) for name in MAS_SIGNS[1:]):
        met = np.stack([meets_mas(_signs(reading, w)) for w in visits])
        yield reading.share("mas_recognised", week, np.asarray((met & there).any(axis=0)))
    if reading.has("macrophage_activation", week):
        active = [record.highest.get(w, record.observed[w]["macrophage_activation"]) for w in visits]
        yield _rate(reading, "mas_rate", week, (np.stack(active) > IN_MAS) & there, followed)
    if all(w in record.recognised for w in visits):
        seen = np.stack([record.recognised[w] for w in visits]) & there
        yield _rate(reading, "mas_rate_recognised", week, seen, followed)


def _signs(reading: AnalysisView, week: int) -> dict[str, Floats]:
    """What the criteria read, temperature as the highest of the last day's readings."""
    record = reading.record
    end = week * 7 + 8 / 24
    day = (record.chart_days > end - 1.0 + 1e-6) & (record.chart_days <= end + 1e-6)
    seen = {name: record.observed[week][name] for name in MAS_SIGNS[1:]}
    return {"temperature": record.chart[:, day].max(axis=1), **seen}


def _rate(reading: AnalysisView, name: str, week: int, ill: Bools, followed: Floats) -> EndpointResult:
    """First episodes over time at risk, of ``ill`` [visit, child] and the week to which each is followed."""
    visits = np.array([w for w in reading.record.weeks if 0 < w <= week])
    last = reading.record.last_visit
    ill = ill & (visits[:, None] <= last)
    struck = np.asarray(ill.any(axis=0))
    years = np.where(struck, visits[ill.argmax(axis=0)], np.minimum(followed, last)) / YEAR_WEEKS

    def per_hundred(own: Bools) -> float:
        return float(100.0 * struck[own].sum() / years[own].sum())

    return EndpointResult(
        name, week, "1/(100*year)", struck.astype(float), reading.counted(week), per_hundred
    )
