"""Endpoints beyond ACR and fever, each against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.errors import InvalidCall, InvalidInput
from quotidian.trials.criteria import (
    CORE_SET,
    STATES,
    accumulation,
    acr_2011,
    adapted_acr,
    all_normal,
    anaemic,
    clinical_remission,
    crp_low,
    haemoglobin_limit,
    height_sds,
    height_velocity,
    jadas_state,
    meets_mas,
    neutropenic,
    steroid_free,
    taper_success,
    wallace_2004,
    weight_bands,
)


def core(*children: tuple[float, ...]) -> dict[str, np.ndarray]:
    """One row of six values a child, in the order of CORE_SET."""
    return dict(zip(CORE_SET, np.array(children, dtype=float).T, strict=True))


def test_adapted_acr_asks_for_both() -> None:
    before, better = core((10,) * 6, (10,) * 6), core((5,) * 6, (5,) * 6)
    assert adapted_acr(before, better, 50, np.array([True, False])).tolist() == [True, False]
    with pytest.raises(InvalidCall, match="must be boolean"):
        adapted_acr(before, better, 50, np.array([1.0, 0.0]))


@pytest.mark.parametrize(
    ("score", "version", "state"),
    [
        (1.0, 71, "inactive"), (1.01, 71, "minimal"), (3.8, 71, "minimal"), (3.81, 71, "moderate"),
        (10.5, 71, "moderate"), (10.51, 71, "high"), (8.5, 27, "moderate"), (8.51, 27, "high"),
        (9.0, 10, "moderate"),
    ],
)  # fmt: skip
def test_states_of_jadas_turn_at_the_published_cut_offs(score: float, version: int, state: str) -> None:
    assert STATES[int(jadas_state([score], version)[0])] == state


def test_jadas_of_another_version_has_no_cut_offs() -> None:
    with pytest.raises(InvalidInput, match="JADAS12 has no cut-offs"):
        jadas_state([1.0], 12)


# joints, physician, ESR, CRP, systemic
CALM = (0.0, 0.3, 12.0, 4.0, False)


@pytest.mark.parametrize(
    ("change", "inactive"),
    [
        ({}, True), ({0: 1.0}, False), ({1: 1.1}, False), ({1: 1.0}, True),
        ({2: 30.0}, True), ({3: 20.0}, True),
        ({2: 30.0, 3: 20.0}, False), ({4: True}, False),
    ],
)  # fmt: skip
def test_inactive_disease_needs_all_but_one_of_the_two_markers(
    change: dict[int, object], inactive: bool
) -> None:
    given = [np.array([change.get(i, value)]) for i, value in enumerate(CALM)]
    assert wallace_2004(*given).tolist() == [inactive]
    assert acr_2011(*[*given, np.array([15.0])]).tolist() == [inactive]
    assert acr_2011(*[*given, np.array([16.0])]).tolist() == [False]


def test_remission_is_six_unbroken_months() -> None:
    weeks = [0, 4, 12, 20, 26, 30, 46]
    calm = np.array([[1, 1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1, 1], [1, 1, 0, 1, 1, 1, 1]], dtype=bool).T
    found = clinical_remission(weeks, calm)
    assert found[:, 0].tolist() == [False, False, False, False, True, True, True]
    assert found[:, 1].tolist() == [False, False, False, False, False, True, True]
    assert found[:, 2].tolist() == [False] * 6 + [True]  # weeks 20 to 46 are 26 weeks
    with pytest.raises(InvalidInput, match="must ascend"):
        clinical_remission([4, 0], calm[:2])


def test_neutropenia_is_any_count_below_one() -> None:
    assert neutropenic([[1.0, 2.0, 1.5], [1.2, 0.99, 1.5]]).tolist() == [False, True, False]
    with pytest.raises(InvalidInput, match="no usable value of neutrophils: child 1"):
        neutropenic([[1.0, np.nan]])


def test_markers_are_normal_at_their_limits() -> None:
    assert crp_low([4.99, 5.0]).tolist() == [True, False]
    assert all_normal([4.9, 5.0, 4.9, 4.9], [20, 20, 20.1, 20], [10, 10, 10, 10.1]).tolist() == [
        True, False, False, False,
    ]  # fmt: skip


def test_haemoglobin_limits_step_with_age_and_sex() -> None:
    ages, girls = [4.9, 5.0, 11.9, 12.0, 15.0, 15.0], [True, True, False, False, True, False]
    assert haemoglobin_limit(ages, girls).tolist() == [11.0, 11.5, 11.5, 12.0, 12.0, 13.0]
    assert anaemic([11.0, 11.4], [4.0, 5.0], np.array([True, True])).tolist() == [False, True]


def test_mas_takes_the_six_signs() -> None:
    signs = {
        "temperature": [38.5, 38.5], "ferritin": [3000, 600], "platelets": [150, 150],
        "ast": [80, 80], "triglycerides": [100, 100], "fibrinogen": [4.5, 4.5],
    }  # fmt: skip
    assert meets_mas(signs).tolist() == [True, False]


def test_height_velocity_is_growth_over_time() -> None:
    assert height_velocity([100.0], [106.0], 365.25 / 7).tolist() == pytest.approx([6.0])
    assert height_velocity([100.0], [103.0], 365.25 / 14).tolist() == pytest.approx([6.0])


def test_height_at_the_reference_median_scores_zero() -> None:
    # CDC 2000 statage.csv: girls of 120.5 months, median 138.2 cm, rounded
    assert abs(float(height_sds([138.3], [120.5 / 12], np.array([True]))[0])) < 0.05


def test_accumulation_from_nothing_is_not_a_number() -> None:
    assert np.array_equal(accumulation([2.0, 0.0], [6.0, 1.0]), [3.0, np.nan], equal_nan=True)


def test_thirty_kilograms_belong_to_the_upper_band() -> None:
    bands = weight_bands([29.9, 30.0])
    assert {name: own.tolist() for name, own in bands.items()} == {
        "below_30_kg": [True, False], "from_30_kg": [False, True],
    }  # fmt: skip


def test_a_taper_holds_only_without_a_later_sign() -> None:
    dose = np.array([[1.0, 1.0, 1.0, 1.0], [0.8, 0.9, 0.8, 0.8], [0.8, 0.9, 0.8, 1.0]])
    flare = np.zeros((3, 4), dtype=bool)
    flare[0, 0] = True  # before the cut: no matter
    fever = np.zeros((3, 4), dtype=bool)
    fever[2, 2] = True
    assert taper_success(dose, flare, fever).tolist() == [True, False, False, False]
    with pytest.raises(InvalidInput, match=r"must\s+have glucocorticoid at entry"):
        taper_success(np.zeros((3, 4)), flare, fever)


def test_freedom_from_steroid_is_a_dose_of_zero() -> None:
    assert steroid_free([0.0, 0.01]).tolist() == [True, False]
    with pytest.raises(InvalidInput, match="missing or negative"):
        steroid_free([np.nan])
