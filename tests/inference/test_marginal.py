"""Modes and marginal likelihoods: closed forms where predictions are linear, agreement where they are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from quotidian.inference.marginal import marginal, whole_hessian
from quotidian.inference.modes import modes

from .problems import linear_problem, matrices_of, oral_problem


def test_modes_of_a_linear_problem_are_those_of_the_closed_form():
    model, at = linear_problem()
    found = modes(model, at)
    for i, (a, y) in enumerate(zip(matrices_of(model), model.data.value, strict=True)):
        precision = a.T @ a / 0.09 + np.linalg.inv(at.omega)
        exact = np.linalg.solve(precision, a.T @ (y - a @ at.theta) / 0.09)
        np.testing.assert_allclose(found.eta[i], exact, atol=1e-8)
        np.testing.assert_allclose(found.hessian[i], precision, rtol=1e-10)


@pytest.mark.parametrize("method", ["fo", "foce", "focei", "laplace", "exact"])
def test_every_method_is_exact_where_predictions_are_linear(method):
    model, at = linear_problem()
    found, _ = marginal(model, at, method)
    for i, (a, y) in enumerate(zip(matrices_of(model), model.data.value, strict=True)):
        spread = a @ at.omega @ a.T + 0.09 * np.eye(4)
        exact = -2 * multivariate_normal(a @ at.theta, spread).logpdf(y) - 4 * np.log(2 * np.pi)
        assert found[i] == pytest.approx(exact, abs=1e-6)


def test_methods_agree_on_a_nonlinear_problem_as_far_as_they_should(tmp_path: Path):
    model, at = oral_problem(tmp_path)
    totals = {m: marginal(model, at, m)[0].sum() for m in ("focei", "laplace", "exact")}
    finer = marginal(model, at, "exact", points=13)[0].sum()
    assert totals["exact"] == pytest.approx(finer, abs=0.02)
    assert 0.001 < abs(totals["focei"] - totals["exact"]) < 1.5
    assert abs(totals["laplace"] - totals["exact"]) < 1.0


def test_the_whole_hessian_is_the_second_derivative_of_the_objective(tmp_path: Path):
    model, at = oral_problem(tmp_path, censored=True)
    eta = 0.2 * np.random.default_rng(2).normal(size=(model.subjects, 3))
    found = whole_hessian(model, at, eta)

    def value(e):
        f = model.predictor.predict(model.everyone(), model.predictors(model.everyone(), e, at.theta))
        return 0.5 * model.penalised(model.everyone(), f, e, at)

    step = 2e-3 * np.eye(3)
    for k in range(3):
        second = (value(eta + step[k]) - 2 * value(eta) + value(eta - step[k])) / (2e-3) ** 2
        np.testing.assert_allclose(found[:, k, k], second, rtol=2e-3, atol=2e-2)


def test_modes_do_not_depend_on_threads_or_batch(tmp_path: Path):
    one, at = oral_problem(tmp_path, threads=1)
    two, _ = oral_problem(tmp_path, threads=2)
    a, b = modes(one, at), modes(two, at)
    assert a.eta.tobytes() == b.eta.tobytes()
    alone = modes(one, at, who=np.array([3]))
    assert alone.eta.tobytes() == a.eta[3].tobytes()
