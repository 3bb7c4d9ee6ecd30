"""Children who leave: withdrawal, escape from blinded treatment, and freedom from flare."""

from __future__ import annotations

import numpy as np

from quotidian.statistics.survival import kaplan_meier
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools
from quotidian.trials.endpoints.endpoint import Endpoint, Finding


def _withdrawn(view: AnalysisView, week: int) -> Finding:
    return Finding(view.record.left[week])


def _escaped(view: AnalysisView, week: int) -> Finding | None:
    return None if _randomised_at(view, week) is None else Finding(view.gone(week))


def _randomised_at(view: AnalysisView, week: int) -> int | None:
    """First week of the randomised period, for visits in it; None for other visits."""
    span = view.trial.randomised
    return None if span is None or not span[0] < week <= span[1] else span[0]


def _flare_free(view: AnalysisView, week: int) -> Finding | None:
    """Kaplan-Meier share at a visit; other withdrawals, and the end of the trial, censor a child.

    In an event-driven trial the share is constant after the end of follow-up of the last child.
    """
    record, start = view.record, _randomised_at(view, week)
    if start is None:
        return None
    event = np.fmin(view.first("flare"), view.first("escape"))
    left = view.first("withdrawal")
    end = np.fmin(np.fmin(event, left), np.minimum(record.last_visit, float(week))) - start
    happened = (event <= week) & ~(left < event)

    def share(own: Bools) -> float:
        curve = kaplan_meier(np.maximum(end[own], 0.0), happened[own])
        followed = np.inf if record.ending is None else curve.ends[-1]
        return 100.0 * curve.at(min(week - start, followed))

    return Finding(np.where(happened, 0.0, 100.0), record.arm >= 0, share)


ENDPOINTS = (
    Endpoint(
        "withdrawn",
        "Withdrawn",
        "%",
        "discontinued the trial so far",
        "share",
        _withdrawn,
        by_events=True,
        estimand="treatment-policy",
    ),
    Endpoint(
        "escaped",
        "Escaped",
        "%",
        "given open-label drug or rescued so far",
        "share",
        _escaped,
        by_events=True,
        estimand="composite",
    ),
    Endpoint(
        "flare_free",
        "Free of flare",
        "%",
        "Kaplan-Meier since randomisation",
        "statistic",
        _flare_free,
        estimand="composite",
    ),
)
