"""Predictive checks: quantiles by bin, their bands, prediction correction, limits, times to a crossing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from quotidian.inference.diagnostics import bins_of, predictive_check, survival_check


def test_a_bin_is_a_distinct_value_or_a_cluster_of_values():
    assert bins_of(np.array([4.0, 1.0, 4.0, 2.0])).tolist() == [2, 0, 2, 1]
    rng = np.random.default_rng(1)
    x = np.concatenate([c + 0.1 * rng.random(40) for c in (0.0, 5.0, 9.0)])
    groups = bins_of(x, most=3)
    assert [len(set(groups[40 * k : 40 * (k + 1)])) for k in range(3)] == [1, 1, 1]
    assert sorted(set(groups.tolist())) == [0, 1, 2]


def test_quantiles_of_the_data_lie_beside_those_of_the_distribution():
    rng, x = np.random.default_rng(2), np.repeat([0.0, 1.0], 100)
    y, copies = x + rng.normal(size=200), x + rng.normal(size=(2000, 200))
    found = predictive_check(x, y, copies)
    np.testing.assert_allclose(found.observed[:, 0], np.quantile(y[:100], (0.05, 0.5, 0.95)))
    np.testing.assert_allclose(found.band[1, :, 1], 1.0 + norm.ppf([0.05, 0.5, 0.95]), atol=0.08)
    half = found.band[2, 1, 0] - found.band[1, 1, 0]  # the median of 100 has a SE of 1.2533/10
    assert half == pytest.approx(1.96 * 0.12533, rel=0.1)
    assert found.count.tolist() == [100, 100] and found.x.tolist() == [0.0, 1.0]
    wrong = predictive_check(x, y + 2.0, copies)
    assert wrong.inside == (0, 6) and found.inside[0] >= 5


@pytest.mark.parametrize("logarithm", [False, True])
def test_prediction_correction_removes_what_the_typical_prediction_explains(logarithm):
    rng = np.random.default_rng(3)
    dose, noise = rng.choice([1.0, 10.0, 100.0], 600), 0.1 * rng.normal(size=(301, 600))
    values = np.log(dose) + noise if logarithm else dose * np.exp(noise)
    typical = np.log(dose) if logarithm else dose
    found = predictive_check(np.zeros(600), values[0], values[1:], typical=typical, logarithm=logarithm)
    middle = np.median(typical)
    expected = middle + 0.1 * norm.ppf(0.95) if logarithm else middle * np.exp(0.1 * norm.ppf(0.95))
    assert found.observed[2, 0] == pytest.approx(expected, rel=0.03)
    plain = predictive_check(np.zeros(600), values[0], values[1:])
    assert plain.observed[2, 0] - plain.observed[1, 0] > 4 * (found.observed[2, 0] - found.observed[1, 0])


def test_values_below_the_limit_are_the_smallest_and_their_share_is_checked():
    rng = np.random.default_rng(4)
    y, copies = rng.normal(size=500), rng.normal(size=(300, 500))
    low = y < 0.3
    found = predictive_check(np.zeros(500), np.where(low, 0.3, y), copies, below=low, limit=0.3)
    assert found.below[0] == low.mean() and found.below_band[1, 0] == pytest.approx(norm.cdf(0.3), abs=0.01)
    assert np.isnan(found.observed[:2, 0]).all()
    assert found.observed[2, 0] == pytest.approx(np.quantile(y, 0.95))


def test_times_to_a_crossing_lie_within_the_band_of_the_copies_that_made_them():
    rng, times = np.random.default_rng(5), np.tile(np.arange(1.0, 11.0), (200, 1))
    crossed = rng.exponential(4.0, size=(200, 1)) < times
    copies = rng.exponential(4.0, size=(300, 200, 1)) < times
    found = survival_check(times, crossed, copies)
    np.testing.assert_allclose(found.band[1], np.exp(-found.times / 4.0), atol=0.02)
    assert np.all((found.observed >= found.band[0] - 0.02) & (found.observed <= found.band[2] + 0.02))
    early = survival_check(times, rng.exponential(1.0, size=(200, 1)) < times, copies)
    assert early.observed[1] < early.band[0, 1]
