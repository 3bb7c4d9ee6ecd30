"""Disappearance of systemic signs in children who had them at entry."""

from __future__ import annotations

from quotidian.trials.criteria import no_fever
from quotidian.trials.endpoints.analysis_view import TWO_WEEKS, AnalysisView
from quotidian.trials.endpoints.endpoint import Endpoint, Finding
from quotidian.trials.endpoints.signs import RASH_SEEN


def _fever_free(view: AnalysisView, week: int) -> Finding:
    record, fever = view.record, view.trial.fever_from
    febrile = ~no_fever(record.chart, record.chart_days, 8 / 24, TWO_WEEKS, fever)
    return Finding(view.calm(week, TWO_WEEKS), febrile)


def _rash_free(view: AnalysisView, week: int) -> Finding:
    observed = view.record.observed
    return Finding(observed[week]["rash"] < RASH_SEEN, observed[0]["rash"] >= RASH_SEEN)


FEVER_FREE = Endpoint(
    "fever_free", "No fever", "%",
    "for 14 days, of those febrile at entry; fever as in the primary endpoint", "response", _fever_free,
)  # fmt: skip
RASH_FREE = Endpoint(
    "rash_free", "No rash", "%", "of those with a rash at entry", "response", _rash_free, needs=("rash",)
)
ENDPOINTS = (FEVER_FREE, RASH_FREE)
