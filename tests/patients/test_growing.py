"""Size over the years: along the reference at the child's own score, and what a dose makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.patients import growth
from quotidian.patients.child import child
from quotidian.patients.size_over_time import height_over_time, person_on, weighings, weight_over_time
from quotidian.patients.treatment import treatment_events

GIRL = child(age=6, sex="female", weight=20, height=113)
YEAR = 365.25


def test_a_child_keeps_its_score_of_weight_and_height() -> None:
    days = np.arange(0.0, 14 * YEAR, YEAR / 4)
    ages = 6 + days / YEAR
    for measure, over_time in (("weight", weight_over_time), ("height", height_over_time)):
        scores = growth.sd_score(measure, ages, "female", over_time(GIRL, days))
        np.testing.assert_allclose(scores, scores[0], atol=1e-9)


def test_size_is_what_it_is_on_day_0_and_stays_after_the_reference_ends() -> None:
    weights = weight_over_time(GIRL, [-28.0, 0.0, 14 * YEAR, 30 * YEAR])
    assert weights[0] == weights[1] == 20.0
    assert weights[2] == weights[3] > 50


def test_a_dose_goes_by_the_last_weighing() -> None:
    assert person_on(GIRL, 83.9).weight_kg == 20.0
    days, weights = weighings(GIRL, 200.0)
    assert days.tolist() == [0.0, 84.0, 168.0]
    assert [person_on(GIRL, d + 1).weight_kg for d in days] == weights.tolist()
    assert person_on(GIRL, 365.25).age_years == pytest.approx(7.0)


def test_a_growing_child_changes_band_when_it_passes_30_kg() -> None:
    until = 5 * YEAR * 24

    def per_kg(growing: bool) -> list[float]:
        given = treatment_events(GIRL, regimen("tocilizumab-iv"), until, growing=growing)
        return [rate / person_on(GIRL, time / 24).weight_kg for time, _, _, rate in given if rate]

    doses = per_kg(growing=True)
    assert {round(d, 6) for d in doses} == {12.0, 8.0}
    assert np.all(np.diff(doses) < 1e-9)
    assert min(per_kg(growing=False)) < 7.5  # the dose of day 0 would fall behind
