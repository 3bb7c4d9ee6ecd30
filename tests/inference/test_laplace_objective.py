"""The gradient of the Laplace objective, and its bound where a mode is about to be lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quotidian.application.fitting.population_notes import mode_notes
from quotidian.inference.coordinates import Coordinates
from quotidian.inference.focei_objective import focei_gradient
from quotidian.inference.gradient_fit import FoceiFunction, LaplaceFunction, fit_focei, fit_laplace, hessian
from quotidian.inference.laplace_objective import laplace_gradient
from quotidian.inference.marginal import (
    LEAST,
    bounded_gaussian,
    gaussian,
    marginal,
    relative_curvature,
    whole_hessian,
)
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.residual import Residuals
from quotidian.inference.restarts import more_probable

from .problems import observations, oral_problem
from .test_restarts import TwoSided


def _coordinates(model, at):
    everything = np.ones(len(at.theta), bool), np.ones(len(at.sigma), bool)
    return Coordinates(at, *everything, model.blocks)


def _two_sided(sigma: float):
    data = observations(np.array([[0.05, 0.155]]))
    model = MixedModel(TwoSided(), data, np.ones((1, 1, 1)), np.arange(1), Residuals(("additive",)), ((0,),))
    at = Parameters(np.array([0.0]), np.eye(1), np.array([sigma]))
    return model, _coordinates(model, at)


@pytest.mark.parametrize("censored", [False, True])
def test_the_gradient_is_that_of_the_objective(tmp_path: Path, censored):
    model, at = oral_problem(tmp_path, censored=censored)
    coordinates = _coordinates(model, at)
    x, start = coordinates.vector(at), np.zeros((model.subjects, model.effects))
    found, slopes = laplace_gradient(
        model, coordinates, at, focei_gradient(model, coordinates, at, start, accuracy=1e-8)
    )

    def value(y):
        return marginal(model, coordinates.parameters(y), "laplace", start)[0].sum()

    assert found.sum() == pytest.approx(value(x), abs=1e-6)
    changes = [(value(x + e) - value(x - e)) / 4e-3 for e in 2e-3 * np.eye(len(x))]
    np.testing.assert_allclose(slopes.sum(axis=0), changes, atol=2e-3 * np.abs(changes).max())


def test_the_objective_has_a_bound_where_a_mode_is_lost():
    model, coordinates = _two_sided(0.4)
    function, typical, step = FoceiFunction([model], coordinates), 0.0, 0.1
    narrow = []
    while step > 1e-6:
        x = np.array([typical + step, 0.0, np.log(0.4)])
        function(x)
        assert function.tried is not None
        if function.tried[0][0].eta[0, 0] + x[0] > 0.8:  # the mode at the other side
            step /= 2.0
            continue
        function.keep()
        typical, here, near = float(x[0]), coordinates.parameters(x), function.last[0]
        curve = relative_curvature(whole_hessian(model, here, near.eta), here.omega).min()
        own = laplace_gradient(model, coordinates, here, near)[0].sum()
        other = marginal(model, here, "laplace", near.eta)[0].sum()
        if curve >= 2.0 * LEAST:
            assert own == pytest.approx(other, abs=1e-5)
        else:
            narrow.append((curve, own, other))
            lost = here, near.eta
    curve, own, other = narrow[-1]
    assert curve < 0.02 and other < own - 1.5
    assert np.ptp([value for _, value, _ in narrow]) < 1.0
    beside = marginal(model, lost[0], "laplace", more_probable(model, *lost), bounded=True)[0].sum()
    first, _ = mode_notes(model, *lost, ["7"], "laplace")
    assert f"the objective is {beside - own:.2g} higher" in first  # of the bounded objective, as in the fit


def test_eigenvalues_of_the_curvature_are_bounded_smoothly():
    omega = np.array([[2.0, 0.3], [0.3, 0.5]])
    root = np.linalg.inv(np.linalg.cholesky(omega))
    values = np.array([1.0, 2.0 * LEAST, 0.5 * LEAST, 1e-9])
    h = np.array([root.T @ np.diag([3.0, v]) @ root for v in values])
    np.testing.assert_allclose(relative_curvature(h, omega)[:, 0], values, atol=1e-12)
    own, other = (f(np.zeros(4), h, omega) for f in (bounded_gaussian, gaussian))
    np.testing.assert_allclose(own[:2], other[:2], atol=1e-12)
    np.testing.assert_allclose(own[2:], np.log(3.0 * np.array([1.0625, 1.0]) * LEAST), atol=1e-6)
    assert bounded_gaussian(np.zeros(1), -h[:1], omega)[0] == pytest.approx(2.0 * np.log(LEAST))


def test_a_fit_by_laplace_ends_where_its_gradient_vanishes(tmp_path: Path):
    model, at = oral_problem(tmp_path, censored=True)
    coordinates = _coordinates(model, at)
    function = FoceiFunction([model], coordinates)
    first = fit_focei(function, coordinates.vector(at))
    found = fit_laplace(LaplaceFunction(function), first)
    assert found.converged and np.abs(found.gradient).max() < 0.1
    before = marginal(model, coordinates.parameters(first.x), "laplace")[0].sum()
    assert found.value < before - 1e-3
    assert np.linalg.eigvalsh(hessian(LaplaceFunction(function), found.x))[0] > 0.0
