"""Macrophage activation syndrome: by the criteria of 2016, and its rates. All end when a child leaves."""

from __future__ import annotations

import numpy as np

from quotidian.patients.mas_criteria import IN_MAS
from quotidian.trials.criteria import meets_mas
from quotidian.trials.criteria.laboratory import MAS_SIGNS
from quotidian.trials.endpoints.analysis_view import YEAR_WEEKS, AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding

RATE = "1/(100*year)"


def _visits(view: AnalysisView, week: int) -> list[int]:
    return [w for w in view.record.weeks if 0 < w <= week]


def _there(view: AnalysisView, week: int) -> Bools:
    """Children still in the trial, [visit, child]."""
    return view.once("there", week, 0, lambda: np.stack([~view.record.left[w] for w in _visits(view, week)]))


def _recognised(view: AnalysisView, week: int) -> Finding:
    met = np.stack([_met(view, w) for w in _visits(view, week)])
    return Finding(np.asarray((met & _there(view, week)).any(axis=0)))


def _met(view: AnalysisView, week: int) -> Bools:
    return view.once("mas_2016", week, 0, lambda: meets_mas(_signs(view, week)))


def _signs(view: AnalysisView, week: int) -> dict[str, Floats]:
    """The signs that the criteria read; temperature is the highest reading of the last day."""
    record = view.record
    end = week * 7 + 8 / 24
    day = (record.chart_days > end - 1.0 + 1e-6) & (record.chart_days <= end + 1e-6)
    seen = {name: record.observed[week][name] for name in MAS_SIGNS[1:]}
    return {"temperature": record.chart[:, day].max(axis=1), **seen}


def _rate(view: AnalysisView, week: int) -> Finding:
    record = view.record
    visits = _visits(view, week)
    active = [record.highest.get(w, record.observed[w]["macrophage_activation"]) for w in visits]
    return _per_time_at_risk(view, week, (np.stack(active) > IN_MAS) & _there(view, week))


def _rate_recognised(view: AnalysisView, week: int) -> Finding | None:
    record, visits = view.record, _visits(view, week)
    if not all(w in record.recognised for w in visits):
        return None
    seen = np.stack([record.recognised[w] for w in visits]) & _there(view, week)
    return _per_time_at_risk(view, week, seen)


def _per_time_at_risk(view: AnalysisView, week: int, ill: Bools) -> Finding:
    """First episodes over time at risk, of ``ill`` [visit, child]."""
    visits, there, last = np.array(_visits(view, week)), _there(view, week), view.record.last_visit
    followed = np.where(there[-1], week, visits[np.argmin(there, axis=0)])
    ill = ill & (visits[:, None] <= last)
    struck = np.asarray(ill.any(axis=0))
    years = np.where(struck, visits[ill.argmax(axis=0)], np.minimum(followed, last)) / YEAR_WEEKS

    def per_hundred(own: Bools) -> float:
        return float(100.0 * struck[own].sum() / years[own].sum())

    return Finding(struck.astype(float), None, per_hundred)


ENDPOINTS = (
    Endpoint(
        "mas_recognised", "MAS by the 2016 criteria", "%", "met at any visit so far", "share", _recognised,
        needs=MAS_SIGNS[1:], estimand="treatment-policy",
    ),
    Endpoint(
        "mas_rate", "MAS rate", RATE, "first MAS by the model's state, per 100 patient-years", "statistic",
        _rate, needs=("macrophage_activation",), estimand="treatment-policy",
    ),
    Endpoint(
        "mas_rate_recognised", "MAS rate, recognised", RATE,
        "first MAS that met the 2016 criteria when seen, per 100 patient-years", "statistic",
        _rate_recognised, needs=("macrophage_activation", *MAS_SIGNS[1:]), estimand="treatment-policy",
    ),
)  # fmt: skip
