"""Log-probabilities of the normal distribution, against SciPy over the whole line."""

import numpy as np
from scipy import stats

from quotidian.statistics.normal import normal_log_cdf, normal_log_interval, normal_log_pdf

Z = np.concatenate([np.linspace(-60, 40, 2001), [-29.999, -30.001, 0.0]])


def test_log_density_and_log_probability_are_those_of_scipy() -> None:
    np.testing.assert_allclose(normal_log_pdf(Z), stats.norm.logpdf(Z), rtol=1e-13)
    np.testing.assert_allclose(normal_log_cdf(Z), stats.norm.logcdf(Z), rtol=1e-10, atol=1e-300)
    assert normal_log_cdf(-np.inf) == -np.inf and normal_log_cdf(np.inf) == 0.0


def test_intervals_keep_their_digits_in_both_tails() -> None:
    low, high = np.array([-12.0, -0.3, 2.0, 11.0]), np.array([-11.0, 0.4, 2.5, 12.0])
    expected = np.array([stats.norm.logsf(11.0), 0, 0, stats.norm.logsf(11.0)])
    expected += np.log1p(-np.exp(stats.norm.logsf(12.0) - stats.norm.logsf(11.0))) * np.array([1, 0, 0, 1])
    expected[1:3] = np.log(stats.norm.cdf(high[1:3]) - stats.norm.cdf(low[1:3]))
    np.testing.assert_allclose(normal_log_interval(low, high), expected, rtol=1e-9)
    assert normal_log_interval(-np.inf, np.inf) == 0.0
