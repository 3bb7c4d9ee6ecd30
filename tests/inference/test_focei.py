"""The exact gradient of FOCEI, and what a fit of the project's own data finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction, LaplaceFunction, fit_focei, fit_laplace, hessian
from quotidian.inference.marginal import marginal

from .problems import linear_problem, matrices_of, oral_problem


def _coordinates(model, at):
    everything = np.ones(len(at.theta), bool), np.ones(len(at.sigma), bool)
    return Coordinates(at, *everything, model.blocks)


@pytest.mark.parametrize("censored", [False, True])
def test_the_gradient_is_that_of_the_objective(tmp_path: Path, censored):
    model, at = oral_problem(tmp_path, censored=censored)
    coordinates = _coordinates(model, at)
    function, x = FoceiFunction([model], coordinates, accuracy=1e-8), coordinates.vector(at)
    _, slopes = function(x)
    step = 1e-3 * np.eye(len(x))
    changes = [(function(x + e)[0] - function(x - e)[0]) / 2e-3 for e in step]
    np.testing.assert_allclose(slopes, changes, atol=(2e-4 if censored else 2e-5) * np.abs(slopes).max())


def test_the_gradient_of_a_mixture_is_that_of_its_objective():
    model, at = linear_problem()
    other, _ = linear_problem(seed=8)
    coordinates = _coordinates(model, at)
    function = FoceiFunction([model, other], coordinates, accuracy=1e-9)
    x = np.append(coordinates.vector(at), 0.3)
    _, slopes = function(x)
    changes = [(function(x + e)[0] - function(x - e)[0]) / 2e-4 for e in 1e-4 * np.eye(len(x))]
    np.testing.assert_allclose(slopes, changes, rtol=1e-5, atol=1e-5)


def test_the_gradient_of_a_common_variance_is_that_of_its_objective():
    model, at = linear_problem()
    model, at = replace(model, blocks=((0,), (1,))), replace(at, omega=0.4 * np.eye(2))
    coordinates = replace(_coordinates(model, at), alike=((0, 1),))
    function, x = FoceiFunction([model], coordinates, accuracy=1e-9), coordinates.vector(at) + 0.1
    assert len(x) == 4 and np.ptp(np.diag(coordinates.parameters(x).omega)) == 0
    changes = [(function(x + e)[0] - function(x - e)[0]) / 2e-4 for e in 1e-4 * np.eye(len(x))]
    np.testing.assert_allclose(function(x)[1], changes, rtol=1e-5, atol=1e-5)


def test_coordinates_return_the_parameters_that_they_were_made_of():
    model, at = linear_problem()
    coordinates = _coordinates(model, at)
    again = coordinates.parameters(coordinates.vector(at))
    for own, found in zip(vars(at).values(), vars(again).values(), strict=True):
        np.testing.assert_allclose(found, own, rtol=1e-12)


def test_two_starts_end_at_one_minimum_and_laplace_goes_on_from_there(tmp_path: Path):
    model, at = oral_problem(tmp_path)
    coordinates = _coordinates(model, at)
    x = coordinates.vector(at)
    ends = []
    for shift in (0.0, 0.3):
        function = FoceiFunction([model], coordinates)
        ends.append(fit_focei(function, x + shift))
    first, second = ends
    assert first.converged and second.converged
    assert first.value == pytest.approx(second.value, abs=0.01)
    assert first.value < FoceiFunction([model], coordinates)(x)[0]
    better = fit_laplace(LaplaceFunction(function), second)
    before = marginal(model, coordinates.parameters(second.x), "laplace")[0].sum()
    assert better.value <= before + 1e-6


def test_the_information_of_a_linear_problem_is_that_of_its_normal_distribution():
    model, at = linear_problem(subjects=40)
    coordinates = _coordinates(model, at)
    found = hessian(FoceiFunction([model], coordinates, accuracy=1e-10), coordinates.vector(at))
    exact = np.zeros((2, 2))
    for a in matrices_of(model):
        exact += a.T @ np.linalg.solve(a @ at.omega @ a.T + 0.09 * np.eye(4), a)
    np.testing.assert_allclose(0.5 * found[:2, :2], exact, rtol=1e-5)
