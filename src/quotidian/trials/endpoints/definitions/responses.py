"""ACR responses: plain, adapted (without fever), at any visit so far, and that of ANAJIS."""

from __future__ import annotations

from functools import partial

import numpy as np

from quotidian.trials.criteria import jia_acr
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools
from quotidian.trials.endpoints.endpoint import Endpoint, Finding
from quotidian.trials.endpoints.signs import systemic_signs

LEVELS = (30, 50, 70, 90)
LEVELS_EVER = LEVELS[:3]
HALF = 0.5
"""ANAJIS: CRP and ESR at most this share of their values at entry."""


def _acr(view: AnalysisView, week: int, level: int) -> Bools:
    return view.once("acr", week, level, lambda: jia_acr(view.judged(0), view.judged(week), level))


def _plain(level: int, view: AnalysisView, week: int) -> Finding:
    return Finding(_acr(view, week, level))


def _adapted(level: int, view: AnalysisView, week: int) -> Finding:
    return Finding(_acr(view, week, level) & view.calm(week))


def _ever(level: int, view: AnalysisView, week: int) -> Finding:
    return Finding(_so_far(view, week, level))


def _so_far(view: AnalysisView, week: int, level: int) -> Bools:
    """A response at any visit so far at which the child was still in the trial."""
    record = view.record

    def look() -> Bools:
        now = jia_acr(view.judged(0), view.judged(week), level) & ~view.out(week)
        earlier = [w for w in record.weeks if 0 < w < week]
        return np.asarray(now | _so_far(view, earlier[-1], level)) if earlier else now

    return view.once("ever", week, level, look)


def _anajis(view: AnalysisView, week: int) -> Finding:
    record = view.record
    halved = record.crp[week] <= HALF * record.crp[0]
    halved &= view.core(week)["esr"] <= HALF * record.core[0]["esr"]
    return Finding(_acr(view, week, 30) & halved & ~systemic_signs(view, week))


PRIMARY = Endpoint(
    "primary", "Primary endpoint", "%",
    "JIA ACR30 and no fever for 7 days: no reading of 37.5 degC or more, unless the design says "
    "otherwise",
    "response", partial(_adapted, 30),
)  # fmt: skip
PLAIN = tuple(
    Endpoint(
        f"acr{n}", f"JIA ACR{n}", "%", f"3 of 6 core variables improved by {n} %", "response",
        partial(_plain, n),
    )
    for n in LEVELS
)  # fmt: skip
ADAPTED = tuple(
    Endpoint(
        f"adapted_acr{n}", f"Adapted ACR{n}", "%", f"JIA ACR{n} and no fever for 7 days", "response",
        partial(_adapted, n),
    )
    for n in LEVELS
)  # fmt: skip
EVER = tuple(
    Endpoint(
        f"acr{n}_ever", f"ACR{n} at any visit", "%", f"JIA ACR{n} at a visit so far", "share",
        partial(_ever, n),
    )
    for n in LEVELS_EVER
)  # fmt: skip
ANAJIS = Endpoint(
    "anajis_response", "ANAJIS response", "%", "JIA ACR30, no systemic sign, CRP and ESR lower by half",
    "response", _anajis,
)  # fmt: skip
ENDPOINTS = (PRIMARY, *PLAIN, *ADAPTED, *EVER, ANAJIS)
