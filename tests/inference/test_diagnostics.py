"""Diagnostics: the closed form of a linear problem, and the distribution where the model is right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from quotidian.inference.diagnostics import (
    conditional_residuals,
    prediction_discrepancies,
    residual_shrinkage,
)
from quotidian.inference.modes import modes
from quotidian.statistics.streams import Streams

from .problems import linear_problem, matrices_of


def test_conditional_residuals_of_a_linear_problem_are_those_of_its_normal_distribution():
    model, at = linear_problem()
    found = conditional_residuals(model, at, modes(model, at).eta)
    for i, (a, y) in enumerate(zip(matrices_of(model), model.data.value, strict=True)):
        spread = a @ at.omega @ a.T + 0.09 * np.eye(4)
        exact = np.linalg.inv(np.real(sqrtm(spread))) @ (y - a @ at.theta)
        np.testing.assert_allclose(found[i], exact, atol=1e-6)


def test_discrepancies_are_standard_normal_where_the_model_is_right_and_not_where_it_is_wrong():
    model, at = linear_problem(subjects=300, seed=7)
    found = prediction_discrepancies(model, at, Streams(1), copies=400)
    assert abs(found.mean()) < 0.1 and found.std() == pytest.approx(1.0, abs=0.07)
    wrong = type(at)(at.theta + 1.0, at.omega, at.sigma)
    away = prediction_discrepancies(model, wrong, Streams(1), copies=400)
    assert away.std() > 1.15


def test_shrinkage_of_residuals_grows_as_subjects_have_fewer_observations():
    model, at = linear_problem(subjects=200, seed=2)
    found = residual_shrinkage(model, at, modes(model, at).eta)
    assert 0.15 < found < 0.45  # four observations, two effects: 1 - sqrt(1/2) where effects are free
