"""Weighted residuals, simulated copies and discrepancies: closed forms of a linear problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import sqrtm

from quotidian.inference.diagnostics import (
    conditional_residuals,
    discrepancies,
    individual_residuals,
    residual_shrinkage,
    simulated,
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


def test_individual_residuals_are_those_about_the_own_prediction():
    model, at = linear_problem()
    eta = modes(model, at).eta
    own = np.einsum("njk,nk->nj", matrices_of(model), at.theta + eta)
    np.testing.assert_allclose(individual_residuals(model, at, eta), (model.data.value - own) / 0.3)


def test_shrinkage_of_residuals_grows_as_subjects_have_fewer_observations():
    model, at = linear_problem(subjects=200, seed=2)
    found = residual_shrinkage(model, at, modes(model, at).eta)
    assert 0.15 < found < 0.45  # four observations, two effects: 1 - sqrt(1/2) where effects are free


def test_copies_have_the_moments_of_the_model_and_do_not_depend_on_their_number():
    model, at = linear_problem(subjects=2)
    found = simulated(model, at, Streams(3), 4000)
    for i, a in enumerate(matrices_of(model)):
        np.testing.assert_allclose(found[:, i].mean(axis=0), a @ at.theta, atol=0.08)
        spread = a @ at.omega @ a.T + 0.09 * np.eye(4)
        np.testing.assert_allclose(np.cov(found[:, i].T), spread, atol=0.08 * spread.max())
    assert simulated(model, at, Streams(3), 5).tobytes() == found[:5].tobytes()


def test_discrepancies_are_those_of_the_normal_distribution():
    model, at = linear_problem()
    found = discrepancies(model.data, simulated(model, at, Streams(1), 8000), Streams(1))
    for i, (a, y) in enumerate(zip(matrices_of(model), model.data.value, strict=True)):
        spread = a @ at.omega @ a.T + 0.09 * np.eye(4)
        exact = np.linalg.solve(np.linalg.cholesky(spread), y - a @ at.theta)
        np.testing.assert_allclose(found.npde[i], exact, atol=0.15)
        np.testing.assert_allclose(found.npd[i], (y - a @ at.theta) / np.sqrt(np.diag(spread)), atol=0.15)


@pytest.mark.parametrize("censored", [False, True])
def test_discrepancies_are_standard_normal_where_the_model_is_right_and_not_where_it_is_wrong(censored):
    model, at = linear_problem(subjects=300, seed=7)
    if censored:
        limit = float(np.quantile(model.data.value, 0.3))
        low = model.data.value < limit
        data = replace(
            model.data, censored=low.astype(np.int64), value=np.where(low, limit, model.data.value)
        )
        model = replace(model, data=data)
    found = discrepancies(model.data, simulated(model, at, Streams(1), 400), Streams(1)).npde
    assert abs(found.mean()) < 0.1 and found.std() == pytest.approx(1.0, abs=0.08)
    wrong = replace(at, theta=at.theta + 1.0)
    away = discrepancies(model.data, simulated(model, wrong, Streams(1), 400), Streams(1)).npde
    assert away.std() > 1.15
