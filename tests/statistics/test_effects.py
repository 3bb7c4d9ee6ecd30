"""Effects between two groups, against worked examples in print and against their own definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from quotidian.statistics.effects import mean_difference, odds_ratio, risk_difference, risk_ratio
from quotidian.statistics.student import student_quantile

NEWCOMBE = {  # Stat Med 1998; 17:873-890, Table II, method 10
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (6, 7, 2, 7): (0.0582, 0.8062),
    (5, 56, 0, 29): (-0.0381, 0.1926),
    (0, 10, 0, 20): (-0.1611, 0.2775),
    (10, 10, 0, 20): (0.6791, 1.0000),
}


@pytest.mark.parametrize("table", NEWCOMBE)
def test_the_risk_difference_is_that_of_newcombe(table: tuple[int, int, int, int]) -> None:
    found = risk_difference(*table)
    assert (found.low[0], found.high[0]) == pytest.approx(NEWCOMBE[table], abs=1e-4)
    assert found.estimate[0] == table[0] / table[1] - table[2] / table[3]


def test_the_risk_ratio_is_that_of_koopman() -> None:
    """The example of Koopman 1984: 36 of 40 against 16 of 80, 2.94 to 7.15."""
    found = risk_ratio(36, 40, 16, 80)
    assert (found.estimate[0], found.low[0], found.high[0]) == pytest.approx((4.5, 2.94, 7.15), abs=6e-3)


def _log_likelihood(p: tuple[float, float], x1: int, n1: int, x2: int, n2: int) -> float:
    return float(stats.binom.logpmf(x1, n1, p[0]) + stats.binom.logpmf(x2, n2, p[1]))


@pytest.mark.parametrize("table", [(36, 40, 16, 80), (7, 20, 3, 22), (1, 12, 5, 9)])
def test_the_ends_are_where_the_score_test_rejects(table: tuple[int, int, int, int]) -> None:
    """The constrained estimates by brute force; the statistic then equals the normal quantile squared."""
    x1, n1, x2, n2 = table
    for effect, other in (
        (risk_ratio, lambda p2, r: r * p2),
        (odds_ratio, lambda p2, r: r * p2 / (1.0 - p2 + r * p2)),
    ):
        found = effect(*table)
        for end in (found.low[0], found.high[0]):
            top = min(1.0, 1.0 / end) if effect is risk_ratio else 1.0
            p2 = optimize.minimize_scalar(
                lambda p, end=end, other=other: -_log_likelihood((other(p, end), p), *table),
                bounds=(1e-9, top - 1e-9), method="bounded", options={"xatol": 1e-12},
            ).x  # fmt: skip
            p1 = other(p2, end)
            if effect is risk_ratio:
                z2 = (x1 / n1 - end * x2 / n2) ** 2 / (p1 * (1 - p1) / n1 + end**2 * p2 * (1 - p2) / n2)
            else:
                z2 = (x1 - n1 * p1) ** 2 * (1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2)))
            assert z2 == pytest.approx(stats.norm.ppf(0.975) ** 2, rel=1e-4)


def test_large_groups_have_the_interval_of_woolf() -> None:
    a, n1, c, n2 = 4000, 10_000, 3000, 10_000
    found = odds_ratio(a, n1, c, n2)
    se = np.sqrt(1 / a + 1 / (n1 - a) + 1 / c + 1 / (n2 - c))
    woolf = np.exp(np.log(found.estimate[0]) + np.array([-1.96, 1.96]) * se)
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(woolf), rel=1e-3)


def test_empty_cells_give_open_ends() -> None:
    found = risk_ratio([0, 5, 0], [10, 10, 10], [5, 0, 0], [10, 10, 10])
    assert found.low[0] == 0.0 < found.high[0] < 1.0
    assert np.isinf(found.high[1]) and found.low[1] > 1.0 and np.isnan(found.low[2])
    odds = odds_ratio([10, 0], [10, 10], [5, 10], [10, 10])
    assert np.isinf(odds.high[0]) and odds.low[0] > 1.0 and odds.low[1] == 0.0


def test_means_have_the_interval_of_welch() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.normal(3.0, 2.0, 12), rng.normal(1.0, 0.4, 7)
    found = mean_difference(a.mean(), a.std(ddof=1), 12, b.mean(), b.std(ddof=1), 7)
    theirs = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (found.low[0], found.high[0]) == pytest.approx((theirs.low, theirs.high), rel=1e-9)
    assert np.isnan(mean_difference(1.0, 0.0, 1, 2.0, 1.0, 5).low[0])


@pytest.mark.parametrize("p", [0.6, 0.95, 0.975, 0.9995])
def test_quantiles_of_student(p: float) -> None:
    nu = np.array([1.0, 1.7, 2.0, 4.5, 10.0, 63.3, 4000.0])
    assert student_quantile(p, nu) == pytest.approx(stats.t.ppf(p, nu), rel=1e-8)
    assert student_quantile(1.0 - p, nu) == pytest.approx(-stats.t.ppf(p, nu), rel=1e-8)
