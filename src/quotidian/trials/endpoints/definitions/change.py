"""Changes since entry of blood and serum: haemoglobin and albumin."""

from __future__ import annotations

from functools import partial

from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.endpoint import Endpoint, Finding


def _change(name: str, view: AnalysisView, week: int) -> Finding:
    """Change of the observable since entry, in patients who are still in the trial and on their arm."""
    observed = view.record.observed
    return Finding(observed[week][name] - observed[0][name], ~view.out(week))


def _endpoint(name: str, label: str, unit: str) -> Endpoint:
    return Endpoint(
        f"{name}_change",
        label,
        unit,
        "since entry",
        "mean",
        partial(_change, name),
        needs=(name,),
        on_request=True,
    )


ENDPOINTS = (
    _endpoint("haemoglobin", "Haemoglobin, change", "g/dL"),
    _endpoint("albumin", "Albumin, change", "g/L"),
)
