"""Glucocorticoid of children who took it at entry: dose, discontinuation, and successful taper."""

from __future__ import annotations

import numpy as np

from quotidian.trials.criteria import jia_acr, jia_acr_flare, steroid_free, taper_success
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding

TAPER_VISITS = (6, 8)
"""Weeks at which TENDER's taper could begin (US label of Actemra, section 14)."""


def _on_steroid(view: AnalysisView, week: int) -> Bools | None:
    """Children on steroid at entry; None if no dose was recorded or no child had any."""
    record = view.record
    if 0 not in record.steroid or week not in record.steroid:
        return None
    had = _dose(view, 0) > 0.0
    return had if had.any() else None


def _dose(view: AnalysisView, week: int) -> Floats:
    """Steroid dose of a visit; at entry, the dose before any change."""
    return view.record.body["steroid"] if week == 0 else view.record.steroid[week]


def _mean_dose(view: AnalysisView, week: int) -> Finding | None:
    had = _on_steroid(view, week)
    return None if had is None else Finding(_dose(view, week), had & ~view.out(week))


def _dose_at_entry(view: AnalysisView) -> Finding | None:
    return Finding(view.record.body["steroid"]) if "steroid" in view.record.body else None


def _free(view: AnalysisView, week: int) -> Finding | None:
    """A child that has left is not off steroid, whatever its last visit was: nobody knows its dose."""
    had = _on_steroid(view, week)
    return None if had is None else Finding(steroid_free(_dose(view, week)) & ~view.record.left[week], had)


def _taper_success(view: AnalysisView, week: int) -> Finding | None:
    had = _on_steroid(view, week)
    return None if had is None else Finding(_tapered(view, week, had), had)


def _tapered(view: AnalysisView, week: int, had: Bools) -> Bools:
    """Taper success of those who had steroid; false for the others."""
    visits = [w for w in view.record.weeks if w <= week]
    dose = np.stack([_dose(view, w) for w in visits])
    # a flare is defined against the previous visit; against entry, hardly any treated child could flare
    earlier = [visits[max(i - 1, 0)] for i in range(len(visits))]
    flare = np.stack([_flare(view, a, b) for a, b in zip(earlier, visits, strict=True)])
    fever = np.stack([~view.calm(w) for w in visits])
    found = ~view.everyone
    found[had] = taper_success(dose[:, had], flare[:, had], fever[:, had])
    return found


def _flare(view: AnalysisView, earlier: int, now: int) -> Bools:
    return view.once("acr_flare", now, earlier, lambda: jia_acr_flare(view.judged(earlier), view.judged(now)))


def _may_taper(view: AnalysisView, week: int) -> Finding | None:
    """JIA ACR70 at a visit of the taper, on any drug, because the findings of the visit decide the taper."""
    record, had = view.record, _on_steroid(view, week)
    if had is None or week != TAPER_VISITS[-1] or not all(w in record.core for w in TAPER_VISITS):
        return None
    found = ~view.everyone
    for visit in TAPER_VISITS:
        there = ~(record.left[visit] | record.missed[visit])
        found = found | (jia_acr(view.judged(0), view.judged(visit), 70) & there)
    return Finding(found, had)


STEROID = Endpoint(
    "steroid", "Prednisolone", "mg/(kg*day)", "mean dose of those on steroid at entry", "mean", _mean_dose,
    _dose_at_entry,
)  # fmt: skip
ENDPOINTS = (
    STEROID,
    Endpoint(
        "steroid_free", "Off steroid", "%",
        "of those on steroid at entry; a child that left counts as on steroid",
        "response", _free, estimand="composite",
    ),
    Endpoint(
        "taper_success", "Taper success", "%", "dose reduced by 20 % or more, without flare or fever since",
        "response", _taper_success,
    ),
    Endpoint(
        "acr70_taper", "ACR70 for the taper", "%", "JIA ACR70 at week 6 or 8, of those on steroid", "share",
        _may_taper, estimand="treatment-policy",
    ),
)  # fmt: skip
