"""What is read from a record, each number worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.trials.analysis.endpoints import by_replicate, endpoint_results, entry_results
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.criteria.laboratory import MAS_SIGNS
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.endpoint import EndpointResult
from quotidian.trials.endpoints.registry import ENDPOINTS


def found(reading: AnalysisView) -> dict[tuple[str, int], EndpointResult]:
    """Every measure of the reading by endpoint and week."""
    return {(m.endpoint, m.week): m for m in endpoint_results(reading.trial, reading.record)}


def number(reading: AnalysisView, endpoint: str, week: int, arm: int | None = 0) -> float:
    """That of the first replicate."""
    return by_replicate(found(reading)[endpoint, week], reading.record, arm)[0]


def test_every_endpoint_is_known_by_name_and_unit(reading: AnalysisView) -> None:
    for measure in (
        *endpoint_results(reading.trial, reading.record),
        *entry_results(reading.trial, reading.record),
    ):
        assert ENDPOINTS[measure.endpoint].unit == measure.unit, measure.endpoint


def test_responses_follow_the_core_set(reading: AnalysisView) -> None:
    assert number(reading, "acr50", 2) == 100.0 and number(reading, "acr70", 2) == 0.0
    assert number(reading, "acr90", 8) == 100.0 and number(reading, "acr30", 8, arm=1) == 0.0
    assert number(reading, "adapted_acr50", 2) == 0.0  # fever until day 10
    assert number(reading, "primary", 8) == number(reading, "adapted_acr90", 8) == 100.0
    assert number(reading, "fever_free", 8) == 100.0 and number(reading, "fever_free", 8, arm=1) == 0.0
    assert number(reading, "rash_free", 8) == 100.0 and number(reading, "rash_free", 2) == 0.0


def test_a_design_says_from_where_a_reading_is_fever(reading: AnalysisView, record: CaseRecord) -> None:
    record.charts = [np.where(record.charts[0] > 38.0, 37.8, 36.8)]
    assert number(reading, "adapted_acr50", 2) == 0.0
    higher = AnalysisView(replace(reading.trial, fever_from=38.0), record)
    assert number(higher, "adapted_acr50", 2) == number(higher, "primary", 2) == 100.0
    assert ("fever_free", 8) not in {m for m, x in found(higher).items() if x.counted.any()}


def test_who_escapes_fails_from_then_on_and_not_before(reading: AnalysisView, record: CaseRecord) -> None:
    record.write([0], 6, "escape")
    assert number(reading, "acr50", 2) == 100.0
    assert number(reading, "acr50", 6) == pytest.approx(200 / 3) == number(reading, "acr50", 8)
    assert number(reading, "acr50_ever", 8) == 100.0
    assert number(reading, "escaped", 6) == pytest.approx(100 / 3) and number(reading, "escaped", 2) == 0.0
    assert number(reading, "flare_free", 8) == pytest.approx(200 / 3)


def test_the_last_observation_is_carried_where_the_design_says_so(
    reading: AnalysisView, record: CaseRecord
) -> None:
    record.left[6] = record.left[8] = np.array([True] + [False] * 7)
    assert number(reading, "acr50", 8) == pytest.approx(200 / 3)
    locf = AnalysisView(replace(reading.trial, imputation="locf"), record)
    assert number(locf, "acr50", 8) == 100.0  # at week 2 it had ACR50
    assert number(locf, "acr70", 8) == pytest.approx(200 / 3)
    assert number(locf, "primary", 8) == pytest.approx(200 / 3)  # and still a fever


def test_free_of_flare_is_a_kaplan_meier_share(reading: AnalysisView, record: CaseRecord) -> None:
    record.write([2], 2, "withdrawal")  # leaves one of three before the flare of another
    record.left[6] = record.left[8] = np.arange(8) == 2
    record.write([0], 6, "flare")
    assert number(reading, "flare_free", 8) == pytest.approx(50.0)


def test_lead_in_counts_all_and_the_rest_those_randomised(reading: AnalysisView, record: CaseRecord) -> None:
    from quotidian.trials.protocol.design import Period

    periods = (Period("lead-in", "open", 2), Period("blinded", "randomised", 6))
    lead = AnalysisView(replace(reading.trial, periods=periods), record)
    record.arm[4] = -1
    assert lead.counted(2).all() and lead.counted(6).sum() == 7


def test_blood_and_steroid(reading: AnalysisView, record: CaseRecord) -> None:
    assert number(reading, "crp_normal", 8) == 100.0 and number(reading, "crp_low", 6) == 0.0
    assert number(reading, "crp", 2) == 40.0
    assert number(reading, "anaemia_normalised", 8) == 100.0  # 13 g/dL
    assert number(reading, "anaemia_normalised", 2) == 0.0
    record.neutrophils[2][0] = 0.9
    assert number(reading, "neutropenia", 8) == pytest.approx(100 / 3)
    assert number(reading, "mas_rate", 8) == 0.0
    record.observed[6]["macrophage_activation"][0] = 0.9
    years = (6 + 8 + 8) * 7 / 365.25
    assert number(reading, "mas_rate", 8) == pytest.approx(100 / years)
    # children 0, 4 and 2 are on the drug; child 2 had no steroid at entry
    assert number(reading, "steroid", 8) == pytest.approx(0.75 * (0.4 + 0.2) / 2)
    assert number(reading, "taper_success", 8) == 100.0 and number(reading, "taper_success", 6) == 0.0
    assert number(reading, "acr70_taper", 8) == 100.0 and number(reading, "steroid_free", 8) == 0.0


def test_exposure_by_band_of_weight(reading: AnalysisView) -> None:
    assert number(reading, "cmax", 8) == 150.0 and number(reading, "cmax_first", 8) == 100.0
    assert number(reading, "ctrough", 8) == 28.0  # before the dose of week 8
    assert number(reading, "ctrough_ratio", 8) == pytest.approx(1.4)
    assert number(reading, "auc_ratio", 8) == 1.5 == number(reading, "auc_accumulation", 8)
    assert number(reading, "auc_2wk_below_30_kg", 8) == 1500.0
    assert not found(reading)["cmax_from_30_kg", 8].counted.any()
    assert by_replicate(found(reading)["cmax", 8], reading.record, 1) == []


def test_accumulation_is_mean_over_mean_and_the_ratio_a_mean_of_ratios(
    reading: AnalysisView, record: CaseRecord
) -> None:
    record.exposure[0].ctrough[:] = np.array([1.0, 0, 20, 0, 19, 0, 20, 0])
    assert number(reading, "ctrough_accumulation", 8) == pytest.approx(3 * 28 / 40)
    assert number(reading, "ctrough_ratio", 8) == pytest.approx((28 + 28 / 20 + 28 / 19) / 3)


def test_each_replicate_is_by_itself_and_all_arms_can_be_taken_together(reading: AnalysisView) -> None:
    acr = found(reading)["acr50", 8]
    assert by_replicate(acr, reading.record, 0) == [100.0, 100.0]
    assert by_replicate(acr, reading.record, None) == [50.0, 50.0]


def test_a_design_that_names_its_endpoints_gets_these_and_their_families(reading: AnalysisView) -> None:
    some = AnalysisView(replace(reading.trial, endpoints=("cmax", "acr70")), reading.record)
    names = {name for name, _ in found(some)}
    assert {"acr70", "cmax", "cmax_first", "cmax_ratio", "cmax_below_30_kg"} <= names
    assert not names & {"acr30", "ctrough", "jadas71"}


def test_growth_is_read_where_height_was_recorded(reading: AnalysisView, record: CaseRecord) -> None:
    for week, grown in ((0, 0.0), (2, 0.2), (6, 0.6), (8, 0.8)):
        record.observed[week] |= {"height": record.body["height"] + grown, "igf1_sds": np.full(8, -1.0)}
    assert number(reading, "igf1_sds", 8) == -1.0
    assert 0.0 < number(reading, "height_sds_change", 8) < 0.2
    assert ("height_velocity", 8) not in found(reading)


def test_who_entered(record: CaseRecord, reading: AnalysisView) -> None:
    entered = {m.endpoint: by_replicate(m, record, None)[0] for m in entry_results(reading.trial, record)}
    assert entered["active_joints"] == 8.0 and entered["febrile_38"] == 100.0 and entered["age"] == 8.0
    assert entered["steroid_from_0_3"] == pytest.approx(100 * 2 / 6)
    assert entered["methotrexate"] == pytest.approx(100 / 6) and entered["disease_duration"] == 4.0
    assert entered["chaq"] == 2.0 and entered["limited_joints"] == entered["parent_global"] == 8.0
    record.body["weight"] = np.array([10.0, 12.0, 14.0, 16.0, 18.0, 90.0, 1.0, 1.0])
    entered = {m.endpoint: by_replicate(m, record, None)[0] for m in entry_results(reading.trial, record)}
    assert entered["weight_median"] == 15.0 and entered["crp_median"] == 80.0


def test_transaminases_are_judged_by_their_worst_reading_in_the_arm(
    reading: AnalysisView, record: CaseRecord
) -> None:
    for week in record.weeks:
        record.observed[week] |= {"alt": np.full(8, 30.0), "ast": np.full(8, 30.0)}
    record.observed[2]["alt"] = np.array([41.0, 30.0, 101.0, 30.0, 30.0, 41.0, 30.0, 30.0])
    assert number(reading, "alt_above_limit", 8) == pytest.approx(200 / 3)
    assert number(reading, "alt_above_2_5", 8) == pytest.approx(100 / 3)
    assert number(reading, "alt_above_limit", 8, arm=1) == pytest.approx(100 / 3)
    assert number(reading, "ast_above_limit", 8) == 0.0
    record.write([2], 2, "escape")
    assert number(reading, "alt_above_2_5", 8) == 0.0


def test_a_marker_changes_in_per_cent_of_the_childs_own_value(
    reading: AnalysisView, record: CaseRecord
) -> None:
    record.observed[2]["crp"] = np.array([40.0, 80.0, 20.0, 120.0, 80.0, 80.0, 1.0, 1.0])
    assert number(reading, "crp_change_percent", 2) == pytest.approx((-50.0 - 75.0 + 0.0) / 3)
    assert number(reading, "crp_change_percent", 2, arm=1) == pytest.approx(50.0 / 3)
    assert number(reading, "esr_change_percent", 2) == number(reading, "saa_change_percent", 2) == -50.0


def test_the_rate_of_recognised_mas_ends_with_the_childs_stay(
    reading: AnalysisView, record: CaseRecord
) -> None:
    none = np.zeros(8, dtype=bool)
    for week in record.weeks:
        record.observed[week] |= {name: np.full(8, 100.0) for name in MAS_SIGNS[1:]}
    record.recognised = {2: none, 6: np.arange(8) == 0, 8: np.arange(8) == 2}
    record.left[6] = record.left[8] = np.arange(8) == 2  # its MAS comes after it left
    assert number(reading, "mas_rate_recognised", 8) == pytest.approx(100 / ((6 + 6 + 8) * 7 / 365.25))
    assert number(reading, "mas_rate_recognised", 2) == 0.0
    assert number(reading, "mas_rate", 8) == 0.0
