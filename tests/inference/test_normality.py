"""Statistics of residuals beside those of SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, linregress

from quotidian.inference.diagnostics import normality, slope


@pytest.mark.parametrize("shift", [0.0, 0.25])
def test_the_test_of_kolmogorov_and_smirnov_is_that_of_scipy(shift: float):
    z = np.random.default_rng(2).normal(size=200) + shift
    found = normality(np.append(z, np.nan))
    assert found.count == 200 and found.mean == pytest.approx(z.mean())
    assert found.p == pytest.approx(kstest(z, "norm").pvalue, rel=0.1, abs=1e-3)


def test_a_slope_is_that_of_scipy():
    rng = np.random.default_rng(4)
    x = rng.normal(size=60)
    y = 0.3 * x + rng.normal(size=60)
    found, other = slope(x, y), linregress(x, y)
    assert found.slope == pytest.approx(other.slope) and found.r == pytest.approx(other.rvalue)
    assert found.p == pytest.approx(other.pvalue, rel=0.1)
    assert np.isnan(slope(np.ones(9), np.arange(9.0)).slope)
