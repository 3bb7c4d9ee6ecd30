"""The maximum over stored draws: the exact one of a linear problem, and a gradient beside differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei, hessian
from quotidian.inference.importance_draws import Draws, NormalProposals, even_normal
from quotidian.inference.likelihood_ascent import _Stored, ascended
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.inference.quasi_newton import Minimum
from quotidian.statistics.streams import Streams

from .problems import Linear, linear_problem, matrices_of, oral_problem


def _beside_the_maximum() -> tuple[MixedModel, Coordinates, FoceiFunction, Minimum, Parameters, Parameters]:
    """A linear problem, its objective with the exact minimum and estimates, and a start beside these."""
    model, at = linear_problem(subjects=60)
    coordinates = Coordinates(at, np.ones(2, bool), np.ones(1, bool), model.blocks)
    function = FoceiFunction([model], coordinates)
    exact = fit_focei(function, coordinates.vector(at))
    best = coordinates.parameters(exact.x)
    start = replace(best, theta=best.theta + 0.15, omega=0.6 * best.omega, sigma=1.1 * best.sigma)
    return model, coordinates, function, exact, best, start


def test_the_maximum_is_that_of_the_exact_likelihood():
    model, coordinates, function, exact, best, start = _beside_the_maximum()
    found, shares = ascended([model], coordinates, start, np.ones(1), Streams(1))
    np.testing.assert_allclose(found.theta, best.theta, atol=0.01)
    np.testing.assert_allclose(found.omega, best.omega, rtol=0.05, atol=0.01)
    np.testing.assert_allclose(found.sigma, best.sigma, rtol=0.01)
    assert function(coordinates.vector(found))[0] - exact.value < 0.05
    again, _ = ascended([model], coordinates, start, np.ones(1), Streams(1))
    assert again.theta.tobytes() == found.theta.tobytes() and shares.tolist() == [1.0]


def test_two_seeds_agree_within_a_small_part_of_the_standard_error(tmp_path: Path):
    """With independent draws about the modes they differed by 0.1 standard errors."""
    model, at = oral_problem(tmp_path, subjects=60)
    coordinates = Coordinates(at, np.ones(3, bool), np.ones(2, bool), model.blocks)
    function = FoceiFunction([model], coordinates)
    best = fit_focei(function, coordinates.vector(at))
    errors = np.sqrt(2.0 * np.diag(np.linalg.inv(hessian(function, best.x))))
    start = coordinates.parameters(best.x)
    found = [
        coordinates.vector(ascended([model], coordinates, start, np.ones(1), Streams(seed))[0])
        for seed in (1, 2)
    ]
    assert np.abs(found[0] - best.x).max() > 0.01
    assert (np.abs(found[1] - found[0]) / errors).max() < 0.05


@pytest.mark.parametrize("kinds", [1, 2])
def test_the_gradient_is_that_of_differences(kinds):
    model, at = linear_problem(subjects=8)
    if kinds == 2:
        model, at = replace(model, blocks=((0,), (1,))), replace(at, omega=np.diag([0.5, 0.4]))
    coordinates = Coordinates(at, np.ones(2, bool), np.ones(1, bool), model.blocks)
    draws = []
    alone = replace(model, predictor=Linear(matrices_of(model) * np.array([1.0, 0.0])), unused=(1,))
    for own in (model, alone)[:kinds]:
        found = modes(own, at)
        z = even_normal(Streams(2), "ascent", 0, own.everyone(), 300, int(own.used.sum()))
        draws.append(Draws.of(own, at, NormalProposals.at_modes(own, found), z))
    function = _Stored.of(draws, coordinates, at, np.array([0.6, 0.4] if kinds == 2 else [1.0]))
    x = function.start + 0.05
    slope = function(x)[1]
    assert len(x) == 6
    for k, step in enumerate(1e-5 * np.eye(len(x))):
        change = (function(x + step)[0] - function(x - step)[0]) / 2e-5
        np.testing.assert_allclose(slope[k], change, rtol=1e-5, atol=1e-5)


@dataclass(frozen=True)
class Failing(Linear):
    """Solutions fail far from the data."""

    def predict(self, who: NDArray[np.int64], u: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(np.abs(u[:, :1]) < 4.0, super().predict(who, u), np.nan)


def test_draws_whose_solution_fails_do_not_end_the_search():
    model, coordinates, function, exact, _, start = _beside_the_maximum()
    failing = replace(model, predictor=Failing(matrices_of(model)))
    proposals = NormalProposals.at_modes(model, modes(model, start))
    z = even_normal(Streams(1), "ascent", 0, model.everyone(), 1000, 2)
    assert not np.isfinite(Draws.of(failing, start, proposals, z).f).all()
    found, _ = ascended([failing], coordinates, start, np.ones(1), Streams(1))
    assert function(coordinates.vector(found))[0] - exact.value < 0.05
