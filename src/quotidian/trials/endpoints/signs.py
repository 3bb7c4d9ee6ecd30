"""Systemic signs at a visit, shared by several endpoints."""

from __future__ import annotations

import numpy as np

from quotidian.trials.criteria import wallace_2004
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools

RASH_SEEN, SEROSITIS_SEEN = 0.01, 1.0
"""Thresholds of rash (share of body surface) and serositis (scale of the model); see
biology/skin_and_serosa."""


def systemic_signs(view: AnalysisView, week: int) -> Bools:
    """Fever in the last 7 days, or rash or serositis at the visit if they were recorded, [child]."""
    found = ~view.calm(week)
    for name, seen in (("rash", RASH_SEEN), ("serositis", SEROSITIS_SEEN)):
        if view.has(name, week):
            found = found | (view.record.observed[week][name] >= seen)
    return np.asarray(found)


def inactive_2004(view: AnalysisView, week: int) -> Bools:
    """Inactive disease by the criteria of Wallace 2004, of each child at a visit, [child]."""
    core = view.core(week)
    return view.once(
        "inactive_2004", week, 0,
        lambda: wallace_2004(
            core["active_joints"], core["physician_global"], core["esr"], view.record.observed[week]["crp"],
            systemic_signs(view, week),
        ),
    )  # fmt: skip
