"""Characteristics at entry, as a published table describes them: means, medians and shares at week 0."""

from __future__ import annotations

from functools import partial

import numpy as np

from quotidian.trials.criteria import no_fever
from quotidian.trials.endpoints.analysis_view import TWO_WEEKS, AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import AtEntry, Endpoint, Finding, observed_at_entry

HIGH_STEROID = 0.3
"""mg/kg/day."""


def _body(name: str, view: AnalysisView) -> Finding | None:
    return Finding(view.record.body[name]) if name in view.record.body else None


def _core(name: str, view: AnalysisView) -> Finding:
    return Finding(view.record.core[0][name])


def _febrile(threshold: float, view: AnalysisView) -> Finding:
    record = view.record
    return Finding(~no_fever(record.chart, record.chart_days, 8 / 24, TWO_WEEKS, threshold))


def _high_steroid(view: AnalysisView) -> Finding | None:
    body = view.record.body
    return Finding(body["steroid"] >= HIGH_STEROID) if "steroid" in body else None


def _methotrexate(view: AnalysisView) -> Finding | None:
    body = view.record.body
    return Finding(body["methotrexate"] > 0) if "methotrexate" in body else None


def _mean(name: str, label: str, unit: str, compute: AtEntry) -> Endpoint:
    return Endpoint(name, label, unit, "at entry", "mean", at_entry=compute)


def _median(compute: AtEntry, view: AnalysisView) -> Finding | None:
    """The median of the values of ``compute`` over children."""
    found = compute(view)
    return found and Finding(found.values, found.among, partial(_of_group, found.values))


def _of_group(values: Floats, own: Bools) -> float:
    return float(np.median(values[own]))


def _as_median(endpoint: Endpoint) -> Endpoint:
    assert endpoint.at_entry is not None
    return Endpoint(
        f"{endpoint.name}_median", f"{endpoint.label}, median", endpoint.unit, "median at entry", "statistic",
        at_entry=partial(_median, endpoint.at_entry),
    )  # fmt: skip


MEANS = (
    _mean("age", "Age", "year", partial(_body, "age")),
    _mean("weight", "Body weight", "kg", partial(_body, "weight")),
    _mean("disease_duration", "Disease duration", "year", partial(_body, "duration")),
    _mean("active_joints", "Active joints", "1", partial(_core, "active_joints")),
    _mean("limited_joints", "Limited joints", "1", partial(_core, "limited_joints")),
    _mean("physician_global", "Physician's global", "1", partial(_core, "physician_global")),
    _mean("parent_global", "Parent's global", "1", partial(_core, "parent_global")),
    _mean("chaq", "CHAQ", "1", partial(_core, "chaq")),
    _mean("esr", "ESR", "mm/h", partial(_core, "esr")),
    _mean("saa", "SAA", "mg/L", observed_at_entry("saa")),
)
OF_CRP = _mean("crp", "CRP", "mg/L", observed_at_entry("crp"))
SHARES = (
    Endpoint(
        "febrile", "Febrile", "%", "any reading of 37.5 degC or more in 14 days", "share",
        at_entry=partial(_febrile, 37.5),
    ),
    Endpoint(
        "febrile_38", "Febrile, 38 °C", "%", "any reading of 38 degC or more in 14 days", "share",
        at_entry=partial(_febrile, 38.0),
    ),
    Endpoint(
        "steroid_from_0_3", "On 0.3 mg/kg/day or more", "%", "of prednisolone at entry", "share",
        at_entry=_high_steroid,
    ),
    Endpoint("methotrexate", "On methotrexate", "%", "at entry", "share", at_entry=_methotrexate),
)  # fmt: skip
ENDPOINTS = (*MEANS, *map(_as_median, (*MEANS, OF_CRP)), *SHARES)
