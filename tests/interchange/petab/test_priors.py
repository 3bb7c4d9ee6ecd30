"""Prior densities against SciPy, cut at bounds and not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from quotidian.interchange.petab.priors import Prior, lower_gamma

LAWS = {
    "normal": ((1.0, 2.0), stats.norm(1, 2)),
    "laplace": ((1.0, 2.0), stats.laplace(1, 2)),
    "uniform": ((0.1, 6.0), stats.uniform(0.1, 5.9)),
    "log-normal": ((1.0, 2.0), stats.lognorm(2, scale=math.e)),
    "log-laplace": ((1.0, 0.5), stats.loglaplace(2.0, scale=math.e)),
    "log-uniform": ((0.1, 6.0), stats.loguniform(0.1, 6)),
    "cauchy": ((1.0, 2.0), stats.cauchy(1, 2)),
    "gamma": ((3.0, 2.0), stats.gamma(3, scale=2)),
    "chisquare": ((3.0,), stats.chi2(3)),
    "exponential": ((2.0,), stats.expon(scale=2)),
    "rayleigh": ((2.0,), stats.rayleigh(scale=2)),
}


@pytest.mark.parametrize("family", LAWS)
def test_a_density_is_that_of_the_law(family: str) -> None:
    parameters, law = LAWS[family]
    prior = Prior(family, parameters, cut=False)
    for x in (0.4, 1.0, 5.0):
        assert prior.log_density(x, -math.inf, math.inf) == pytest.approx(law.logpdf(x), rel=1e-12)


@pytest.mark.parametrize("family", LAWS)
def test_a_density_that_is_cut_integrates_to_one(family: str) -> None:
    prior = Prior(family, LAWS[family][0])
    mass = integrate.quad(lambda x: math.exp(prior.log_density(x, 0.5, 3.0)), 0.5, 3.0)[0]
    assert mass == pytest.approx(1.0, rel=1e-9)
    assert prior.log_density(3.1, 0.5, 3.0) == -math.inf


def test_a_prior_may_be_that_of_the_logarithm() -> None:
    prior = Prior("normal", (0.0, 1.0), "log10", cut=False)
    assert prior.log_density(100.0, 0.0, math.inf) == pytest.approx(stats.norm.logpdf(2.0))


def test_the_incomplete_gamma_function_is_right_on_both_sides_of_its_parameter() -> None:
    for k in (0.5, 1.0, 3.0, 20.0):
        for x in np.geomspace(0.01, 100.0, 9):
            assert lower_gamma(k, x) == pytest.approx(special.gammainc(k, x), rel=1e-12, abs=1e-300)
