"""Markers of inflammation in serum: CRP, ESR, serum amyloid A, and the soluble receptor."""

from __future__ import annotations

from functools import partial

from quotidian.trials.criteria import all_normal, crp_low
from quotidian.trials.endpoints.analysis_view import AnalysisView, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding, observed_at_entry

CRP_NORMAL = 10.0
"""mg/L."""


def _crp_normal(view: AnalysisView, week: int) -> Finding:
    return Finding(view.record.observed[week]["crp"] < CRP_NORMAL)


def _crp_low(view: AnalysisView, week: int) -> Finding:
    return Finding(crp_low(view.record.observed[week]["crp"]))


def _markers_normal(view: AnalysisView, week: int) -> Finding:
    seen = view.record.observed[week]
    return Finding(all_normal(seen["crp"], view.record.core[week]["esr"], seen["saa"]))


def _level(name: str, view: AnalysisView, week: int) -> Finding:
    """The observable in children who are still in the trial and on their arm."""
    return Finding(view.record.observed[week][name], ~view.out(week))


def _change(name: str, view: AnalysisView, week: int) -> Finding:
    """Per cent of the value at entry, of each child still in the trial and on its arm."""
    before, now = (_marker(name, view, w) for w in (0, week))
    return Finding(100.0 * (now / before - 1.0), ~view.out(week))


def _marker(name: str, view: AnalysisView, week: int) -> Floats:
    record = view.record
    return record.core[week]["esr"] if name == "esr" else record.observed[week][name]


CHANGES = tuple(
    Endpoint(
        f"{name}_change_percent", f"{name.upper()}, change", "%", "mean of the children's changes", "mean",
        partial(_change, name), needs=(name,) if name == "saa" else (),
    )
    for name in ("crp", "esr", "saa")
)  # fmt: skip
ENDPOINTS = (
    *CHANGES,
    Endpoint("crp_normal", "CRP below 10 mg/L", "%", "", "response", _crp_normal),
    Endpoint("crp_low", "CRP below 5 mg/L", "%", "", "response", _crp_low),
    Endpoint(
        "crp", "CRP", "mg/L", "mean of those still in the trial", "mean", partial(_level, "crp"),
        observed_at_entry("crp"),
    ),
    Endpoint(
        "markers_normal", "CRP, ESR and SAA normal", "%", "below 5 mg/L, 20 mm/h and 10 mg/L", "response",
        _markers_normal, needs=("saa",),
    ),
    Endpoint(
        "sil6r_total", "Total soluble IL-6R", "ng/mL", "mean", "mean", partial(_level, "sil6r_total"),
        observed_at_entry("sil6r_total"), needs=("sil6r_total",),
    ),
)  # fmt: skip
