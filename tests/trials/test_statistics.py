"""Interval statistics against SciPy."""

import numpy as np
import pytest
from scipy import stats

from quotidian.errors import InvalidInput
from quotidian.statistics.intervals import (
    Interval,
    bands,
    clopper_pearson,
    inside,
    over_replicates,
    overlaps,
    wilson,
)
from quotidian.statistics.normal import normal_quantile

COUNTS = [(0, 1), (1, 1), (0, 37), (9, 37), (64, 75), (75, 75), (1, 1000), (500, 1000), (6400, 7500)]


def test_the_normal_quantile_agrees_with_scipy_everywhere() -> None:
    near_zero, near_one = np.geomspace(1e-300, 0.5, 4001)[:-1], 1.0 - np.geomspace(1.2e-16, 0.5, 4001)[:-1]
    p = np.concatenate([near_zero, near_one, [0.075, 0.925, 0.25, 0.75]])
    assert np.allclose(normal_quantile(p), stats.norm.ppf(p), rtol=1e-14, atol=0.0)


def test_the_normal_quantile_keeps_shape_and_is_odd() -> None:
    p = np.array([[0.5, 0.25, 0.01], [0.125, 0.375, 2.0**-40]])
    assert normal_quantile(p).shape == (2, 3)
    assert normal_quantile(0.5) == 0.0
    dyadic = np.array([0.25, 0.125, 2.0**-40])
    assert np.array_equal(normal_quantile(1.0 - dyadic), -normal_quantile(dyadic))


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 1.1, np.nan])
def test_the_normal_quantile_refuses_what_is_no_probability(p: float) -> None:
    with pytest.raises(InvalidInput, match=r"between 0 and 1"):
        normal_quantile([0.5, p])


@pytest.mark.parametrize(("count", "n"), COUNTS)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_proportions_agree_with_scipy(count: int, n: int, level: float) -> None:
    binomial = stats.binomtest(count, n)
    for ours, method in ((clopper_pearson, "exact"), (wilson, "wilson")):
        expected = binomial.proportion_ci(level, method=method)
        assert ours(count, n, level) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)


def test_the_exact_interval_of_no_success_has_its_closed_form() -> None:
    assert clopper_pearson(0, 37) == pytest.approx((0.0, 1.0 - 0.025 ** (1 / 37)), rel=1e-12)
    assert clopper_pearson(37, 37) == pytest.approx((0.025 ** (1 / 37), 1.0), rel=1e-12)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, 0), (1.5, 3)])
@pytest.mark.parametrize("method", [wilson, clopper_pearson])
def test_what_is_no_proportion_is_refused(method: object, count: int, n: int) -> None:
    with pytest.raises(InvalidInput, match="is not a proportion"):
        method(count, n)  # type: ignore[operator]


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_what_is_no_level_is_refused(level: float) -> None:
    for call in (lambda: wilson(1, 2, level), lambda: over_replicates([1.0], level)):
        with pytest.raises(InvalidInput, match=r"0\.95 for 95 %"):
            call()


def test_replicates_give_median_and_central_interval() -> None:
    values = np.random.default_rng(1).permutation(np.arange(0.0, 201.0))
    assert over_replicates(values) == pytest.approx((100.0, 5.0, 195.0))
    assert over_replicates(values, 0.5) == pytest.approx((100.0, 50.0, 150.0))
    assert over_replicates([3.0]) == (3.0, 3.0, 3.0)


@pytest.mark.parametrize("count", [39, 79])
def test_a_predictive_interval_holds_a_further_replicate_as_often_as_it_says(count: int) -> None:
    draws = np.random.default_rng(2).normal(size=(4000, count + 1))
    inside = []
    for one in draws:
        found = over_replicates(one[:-1], predictive=True)
        inside.append(found.low <= one[-1] <= found.high)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)
    plain = [over_replicates(one[:-1]) for one in draws[:2000]]
    short = [low <= x <= high for (_, low, high), x in zip(plain, draws[:2000, -1], strict=True)]
    assert np.mean(short) < 0.94
    few = over_replicates(draws[0, :10], predictive=True)
    assert (few.low, few.high) == (draws[0, :10].min(), draws[0, :10].max())


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [[1.0, 2.0]], [np.inf]])
def test_replicates_without_a_result_are_refused(values: list[float]) -> None:
    with pytest.raises(InvalidInput, match="One finite number per replicate"):
        over_replicates(values)


def test_bands_run_over_children() -> None:
    children = np.arange(101.0)[:, None] * np.array([1.0, 10.0])
    assert bands(children, (0.05, 0.5, 0.95)) == pytest.approx(np.array([[5, 50], [50, 500], [95, 950]]))
    assert bands(children).shape == (5, 2)


def test_bands_refuse_missing_children_and_percentages() -> None:
    with pytest.raises(InvalidInput, match="Every child needs finite values"):
        bands([[1.0, np.nan]])
    with pytest.raises(InvalidInput, match="Every child needs finite values"):
        bands(np.empty((0, 3)))
    with pytest.raises(InvalidInput, match="95th percentile"):
        bands([[1.0]], (5.0,))


def test_intervals_are_closed() -> None:
    published = Interval(1.0, 2.0)
    assert inside(1.0, published) and inside(2.0, published) and not inside(2.1, published)
    assert not inside(float("nan"), published)
    assert overlaps(published, (2.0, 3.0)) and overlaps((0.0, 5.0), published)
    assert not overlaps(published, (2.1, 3.0)) and not overlaps((0.0, 0.9), published)


@pytest.mark.parametrize("interval", [(2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_what_is_no_interval_is_refused(interval: tuple[float, float]) -> None:
    with pytest.raises(InvalidInput, match="is not an interval"):
        inside(1.0, interval)
    with pytest.raises(InvalidInput, match="is not an interval"):
        overlaps((0.0, 1.0), interval)
