"""Endpoints made from a number of the design: any interval and any dose has its rows, with labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.reports.wording import spoken
from quotidian.trials.analysis.endpoints import endpoint_results
from quotidian.trials.conduct.case_record import Exposure
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.endpoint import EndpointResult
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.rules import Escalation
from quotidian.trials.protocol.sampling import Kinetics, Occasion


def found(view: AnalysisView) -> dict[str, EndpointResult]:
    """Every result by its endpoint."""
    return {result.endpoint: result for result in endpoint_results(view.trial, view.record)}


def on_ladder(view: AnalysisView, *ladder: str) -> AnalysisView:
    """The trial with rising doses; every child goes one step up at week 6."""
    for week in view.record.weeks:
        view.record.level[week] = np.full(view.record.children, int(week >= 6))
    return replace(view, trial=replace(view.trial, escalation=Escalation(ladder, crp_above=15.0)))


def test_an_interval_of_five_weeks_has_an_area(reading: AnalysisView) -> None:
    for one in reading.record.exposure:
        one.days = 35.0
    results = found(replace(reading, trial=replace(reading.trial, kinetics=Kinetics(days=35.0, steady=8))))
    areas = [name for name in results if name.startswith("auc_") and name[4].isdigit()]
    assert areas == [
        f"auc_5wk{when}{band}" for when in ("", "_first") for band in ("", "_below_30_kg", "_from_30_kg")
    ]
    assert results["auc_5wk"].values[0] == 1500.0 and results["auc_5wk"].unit == "ug*day/mL"


def test_each_interval_and_each_steady_dose_has_its_own_rows(reading: AnalysisView) -> None:
    """Children 0 and 2 have weekly doses, 4 and 6 those of two weeks; doses of weeks 6 and 8 are sampled."""
    own, none = np.arange(8), np.zeros(8)
    weekly, fortnightly = (own % 2 == 0) & (own < 4), (own % 2 == 0) & (own >= 4)

    def exposure(occasion: Occasion, week: int, days: float, on: np.ndarray, area: float) -> Exposure:
        return Exposure(occasion, "tocilizumab", week, days, none + on, none, np.where(on, area, 0.0), on)

    reading.record.exposure = [
        exposure(occasion, week, days, on, area * (1.0 if week == 0 else week))
        for occasion, week in (("first", 0), ("steady", 6), ("steady", 8))
        for days, on, area in ((14.0, fortnightly, 10.0), (7.0, weekly, 3.0))
    ]  # type: ignore[misc]
    plans = tuple(Kinetics(days=days, steady=(6, 8)) for days in (14.0, 7.0))
    view = replace(reading, trial=replace(reading.trial, kinetics=plans))
    areas = {
        (one.endpoint, one.week): one.of(own >= 0)
        for one in endpoint_results(view.trial, view.record)
        if one.endpoint in ("auc_1wk", "auc_2wk", "auc_1wk_first", "auc_accumulation")
    }
    assert areas == {
        ("auc_2wk", 6): 60.0, ("auc_2wk", 8): 80.0, ("auc_1wk", 6): 18.0, ("auc_1wk", 8): 24.0,
        ("auc_1wk_first", 6): 3.0, ("auc_accumulation", 6): 6.0, ("auc_accumulation", 8): 8.0,
    }  # fmt: skip


def test_a_dose_between_the_usual_ones_has_rows(reading: AnalysisView) -> None:
    results = found(on_ladder(reading, "tocilizumab-iv:2.5mg/kg/2wk", "tocilizumab-iv:5mg/kg/2wk"))
    doses = [name for name in results if "_at_" in name]
    assert doses == ["acr70_at_2.5", "settled_at_2.5", "acr70_at_5", "settled_at_5"]
    assert results["settled_at_2.5"].values.max() == 0.0 and results["settled_at_5"].values.min() == 100.0


def test_a_dose_per_patient_has_its_unit_in_its_name(reading: AnalysisView) -> None:
    results = found(on_ladder(reading, "tocilizumab-sc:81mg/2wk", "tocilizumab-sc:162mg/2wk"))
    assert {"settled_at_81_mg", "settled_at_162_mg"} <= results.keys()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("auc_5wk", "AUC, 5 weeks"),
        ("auc_1wk", "AUC, 1 week"),
        ("auc_9wk_first_from_30_kg", "AUC, first 9 weeks, from 30 kg"),
        ("acr70_at_2.5", "ACR70 at 2.5 mg/kg"),
        ("settled_at_162_mg", "Settled at 162 mg"),
    ],
)
def test_a_label_is_made_from_the_number(name: str, label: str) -> None:
    assert spoken(name) == ENDPOINTS[name].label == label


@pytest.mark.parametrize("name", ["auc_wk", "auc_05wk", "auc_2.5wk", "acr70_at_x", "acr50_at_4", "auc_5wk_x"])
def test_a_name_without_such_a_number_is_unknown(name: str) -> None:
    assert name not in ENDPOINTS


def test_a_design_without_interval_and_ladder_has_no_member(reading: AnalysisView) -> None:
    names = {endpoint.name for endpoint in ENDPOINTS.of_trial(replace(reading.trial, kinetics=None))}
    assert "cmax" in names and not [name for name in names if "_at_" in name or "wk" in name]
