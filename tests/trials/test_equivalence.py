"""Equivalence of two products, against SciPy and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from quotidian.errors import InvalidInput
from quotidian.statistics.equivalence import ratio_of, ratio_power, share_power, t_quantile


@pytest.mark.parametrize("free", [2, 5, 18, 60, 400])
def test_students_t_is_scipys(free: int) -> None:
    assert t_quantile(0.95, free) == pytest.approx(stats.t.ppf(0.95, free), rel=2e-3 if free < 5 else 1e-6)


def test_the_interval_of_a_ratio_is_that_of_the_t_test() -> None:
    rng = np.random.default_rng(3)
    test, reference = rng.lognormal(0.1, 0.3, 12), rng.lognormal(0.0, 0.3, 9)
    found = ratio_of(test, reference)
    expected = stats.ttest_ind(np.log(test), np.log(reference)).confidence_interval(0.90)
    assert (found.low, found.high) == pytest.approx((np.exp(expected.low), np.exp(expected.high)), rel=1e-6)
    assert found.low < found.ratio < found.high


@pytest.mark.parametrize(("ratio", "n"), [(1.0, 15), (0.9, 40), (0.8, 40)])
def test_power_is_the_share_of_simulated_trials_within_the_limits(ratio: float, n: int) -> None:
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(1500):
        one = ratio_of(rng.lognormal(np.log(ratio), 0.3, n), rng.lognormal(0.0, 0.3, n))
        found += one.low >= 0.80 and one.high <= 1.25
    assert ratio_power(ratio, 0.3, n) == pytest.approx(found / 1500, abs=0.03)


def test_a_product_at_the_limit_passes_one_time_in_twenty() -> None:
    assert ratio_power(0.8, 0.3, 300) == pytest.approx(0.05, abs=0.002)
    assert ratio_power(0.7, 0.3, 300) < 1e-4


def test_shares_within_a_margin_against_simulation() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.binomial(80, 0.7, 20_000) / 80, rng.binomial(80, 0.65, 20_000) / 80
    half = stats.norm.ppf(0.95) * np.sqrt((a * (1 - a) + b * (1 - b)) / 80)
    simulated = np.mean(np.abs(a - b) + half <= 0.2)
    assert share_power(0.7, 0.65, 80, 0.2) == pytest.approx(simulated, abs=0.015)
    assert (
        share_power(0.7, 0.7, 300, 0.15) > share_power(0.7, 0.7, 100, 0.15) > share_power(0.7, 0.6, 100, 0.15)
    )


def test_what_makes_no_trial_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be computed"):
        ratio_of([1.0, 0.0], [1.0, 2.0])
    with pytest.raises(InvalidInput, match="cannot be computed"):
        ratio_power(1.0, 0.0, 10)
    with pytest.raises(InvalidInput, match="cannot be computed"):
        share_power(0.5, 1.5, 10, 0.1)
