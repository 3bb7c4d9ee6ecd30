"""Exposure: peak, trough and area of the first and of a steady dose, their ratios, by band of weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from quotidian.trials.conduct.case_record import Exposure
from quotidian.trials.criteria import accumulation, weight_bands
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding, OfTrial
from quotidian.trials.endpoints.family import EndpointFamily
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.sampling import Occasion

BANDS = {"below_30_kg": ", below 30 kg", "from_30_kg": ", from 30 kg"}
INTERVAL = r"auc_(0|[1-9][0-9]*)wk"
"""Names of areas: the number is the weeks of the dosing interval."""
LEVEL, AREA = "ug/mL", "ug*day/mL"


class Sampled(NamedTuple):
    """The dosing interval of each child after the dose of a week, [child].

    ``weeks`` is its length. ``on`` is True for children who were read and were still on the assigned dose.
    """

    week: int
    weeks: Floats
    cmax: Floats
    ctrough: Floats
    auc: Floats
    on: Bools


def _sampled(view: AnalysisView, occasion: Occasion) -> tuple[Sampled, ...]:
    """The intervals after the first dose, or after each steady-state dose, by week."""
    by_week: dict[int, list[Exposure]] = {}
    for one in view.record.exposure:
        if one.occasion == occasion:
            by_week.setdefault(one.week, []).append(one)
    return tuple(_of_week(view, by_week[week]) for week in sorted(by_week))


def _of_week(view: AnalysisView, parts: list[Exposure]) -> Sampled:
    """The intervals after one dose as one: each child is read over one of them, the others are 0."""
    week, steady = parts[0].week, parts[0].occasion == "steady"
    weeks = np.sum([np.where(one.on, round(one.days / 7), 0.0) for one in parts], axis=0)
    cmax, ctrough, auc = (
        np.sum([getattr(one, q) for one in parts], axis=0) for q in ("cmax", "ctrough", "auc")
    )
    on = np.any([one.on for one in parts], axis=0)
    if steady:
        ctrough = _before_dose(view, parts[0], ctrough)
        on = _still_on(view, week, on)
    return Sampled(week, weeks, cmax, ctrough, auc, on)


def _before_dose(view: AnalysisView, steady: Exposure, at_end: Floats) -> Floats:
    """Trough before the steady-state dose, as in trials; at the end of its interval if there was no visit
    before it."""
    return view.record.observed.get(steady.week, {}).get(steady.drug, at_end)


def _still_on(view: AnalysisView, week: int, on: Bools) -> Bools:
    out = view.out(max(w for w in view.record.left if w <= week))
    return on & ~out & (view.record.last_visit >= week)


def _value(quantity: str, occasion: Occasion, weeks: int | None, view: AnalysisView) -> tuple[Finding, ...]:
    """Peak, trough or area; ``weeks`` is the interval that an area belongs to. Those of the first dose are
    reported at the week of the first steady-state dose, if there is one."""
    steady = _sampled(view, "steady")
    read = steady if occasion == "steady" else _sampled(view, occasion)
    return tuple(
        Finding(
            getattr(one, quantity), one.on if weeks is None else one.on & (one.weeks == weeks),
            week=one.week if occasion == "steady" or not steady else steady[0].week,
        )
        for one in read
    )  # fmt: skip


def _ratio(quantity: str, view: AnalysisView) -> tuple[Finding, ...]:
    """Ratio of each steady-state dose to the first, of each child with intervals of one length."""
    return tuple(
        Finding(accumulation(getattr(first, quantity), getattr(steady, quantity)), both, week=steady.week)
        for first, steady, both in _pairs(view)
    )


def _accumulation(quantity: str, view: AnalysisView) -> tuple[Finding, ...]:
    """Ratio of mean values at steady state and after the first dose, which single low first troughs do not
    dominate."""
    found = []
    for first, steady, both in _pairs(view):
        before, now = getattr(first, quantity), getattr(steady, quantity)
        on = both & view.counted(steady.week) & (before > 0.0)
        found.append(Finding(now, on, partial(_of_means, before, now), steady.week))
    return tuple(found)


def _pairs(view: AnalysisView) -> Iterator[tuple[Sampled, Sampled, Bools]]:
    """The first dose with each steady-state dose, and the children with both and intervals of one length."""
    for first in _sampled(view, "first"):
        for steady in _sampled(view, "steady"):
            yield first, steady, first.on & steady.on & (first.weeks == steady.weeks)


def _of_means(before: Floats, now: Floats, own: Bools) -> float:
    return float(now[own].mean() / before[own].mean())


def _in_band(compute: OfTrial, band: str, view: AnalysisView) -> tuple[Finding, ...]:
    """The results for children of one weight band; none if the indication has no such bands."""
    if not view.trial.disease.weight_bands:
        return ()
    own = weight_bands(view.record.body["weight"])[band]
    return tuple(replace(one, among=own if one.among is None else one.among & own) for one in compute(view))


def _banded(endpoint: Endpoint) -> Iterator[Endpoint]:
    """The endpoint of all children, and of each band of weight."""
    yield endpoint
    assert endpoint.once is not None
    for band, words in BANDS.items():
        yield replace(
            endpoint, name=f"{endpoint.name}_{band}", label=endpoint.label + words,
            meaning=endpoint.meaning + words, once=partial(_in_band, endpoint.once, band),
        )  # fmt: skip


def _mean(name: str, label: str, unit: str, meaning: str, compute: OfTrial) -> Endpoint:
    return Endpoint(name, label, unit, meaning, "mean", once=compute)


def _area(occasion: Occasion, number: str) -> tuple[Endpoint, ...]:
    """The area over an interval of a number of weeks (0 for a few days), of all children and by weight
    band."""
    when = {"0": "days", "1": "1 week"}.get(number, f"{number} weeks")
    name, label, meaning = f"auc_{number}wk", f"AUC, {when}", f"over a steady interval of {when}"
    if occasion == "first":
        name, label, meaning = f"{name}_first", f"AUC, first {when}", f"over the first interval of {when}"
    compute = partial(_value, "auc", occasion, int(number))
    return tuple(_banded(_mean(name, label, AREA, meaning, compute)))


def _intervals(trial: Trial) -> tuple[str, ...]:
    """The lengths of the intervals of a design in weeks, each once."""
    return tuple(dict.fromkeys(str(round(one.days / 7)) for one in trial.dosing_intervals))


STEADY = (
    _mean(
        "cmax", "Peak level (Cmax)", LEVEL, "highest concentration of a steady-state dosing interval",
        partial(_value, "cmax", "steady", None),
    ),
    _mean(
        "ctrough", "Trough level", LEVEL, "before a dose at steady state",
        partial(_value, "ctrough", "steady", None),
    ),
)  # fmt: skip
FIRST = (
    _mean(
        "cmax_first", "Peak after the first dose", LEVEL, "highest concentration of the first interval",
        partial(_value, "cmax", "first", None),
    ),
    _mean(
        "ctrough_first", "Trough after the first dose", LEVEL, "at the end of the first interval",
        partial(_value, "ctrough", "first", None),
    ),
)  # fmt: skip
RATIOS = (
    _mean(
        "cmax_ratio", "Peak ratio", "1", "peak at steady state over that of the first dose",
        partial(_ratio, "cmax"),
    ),
    _mean(
        "ctrough_ratio", "Trough ratio", "1", "trough at steady state over that of the first dose",
        partial(_ratio, "ctrough"),
    ),
    _mean(
        "auc_ratio", "AUC ratio", "1", "area at steady state over that of the first interval",
        partial(_ratio, "auc"),
    ),
)  # fmt: skip
ACCUMULATIONS = tuple(
    Endpoint(
        f"{quantity}_accumulation",
        f"Accumulation, {label}",
        "1",
        "mean at steady state over mean after the first dose",
        "statistic",
        once=partial(_accumulation, quantity),
    )
    for quantity, label in (("cmax", "peak"), ("auc", "AUC"), ("ctrough", "trough"))
)
ENDPOINTS = (
    *(banded for one in STEADY for banded in _banded(one)),
    EndpointFamily(INTERVAL, partial(_area, "steady"), _intervals),
    *(banded for one in FIRST for banded in _banded(one)),
    EndpointFamily(INTERVAL, partial(_area, "first"), _intervals),
    *(banded for one in (*RATIOS, *ACCUMULATIONS) for banded in _banded(one)),
)
