"""Growth over years: velocity, height and IGF-1 as SD scores."""

from __future__ import annotations

from quotidian.trials.criteria import height_sds, height_velocity
from quotidian.trials.endpoints.analysis_view import YEAR_WEEKS, AnalysisView, Floats
from quotidian.trials.endpoints.endpoint import Endpoint, Finding, observed_at_entry

YEAR = 52
"""Interval of visits from which velocity is computed, weeks."""


def _height_sds(view: AnalysisView, week: int) -> Finding:
    return Finding(_score(view, week), ~view.out(week))


def _height_sds_change(view: AnalysisView, week: int) -> Finding:
    return Finding(_score(view, week) - _score(view, 0), ~view.out(week))


def _score(view: AnalysisView, week: int) -> Floats:
    """Height SD score: that of the model if it is recorded, else from height, age and sex."""
    record = view.record
    if view.has("height_sds", week):
        return record.observed[week]["height_sds"]
    age, female = record.body["age"] + week / YEAR_WEEKS, record.body["female"] > 0
    return view.once("height_sds", week, 0, lambda: height_sds(record.observed[week]["height"], age, female))


def _velocity(view: AnalysisView, week: int) -> Finding | None:
    if not view.has("height", week - YEAR):
        return None
    before, now = (view.record.observed[w]["height"] for w in (week - YEAR, week))
    return Finding(height_velocity(before, now, float(YEAR)), ~view.out(week))


def _igf1(view: AnalysisView, week: int) -> Finding:
    return Finding(view.record.observed[week]["igf1_sds"], ~view.out(week))


ENDPOINTS = (
    Endpoint(
        "height_sds", "Height SD score", "1", "CDC 2000", "mean", _height_sds,
        observed_at_entry("height_sds"), needs=("height",),
    ),
    Endpoint(
        "height_sds_change", "Height SD score, change", "1", "since entry", "mean", _height_sds_change,
        needs=("height",),
    ),
    Endpoint(
        "height_velocity", "Height velocity", "cm/year", "over the year before", "mean", _velocity,
        needs=("height",),
    ),
    Endpoint(
        "igf1_sds", "IGF-1 SD score", "1", "mean", "mean", _igf1, observed_at_entry("igf1_sds"),
        needs=("igf1_sds",),
    ),
)  # fmt: skip
