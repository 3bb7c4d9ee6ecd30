"""Disease activity of a visit: JADAS and its states, inactive disease, clinical remission."""

from __future__ import annotations

import numpy as np

from quotidian.trials.criteria import clinical_remission, inactive, jadas, jadas_state
from quotidian.trials.endpoints.analysis_view import AnalysisView, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding
from quotidian.trials.endpoints.signs import inactive_2004

REMISSION_WEEKS = 26
MINIMAL, HIGH = 1, 3
"""Indices of the states in ``criteria.STATES``."""


def _score(view: AnalysisView, week: int, version: int) -> Floats:
    core = view.core(week)
    joints = (core["physician_global"], core["parent_global"], core["active_joints"])
    return view.once("jadas", week, version, lambda: jadas(*joints, esr=core["esr"], version=version))


def _jadas71(view: AnalysisView, week: int) -> Finding:
    return Finding(_score(view, week, 71), ~view.out(week))


def _jadas27(view: AnalysisView, week: int) -> Finding:
    return Finding(_score(view, week, 27), ~view.out(week))


def _no_active_joints(view: AnalysisView, week: int) -> Finding:
    return Finding(view.core(week)["active_joints"] < 1.0)


def _inactive_jadas(view: AnalysisView, week: int) -> Finding:
    return Finding(inactive(_score(view, week, 71)))


def _minimal(view: AnalysisView, week: int) -> Finding:
    return Finding(jadas_state(_score(view, week, 71)) <= MINIMAL)


def _high(view: AnalysisView, week: int) -> Finding:
    return Finding(jadas_state(_score(view, week, 71)) == HIGH, ~view.out(week))


def _inactive_2004(view: AnalysisView, week: int) -> Finding:
    return Finding(inactive_2004(view, week))


def _remission(view: AnalysisView, week: int) -> Finding | None:
    """Six months of inactive disease, if visits cover this time."""
    weeks = [0, *(w for w in view.trial.visits if w <= week)]
    if week < REMISSION_WEEKS:
        return None
    return Finding(clinical_remission(weeks, np.stack([inactive_2004(view, w) for w in weeks]))[-1])


ENDPOINTS = (
    Endpoint("jadas71", "JADAS-71", "1", "mean score", "mean", _jadas71),
    Endpoint("jadas27", "JADAS-27", "1", "mean score", "mean", _jadas27),
    Endpoint(
        "no_active_joints", "No active joints", "%", "no joint with active arthritis", "response",
        _no_active_joints,
    ),
    Endpoint(
        "inactive_jadas", "Inactive disease, JADAS", "%", "JADAS-71 of 1 or less", "response", _inactive_jadas
    ),
    Endpoint(
        "minimal_jadas", "Minimal disease activity", "%", "JADAS-71 of 3.8 or less", "response", _minimal
    ),
    Endpoint("high_jadas", "High disease activity", "%", "JADAS-71 above 10.5", "share", _high),
    Endpoint(
        "inactive_2004", "Inactive disease, 2004", "%", "by the criteria of Wallace 2004", "response",
        _inactive_2004,
    ),
    Endpoint(
        "remission", "Clinical remission on medication", "%", "six months of inactive disease", "response",
        _remission,
    ),
)  # fmt: skip
