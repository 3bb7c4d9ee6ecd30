"""Exact test, power and assurance, against SciPy and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from quotidian.errors import InvalidCall, InvalidInput
from quotidian.statistics.power import against_size, assurance, fisher, power


@pytest.mark.parametrize(
    ("a", "n", "b", "m"), [(8, 12, 1, 12), (64, 75, 9, 37), (0, 5, 5, 5), (3, 7, 3, 7), (0, 4, 0, 9)]
)
def test_the_p_value_is_scipys(a: int, n: int, b: int, m: int) -> None:
    expected = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert fisher(a, n, b, m) == pytest.approx(expected, rel=1e-9)


def test_anakinra_against_placebo_reads_as_published() -> None:
    """Quartier 2011: 8 of 12 against 1 of 12; p = 0.003 by the chi-squared test of the paper."""
    assert fisher(8, 12, 1, 12) == pytest.approx(0.0094, abs=2e-4)


def test_power_is_the_share_of_simulated_trials_that_find_it() -> None:
    rng = np.random.default_rng(20)
    found = [
        stats.fisher_exact([[a, 15 - a], [b, 10 - b]]).pvalue <= 0.05
        for a, b in zip(rng.binomial(15, 0.8, 2000), rng.binomial(10, 0.3, 2000), strict=True)
    ]
    assert power(0.8, 0.3, 15, 10) == pytest.approx(np.mean(found), abs=0.035)


def test_without_a_difference_power_stays_below_the_level() -> None:
    assert power(0.4, 0.4, 30, 30) < 0.05
    assert power(1.0, 0.0, 4, 4) == pytest.approx(1.0)


def test_assurance_is_the_mean_of_powers() -> None:
    p_a, p_b = [0.9, 0.6], [0.3, 0.4]
    both = [power(a, b, 12, 8) for a, b in zip(p_a, p_b, strict=True)]
    assert assurance(p_a, p_b, 12, 8) == pytest.approx(np.mean(both))
    assert both[1] < assurance(p_a, p_b, 12, 8) < both[0]


def test_more_children_find_more() -> None:
    found = against_size(0.74, 0.25, [10, 20, 40], ratio=0.5)
    assert (np.diff(found) > 0).all() and found[1] == pytest.approx(power(0.74, 0.25, 20, 10))


def test_what_makes_no_trial_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot have arms"):
        power(0.5, 0.5, 0, 3)
    with pytest.raises(InvalidInput, match="does not exist"):
        power(1.5, 0.5, 3, 3)
    with pytest.raises(InvalidInput, match="are not proportions"):
        fisher(4, 3, 1, 3)
    with pytest.raises(InvalidCall, match="cannot be averaged"):
        assurance([0.5, 0.6], [0.5], 3, 3)
