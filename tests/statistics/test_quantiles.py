"""The quantiles have the bits of NumPy's."""

from typing import Literal

import numpy as np
import pytest

from quotidian.statistics.quantiles import linear, weibull

SHARES = (0.0, 0.025, 0.05, 0.25, 0.5, 0.75, 0.975, 1.0)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 39, 40, 100, 200])
@pytest.mark.parametrize("method", ["linear", "weibull"])
def test_each_bit_is_that_of_numpy(count: int, method: Literal["linear", "weibull"]) -> None:
    ours = {"linear": linear, "weibull": weibull}[method]
    rng = np.random.default_rng(count)
    for scale in (1.0, 1e-9, 1e12):
        values = scale * np.concatenate([rng.normal(size=count - count // 3), np.full(count // 3, 0.1)])
        theirs = [float(np.quantile(values, p, method=method)) for p in SHARES]
        assert ours(values, SHARES) == theirs


def test_the_order_of_the_values_does_not_enter_and_they_are_left_as_they_are() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert linear(values, [0.5, 1.0]) == [2.0, 3.0] and values.tolist() == [3.0, 1.0, 2.0]
