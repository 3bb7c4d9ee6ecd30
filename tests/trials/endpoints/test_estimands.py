"""What a rescue does to an endpoint, as its row states it; each number worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quotidian.api.trial_tables import visits
from quotidian.application.study_file import faults_of
from quotidian.trials.analysis.endpoints import by_replicate, endpoint_results
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.methods_text import procedure_of
from quotidian.trials.protocol.design import Period
from quotidian.trials.protocol.library import design, names
from quotidian.trials.protocol.rules import Estimand

CHILD_4 = np.arange(8) == 4


def number(reading: AnalysisView, endpoint: str, week: int, **design: Any) -> float:
    """That of the three children on the drug in the first replicate, for a design with these fields."""
    trial = replace(reading.trial, **design)
    found = {(m.endpoint, m.week): m for m in endpoint_results(trial, reading.record)}
    return by_replicate(found[endpoint, week], reading.record, 0)[0]


@pytest.fixture
def rescued(reading: AnalysisView, record: CaseRecord) -> AnalysisView:
    """Child 4 responds at week 2, has lost its response at week 6, is rescued there, and responds again."""
    record.write([4], 6, "escape")
    for group in (record.core[6], record.observed[6]):
        for name, values in group.items():
            before = record.core[0].get(name, record.observed[0].get(name))
            group[name] = np.where(CHILD_4, before, values)
    return reading


@pytest.mark.parametrize(
    ("estimand", "week_8"),
    [("composite", 200 / 3), ("while-on-treatment", 200 / 3), ("treatment-policy", 100.0)],
)  # fmt: skip
def test_a_rescue_counts_as_the_estimand_says(
    rescued: AnalysisView, estimand: Estimand, week_8: float
) -> None:
    assert number(rescued, "acr50", 6, estimand=estimand) == pytest.approx(200 / 3)
    for endpoint in ("acr50", "crp_normal"):
        assert number(rescued, endpoint, 8, estimand=estimand) == pytest.approx(week_8), endpoint


def test_a_response_of_before_the_rescue_is_not_carried_past_the_visit_that_lost_it(
    rescued: AnalysisView,
) -> None:
    assert number(rescued, "acr50", 2, imputation="locf") == 100.0
    assert number(rescued, "acr50", 8, imputation="locf") == pytest.approx(200 / 3)
    assert number(rescued, "crp_normal", 8, imputation="locf") == pytest.approx(200 / 3)


def test_a_responder_at_its_rescue_remains_one_while_on_treatment_and_only_there(
    reading: AnalysisView, record: CaseRecord
) -> None:
    record.write([4], 6, "escape")
    assert number(reading, "acr50", 8, estimand="while-on-treatment") == 100.0
    assert number(reading, "acr50", 8) == pytest.approx(200 / 3)
    assert number(reading, "acr50", 8, imputation="locf", estimand="composite") == pytest.approx(200 / 3)


def test_a_flare_is_a_failure_from_its_visit_on(reading: AnalysisView, record: CaseRecord) -> None:
    record.write([4], 6, "flare")
    found = [number(reading, "acr50", week, estimand="composite") for week in (2, 6, 8)]
    assert found == pytest.approx([100.0, 200 / 3, 200 / 3])


def test_a_child_that_is_absent_fails_at_that_visit_alone(reading: AnalysisView, record: CaseRecord) -> None:
    record.missed[6] = CHILD_4
    found = [number(reading, "acr50", week) for week in (2, 6, 8)]
    assert found == pytest.approx([100.0, 200 / 3, 100.0])


def test_a_child_that_left_is_not_off_steroid(reading: AnalysisView, record: CaseRecord) -> None:
    for week in (2, 6, 8):
        record.steroid[week] = np.zeros(8)
    record.left[6] = record.left[8] = CHILD_4
    for imputation in ("non-responder", "locf"):
        assert number(reading, "steroid_free", 2, imputation=imputation) == 100.0
        assert number(reading, "steroid_free", 8, imputation=imputation) == 50.0  # of children 0 and 4


def test_a_child_never_seen_after_entry_fails_and_has_no_mean(
    reading: AnalysisView, record: CaseRecord
) -> None:
    for week in (2, 6, 8):
        record.left[week] = CHILD_4
    record.core[8]["active_joints"] = np.where(CHILD_4, 1000.0, record.core[8]["active_joints"])
    assert number(reading, "acr50", 8, imputation="locf") == pytest.approx(200 / 3)
    assert number(reading, "jadas71", 8, imputation="locf") < 10.0


def test_an_escape_ends_with_the_randomised_period(reading: AnalysisView, record: CaseRecord) -> None:
    periods = (Period("blinded", "randomised", 6), Period("open", "open", 2))
    trial = replace(reading.trial, periods=periods)
    record.write([4], 2, "escape")
    there = visits(trial, [record]).filter(replicate=0, child=4)["there"].to_list()
    assert there == [True, False, False, True]
    for estimand in ("composite", "while-on-treatment"):
        assert number(reading, "acr50", 8, periods=periods, estimand=estimand) == 100.0


def test_every_row_states_its_estimand(reading: AnalysisView) -> None:
    found = {m.endpoint: m.estimand for m in endpoint_results(reading.trial, reading.record) if m.week}
    assert found["acr50"] == "composite" and found["crp"] == "while-on-treatment"
    assert found["flare_free"] == "composite" and found["mas_rate"] == "treatment-policy"
    assert all(found.values())
    policy = replace(reading.trial, estimand="treatment-policy", imputation="locf")
    found = {m.endpoint: m.estimand for m in endpoint_results(policy, reading.record) if m.week}
    assert found["acr50"] == found["crp"] == "treatment-policy" and found["steroid_free"] == "composite"


@pytest.mark.parametrize("name", names())
def test_published_designs_say_which_estimand_they_used_and_why(name: str) -> None:
    trial = design(name)
    assert trial.estimand is not None
    assert trial.estimand_because.split(",")[0].startswith(("assumed", "derived", "public sources"))
    assert any("Estimand of responses" in text for text in procedure_of(trial))


def test_an_imputation_on_treatment_contradicts_another_estimand(reading: AnalysisView) -> None:
    trial = replace(reading.trial, imputation="last-on-treatment", estimand="composite")
    assert [fault.place for fault in faults_of(trial)] == [("estimand",)]
    assert not faults_of(replace(trial, estimand="while-on-treatment"))
