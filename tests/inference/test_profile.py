"""Profiles and combinations where the objective is a parabola, and words for them."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.diagnostics import combinations, profile
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei, hessian

from .problems import linear_problem, matrices_of


def test_the_profile_of_a_parabola_is_the_interval_of_its_standard_error():
    model, at = linear_problem(subjects=30)
    coordinates = Coordinates(at, np.ones(2, bool), np.zeros(1, bool), model.blocks, free_omega=False)
    function = FoceiFunction([model], coordinates)
    x = fit_focei(function, coordinates.vector(at), accuracy=1e-8).x
    information = sum(
        a.T @ np.linalg.solve(a @ at.omega @ a.T + 0.09 * np.eye(4), a) for a in matrices_of(model)
    )
    covariance = 2.0 * np.linalg.inv(hessian(function, x))
    np.testing.assert_allclose(covariance, np.linalg.inv(information), rtol=1e-3)
    for k in range(2):
        se = np.sqrt(covariance[k, k])
        found = profile(function, x, covariance, k)
        assert (found.high - x[k]) / se == pytest.approx(1.96, abs=0.02)
        assert (x[k] - found.low) / se == pytest.approx(1.96, abs=0.02)
        np.testing.assert_allclose(found.rise, ((found.at - x[k]) / se) ** 2, atol=0.03)


def test_an_end_beyond_which_the_objective_does_not_rise_is_infinite():
    class Flat:
        def __call__(self, x):
            return float(min(x[0], 0.0) ** 2), np.array([2.0 * min(x[0], 0.0)])

    found = profile(Flat(), np.zeros(1), np.eye(1), 0)  # type: ignore[arg-type]
    assert found.high == np.inf and found.low == pytest.approx(-1.96, abs=0.02)


def test_the_worst_combination_comes_first_in_words():
    covariance = np.array([[0.26, 0.25, 0.0], [0.25, 0.26, 0.0], [0.0, 0.0, 0.04]])
    worst, *_, best = combinations(covariance, ["CL", "V", "KA"], [True, True, False])
    assert worst.sd == pytest.approx(np.sqrt(0.51)) and worst.badly and not best.badly
    step = np.expm1(np.sqrt(0.51 / 2))
    assert worst.words == f"CL {100 * step:+.0f} % with V {100 * step:+.0f} %"
    assert best.words.startswith("CL +") and "V -" in best.words
    middle = combinations(covariance, ["CL", "V", "KA"], [True, True, False])[1]
    assert middle.words == "KA +0.2"
