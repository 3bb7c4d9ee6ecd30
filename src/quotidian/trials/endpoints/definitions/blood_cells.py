"""Blood cells: anaemia corrected, and neutropenia at any visit so far."""

from __future__ import annotations

import numpy as np

from quotidian.trials.criteria import anaemic, neutropenic
from quotidian.trials.endpoints.analysis_view import YEAR_WEEKS, AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding


def _anaemia_normalised(view: AnalysisView, week: int) -> Finding:
    return Finding(~_anaemic(view, week), _anaemic(view, 0))


def _anaemic(view: AnalysisView, week: int) -> Bools:
    record = view.record
    age, female = record.body["age"] + week / YEAR_WEEKS, record.body["female"] > 0
    return anaemic(record.observed[week]["haemoglobin"], age, female)


def _neutropenia(view: AnalysisView, week: int) -> Finding:
    visits = [w for w in view.record.weeks if 0 < w <= week]
    return Finding(neutropenic(np.stack([_neutrophils(view, w) for w in visits])))


def _neutrophils(view: AnalysisView, week: int) -> Floats:
    """Neutrophil count of a visit; that before any drug for a child who is out of its arm."""
    now, before = (view.record.neutrophils[w] for w in (week, 0))
    return np.where(view.out(week), np.maximum(now, before), now)


ENDPOINTS = (
    Endpoint(
        "anaemia_normalised", "Anaemia gone", "%", "of those anaemic at entry for age and sex", "response",
        _anaemia_normalised, needs=("haemoglobin",),
    ),
    Endpoint(
        "neutropenia", "Neutropenia", "%", "below 1.0·10⁹/L as counted before the dose of any visit so far",
        "share", _neutropenia, needs=("neutrophils",),
    ),
)  # fmt: skip
