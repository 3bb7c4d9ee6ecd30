"""Exponential tilting against its closed form: a normal pool is shifted, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.errors import InvalidInput
from quotidian.statistics.streams import Streams
from quotidian.trials.conduct.weighting import match

POOL = {"age": 10 + 4 * Streams(1).normal("age", 0, range(4000))[:, 0]}


def test_a_normal_pool_is_tilted_by_the_difference_over_the_variance() -> None:
    r"""For :math:`x \sim N(\mu, \sigma^2)` the slope is :math:`(t - \mu)/\sigma^2`."""
    found = match(POOL, {"age": 12.0})
    assert found.slopes[0] / found.scale[0] == pytest.approx(
        (12 - POOL["age"].mean()) / POOL["age"].var(), rel=0.05
    )
    assert found.after["age"] == pytest.approx(12.0, abs=1e-4)
    # effective size of a shift by half an SD: n exp(-1/4)
    assert found.effective / 4000 == pytest.approx(np.exp(-0.25), rel=0.1)


def test_lots_by_these_chances_meet_the_mean() -> None:
    found = match(POOL, {"age": 12.0})
    chance = found.chances(POOL)
    assert chance.max() == 1.0 and (chance >= 0).all()
    chosen = Streams(2).uniform("lot", 0, range(4000))[:, 0] < chance
    assert POOL["age"][chosen].mean() == pytest.approx(12.0, abs=0.4)
    assert np.array_equal(found.chances({"age": POOL["age"][:7]}), chance[:7])


def test_a_mean_out_of_reach_is_refused_with_what_the_pool_has() -> None:
    with pytest.raises(InvalidInput, match="cannot be matched") as refused:
        match(POOL, {"age": 40.0})
    assert "age 1" in str(refused.value) and "wanted 40" in str(refused.value)


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(InvalidInput, match="matched on shoe"):
        match(POOL, {"shoe": 30.0})


@pytest.mark.parametrize(
    ("duration", "says"),
    [(np.zeros(0), "No candidate fulfils"), (np.array([1.0, np.nan, 2.0]), "matched on duration")],
)
def test_an_empty_pool_and_a_value_that_nobody_has_are_refused(
    duration: NDArray[np.float64], says: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        match({"duration": duration}, {"duration": 1.1})
    assert says in refused.value.what + refused.value.why
