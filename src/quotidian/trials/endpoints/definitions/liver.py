"""Transaminases: whether ALT or AST lay above multiples of its upper limit at any visit so far."""

from __future__ import annotations

from functools import partial

import numpy as np

from quotidian.drugs.safety import upper_limit
from quotidian.trials.endpoints.analysis_view import AnalysisView, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding

MULTIPLES = {"above_limit": (1.0, "its upper limit"), "above_2_5": (2.5, "2.5 times its upper limit")}
"""Grades of the label: by the end of a name, the multiple and its words."""


def _raised(name: str, times: float, view: AnalysisView, week: int) -> Finding:
    visits = [w for w in view.record.weeks if 0 < w <= week]
    worst = np.max([_reading(name, view, w) for w in visits], axis=0)
    return Finding(worst > times * upper_limit(name))


def _reading(name: str, view: AnalysisView, week: int) -> Floats:
    """U/L at a visit; 0 for a child that is out of its arm by then, of whom nothing more is read."""
    return np.where(view.out(week), 0.0, view.record.observed[week][name])


ENDPOINTS = tuple(
    Endpoint(
        f"{name}_{end}", f"{name.upper()} above {words}", "%", "at any visit so far", "share",
        partial(_raised, name, times), needs=(name,),
    )
    for name in ("alt", "ast")
    for end, (times, words) in MULTIPLES.items()
)  # fmt: skip
