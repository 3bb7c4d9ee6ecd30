"""Exposure over dosing intervals, against closed forms of one compartment."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.dosing import Administration
from quotidian.errors import InvalidInput
from quotidian.simulation.exposure import area, dosing_intervals, sampling_hours, time_above

K, TAU, DOSES = 0.05, 24.0, 5
GIVEN = tuple(Administration(TAU * i, "x", "bolus", 10.0, 0.0) for i in range(DOSES))


def _sum_of_exponentials(hours: np.ndarray) -> np.ndarray:
    """c(t) = sum over t_i < t of exp(-K (t - t_i)): at a dose the value before it."""
    since = hours[:, None] - np.array([d.time_h for d in GIVEN])
    return np.where(since > 0.0, np.exp(-K * np.maximum(since, 0.0)), 0.0).sum(axis=1)


def test_intervals_agree_with_the_closed_form() -> None:
    hours = sampling_hours(GIVEN, DOSES * TAU + 1.0)
    found = dosing_intervals(hours, _sum_of_exponentials(hours), GIVEN, "x")
    assert [x.dose for x in found] == [1, 2, 3, 4, 5]
    for n, x in enumerate(found[:-1], start=1):
        kept = (1.0 - np.exp(-K * TAU * n)) / (1.0 - np.exp(-K * TAU))
        assert x.ctrough == pytest.approx(np.exp(-K * TAU) * kept, rel=1e-12)
        assert x.accumulation == pytest.approx(kept, rel=0.01)
        assert x.cavg == pytest.approx(x.auc / (TAU / 24.0))
    assert found[-1].length_h is None and found[-1].auc is None and found[-1].ctrough is None


def test_a_falling_exponential_has_its_exact_area_on_a_coarse_grid() -> None:
    hours = np.array([0.0, 10.0, 30.0, 100.0])
    exact = (1.0 - np.exp(-K * 100.0)) / K / 24.0
    assert area(hours, np.exp(-K * hours)) == pytest.approx(exact, rel=1e-12)


def test_a_rise_a_plateau_and_a_fall_to_zero_are_linear() -> None:
    assert area(np.array([0.0, 24.0, 48.0, 72.0]), np.array([0.0, 2.0, 2.0, 0.0])) == 4.0


def test_time_above_a_level_is_read_between_outputs() -> None:
    hours, values = np.array([0.0, 10.0, 20.0, 30.0]), np.array([0.0, 10.0, 0.0, 0.0])
    assert time_above(hours, values, 5.0) == 10.0
    assert time_above(hours, values, 10.0) == 0.0
    assert time_above(hours, np.full(4, 3.0), 2.0) == 30.0


def test_doses_of_other_amounts_or_intervals_have_no_accumulation() -> None:
    doses = (
        Administration(0.0, "x", "bolus", 10.0, 0.0),
        Administration(24.0, "x", "bolus", 5.0, 0.0),
        Administration(48.0, "x", "bolus", 10.0, 0.0),
        Administration(60.0, "x", "bolus", 10.0, 0.0),
    )
    hours = np.arange(0.0, 80.0)
    found = dosing_intervals(hours, np.exp(-K * hours), doses, "x")
    assert [x.accumulation is None for x in found] == [False, True, True, True]


def test_two_doses_at_one_instant_are_one() -> None:
    doses = (Administration(0.0, "x", "bolus", 10.0, 0.0), Administration(0.0, "x", "bolus", 5.0, 0.0))
    (only,) = dosing_intervals(np.arange(0.0, 5.0), np.ones(5), doses, "x")
    assert only.amount_mg == 15.0


def test_outputs_that_miss_a_dose_are_refused() -> None:
    hours = np.arange(0.0, 100.0, 7.0)
    with pytest.raises(InvalidInput, match="no output lies there"):
        dosing_intervals(hours, np.ones(len(hours)), GIVEN, "x")


def test_a_subject_without_the_drug_has_no_interval() -> None:
    hours = np.array([0.0, 24.0])
    assert dosing_intervals(hours, np.zeros(2), (), "x") == ()
    assert dosing_intervals(hours, np.zeros(2), GIVEN[:1], "y") == ()
