"""Antibodies against tocilizumab: when they form, what they do, and that arms share random numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotidian.drugs.catalogue import regimen
from quotidian.drugs.registry import DRUGS
from quotidian.patients.child import child
from quotidian.patients.population import draw
from quotidian.patients.treatment import simulate
from quotidian.statistics.streams import Streams

YEAR, WEEK = 365.25 * 24.0, 168.0
STEADY = [2 * WEEK * k for k in range(200)]
HAZARD, DELAY = 0.018 / YEAR, 3 * WEEK
WITH_EARLY = DRUGS["tocilizumab"].antibodies
assert WITH_EARLY is not None
AGAINST = replace(WITH_EARLY, early_hazard=0.0)
onset = AGAINST.onset
GIRL = child(6, "female", 20.0)


def test_a_typical_child_makes_none() -> None:
    assert GIRL.antibody_threshold == math.inf
    assert onset(math.inf, STEADY) is None


@pytest.mark.parametrize("years", [0.1, 1.0, 5.0])
def test_steady_dosing_gathers_a_steady_hazard(years: float) -> None:
    assert onset(0.018 * years, STEADY) == pytest.approx(years * YEAR + DELAY)


def test_the_early_hazard_is_gathered_in_the_first_weeks() -> None:
    """Its integral to any time is that of the formula; antibodies act in 1 to 6 % by week 6 (3 of 56)."""
    h, tau = WITH_EARLY.early_hazard, WITH_EARLY.early_h
    for weeks in (1.0, 5.0, 30.0):
        gathered = HAZARD * weeks * WEEK + h * tau * (1 - math.exp(-weeks * WEEK / tau))
        assert WITH_EARLY.onset(gathered, STEADY) == pytest.approx(weeks * WEEK + DELAY, abs=0.1)
    thresholds = -np.log((np.arange(2000) + 0.5) / 2000)
    by_week_6 = [(WITH_EARLY.onset(float(t), STEADY) or math.inf) <= 6 * WEEK for t in thresholds]
    assert 0.01 < np.mean(by_week_6) < 0.06


def test_no_hazard_gathers_without_the_drug() -> None:
    assert onset(1e-12, []) is None
    assert onset(HAZARD * 6 * WEEK * 1.01, [0.0]) is None  # one dose counts for six weeks
    assert onset(HAZARD * 6 * WEEK * 0.99, [0.0]) is not None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30, unique=True), st.floats(1e-5, 0.2))
def test_the_bound_that_spares_the_sum_never_spares_an_onset(weeks: list[int], threshold: float) -> None:
    doses = [w * WEEK for w in sorted(weeks)]
    for against in (AGAINST, WITH_EARLY):
        spans = [(a - doses[0], b - doses[0], hazard) for a, b, hazard in against.spans(doses)]
        gathered = sum(against.gathered(*span) for span in spans)
        assert gathered < against.bound(doses)
        assert (against.onset(threshold, doses) is not None) == (gathered >= threshold)


def test_coming_and_going_immunises_sooner() -> None:
    on_and_off = [w * WEEK for block in range(12) for w in (16 * block, 16 * block + 2, 16 * block + 4)]
    under_the_drug = sum(min(b - a, 6 * WEEK) for a, b in pairwise(on_and_off))
    steady = [2 * WEEK * k for k in range(int(under_the_drug / (2 * WEEK)))]
    threshold = 0.05
    assert onset(threshold, steady) is None
    found = onset(threshold, on_and_off)
    assert found is not None
    assert found < on_and_off[-1]


def test_a_child_has_the_same_threshold_in_every_arm_and_batch() -> None:
    many = draw(Streams(4), 0, range(400))
    assert many[7].antibody_threshold == draw(Streams(4), 0, [7])[0].antibody_threshold
    thresholds = np.array([c.antibody_threshold for c in many])
    assert thresholds.mean() == pytest.approx(1.0, abs=0.15)  # exponential
    within_3_years = np.mean([WITH_EARLY.onset(c.antibody_threshold, STEADY[:79]) is not None for c in many])
    withdrawn = WITH_EARLY.reaction_share * within_3_years
    assert 0.02 < withdrawn < 0.10  # yokota2014: 4 of 67 withdrew for antibodies in 3.4 years


def test_antibodies_take_the_drug_away_and_the_disease_comes_back() -> None:
    immune = replace(GIRL, antibody_threshold=HAZARD * WEEK)
    given = [regimen("tocilizumab-iv")] * 2
    run = simulate([GIRL, immune], given, days=140, every_hours=24, observables=["tocilizumab", "crp"])
    onset_day = int(WITH_EARLY.onset(immune.antibody_threshold, STEADY) / 24) + 1  # type: ignore[operator]
    drug, crp = run["tocilizumab"], run["crp"]
    assert drug[0, : onset_day - 1] == pytest.approx(drug[1, : onset_day - 1], rel=1e-4)
    assert drug[1, 140] < 0.4 * drug[0, 140]
    assert crp[1, -14:].max() > 5 * crp[0, -14:].max()


def test_other_drugs_do_not_bring_them() -> None:
    from quotidian.patients.treatment import treatment_events

    ready = replace(GIRL, antibody_threshold=1e-9)
    events = treatment_events(ready, regimen("canakinumab"), 2000.0)
    assert events
    assert "tocilizumab_antibodies" not in {event.target for event in events}
