"""The maximum over stored draws: the exact one of a linear problem, and a gradient beside differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei
from quotidian.inference.likelihood_ascent import _Stored, ascended
from quotidian.inference.modes import modes
from quotidian.statistics.streams import Streams

from .problems import linear_problem


def test_the_maximum_is_that_of_the_exact_likelihood():
    model, at = linear_problem(subjects=60)
    coordinates = Coordinates(at, np.ones(2, bool), np.ones(1, bool), model.blocks)
    function = FoceiFunction([model], coordinates)
    exact = fit_focei(function, coordinates.vector(at))
    best = coordinates.parameters(exact.x)
    start = replace(best, theta=best.theta + 0.15, omega=0.6 * best.omega, sigma=1.1 * best.sigma)
    found = ascended(model, coordinates, start, Streams(1))
    np.testing.assert_allclose(found.theta, best.theta, atol=0.01)
    np.testing.assert_allclose(found.omega, best.omega, rtol=0.05, atol=0.01)
    np.testing.assert_allclose(found.sigma, best.sigma, rtol=0.01)
    assert function(coordinates.vector(found))[0] - exact.value < 0.05
    again = ascended(model, coordinates, start, Streams(1))
    assert again.theta.tobytes() == found.theta.tobytes()


def test_the_gradient_is_that_of_differences():
    model, at = linear_problem(subjects=8)
    coordinates = Coordinates(at, np.ones(2, bool), np.ones(1, bool), model.blocks)
    found = modes(model, at)
    z = Streams(2).normal("ascent", 0, model.everyone(), 2 * 300).reshape(8, 300, 2)
    function = _Stored.of(model, coordinates, at, found.eta, found.hessian, z)
    x = function.start + 0.05
    slope = function(x)[1]
    for k, step in enumerate(1e-5 * np.eye(len(x))):
        change = (function(x + step)[0] - function(x - step)[0]) / 2e-5
        np.testing.assert_allclose(slope[k], change, rtol=1e-5, atol=1e-5)
