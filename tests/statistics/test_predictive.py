"""The distribution of a further number with an independent normal error."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.statistics.predictive import Predictive
from quotidian.statistics.quantiles import weibull

Z = 1.959963984540054
RANDOM = np.random.default_rng(1).normal(size=40)


@pytest.mark.parametrize("n", [1, 2, 40, 300])
def test_numbers_without_spread_leave_the_error_alone(n: int) -> None:
    found = Predictive(np.full(n, 3.0), 0.2)
    assert found.quantile(0.025) == pytest.approx(3.0 - 0.2 * Z, abs=1e-9)
    assert found.quantile(0.975) == pytest.approx(3.0 + 0.2 * Z, abs=1e-9)


@pytest.mark.parametrize("n", [1, 5, 40])
def test_without_an_error_the_ranks_are_p_of_n_plus_one(n: int) -> None:
    values = RANDOM[:n]
    expected = weibull(values, (0.025, 0.4, 0.975))
    for sd in (0.0, 1e-7):
        found = [Predictive(values, sd).quantile(p) for p in (0.025, 0.4, 0.975)]
        assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("sd", [0.0, 0.05, 0.5])
def test_the_distribution_is_that_of_draws(sd: float) -> None:
    rng = np.random.default_rng(2)
    values = np.round(RANDOM[:12], 1)  # with ties
    further = np.interp(13.0 * rng.random(400_000), np.arange(1, 13), np.sort(values))
    x = further + sd * rng.normal(size=further.size)
    found = Predictive(values, sd)
    for point in (-1.2, -0.33, 0.41, 1.7):
        assert found.below(point) == pytest.approx((x <= point).mean(), abs=0.004)


def test_quantiles_invert_the_distribution_also_where_numbers_are_far_apart() -> None:
    found = Predictive(np.array([-27.6, 0.0, 1e-6, 2.0]), 0.1)
    for p in (0.025, 0.3, 0.5, 0.7, 0.975):
        assert found.below(found.quantile(p)) == pytest.approx(p, abs=1e-7)
    grid = [found.below(y) for y in np.linspace(-30.0, 4.0, 200)]
    assert grid == sorted(grid) and grid[0] < 1e-6 < 1.0 - 1e-6 < grid[-1]
