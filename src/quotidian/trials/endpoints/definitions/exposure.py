"""Exposure: peak, trough and area of the first and of a steady dose, their ratios, by band of weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from quotidian.trials.conduct.case_record import Exposure, Occasion
from quotidian.trials.criteria import accumulation, weight_bands
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding, OfTrial
from quotidian.trials.endpoints.family import EndpointFamily
from quotidian.trials.protocol.design import Trial

BANDS = {"below_30_kg": ", below 30 kg", "from_30_kg": ", from 30 kg"}
INTERVAL = r"auc_(0|[1-9][0-9]*)wk"
"""Names of areas: the number is the weeks of the dosing interval."""
LEVEL, AREA = "ug/mL", "ug*day/mL"


class Sampled(NamedTuple):
    """One dosing interval of each child: peak, trough and area, and whether it was still on the assigned
    dose."""

    week: int
    weeks: int
    cmax: Floats
    ctrough: Floats
    auc: Floats
    on: Bools


def _sampled(view: AnalysisView, occasion: Occasion) -> Sampled | None:
    """The interval of the first or of the steady-state dose, if the design sampled it."""
    one = view.record.exposure.get(occasion)
    if one is None:
        return None
    steady = occasion == "steady"
    trough = _before_dose(view, one) if steady else one.ctrough
    on = _still_on(view, one) if steady else one.on
    return Sampled(one.week, _weeks(one.days), one.cmax, trough, one.auc, on)


def _weeks(days: float) -> int:
    return round(days / 7)


def _before_dose(view: AnalysisView, steady: Exposure) -> Floats:
    """Trough before the steady-state dose, as in trials; at the end of its interval if there was no visit
    before it."""
    return view.record.observed.get(steady.week, {}).get(steady.drug, steady.ctrough)


def _still_on(view: AnalysisView, one: Exposure) -> Bools:
    out = view.out(max(w for w in view.record.left if w <= one.week))
    return one.on & ~out & (view.record.last_visit >= one.week)


def _reported_at(view: AnalysisView) -> int:
    """Week of the steady-state dose; that of the first dose if no other was sampled."""
    taken = view.record.exposure
    return (taken.get("steady") or taken["first"]).week


def _value(quantity: str, occasion: Occasion, weeks: int | None, view: AnalysisView) -> Finding | None:
    """Peak, trough or area; ``weeks`` is the interval that an area belongs to."""
    one = _sampled(view, occasion)
    if one is None or (weeks is not None and weeks != one.weeks):
        return None
    return Finding(getattr(one, quantity), one.on, week=_reported_at(view))


def _ratio(quantity: str, view: AnalysisView) -> Finding | None:
    """Ratio of steady-state to first dose, of each child."""
    first, steady = _sampled(view, "first"), _sampled(view, "steady")
    if first is None or steady is None:
        return None
    ratio = accumulation(getattr(first, quantity), getattr(steady, quantity))
    return Finding(ratio, steady.on & first.on, week=steady.week)


def _accumulation(quantity: str, view: AnalysisView) -> Finding | None:
    """Ratio of mean values at steady state and after the first dose, which single low first troughs do not
    dominate."""
    first, steady = _sampled(view, "first"), _sampled(view, "steady")
    if first is None or steady is None:
        return None
    before, now = getattr(first, quantity), getattr(steady, quantity)
    on = steady.on & first.on & view.counted(steady.week) & (before > 0.0)
    return Finding(now, on, partial(_of_means, before, now), steady.week)


def _of_means(before: Floats, now: Floats, own: Bools) -> float:
    return float(now[own].mean() / before[own].mean())


def _in_band(compute: OfTrial, band: str, view: AnalysisView) -> Finding | None:
    """The result for children of one weight band; None if the indication has no such bands."""
    if not view.trial.disease.weight_bands:
        return None
    found = compute(view)
    if found is None:
        return None
    own = weight_bands(view.record.body["weight"])[band]
    return replace(found, among=own if found.among is None else found.among & own)


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


def _interval(trial: Trial) -> tuple[str, ...]:
    return () if trial.kinetics is None else (str(_weeks(trial.kinetics.days)),)


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
    EndpointFamily(INTERVAL, partial(_area, "steady"), _interval),
    *(banded for one in FIRST for banded in _banded(one)),
    EndpointFamily(INTERVAL, partial(_area, "first"), _interval),
    *(banded for one in (*RATIOS, *ACCUMULATIONS) for banded in _banded(one)),
)
