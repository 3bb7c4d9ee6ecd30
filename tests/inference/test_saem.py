"""SAEM on a linear problem, where its likelihood is known, and with a predictor without random effect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.residual import Residuals
from quotidian.inference.saem import Schedule, fit_saem
from quotidian.statistics.streams import Streams

from .problems import Linear, linear_problem, observations


def _coordinates(model, at):
    return Coordinates(at, np.ones(2, bool), np.ones(1, bool), model.blocks)


def _start(at):
    return replace(at, theta=at.theta + 0.5, omega=2.0 * np.diag(np.diag(at.omega)), sigma=2 * at.sigma)


def test_estimates_are_those_of_the_exact_likelihood():
    model, at = linear_problem(subjects=60)
    coordinates = _coordinates(model, at)
    exact = fit_focei(FoceiFunction([model], coordinates), coordinates.vector(at))
    best = coordinates.parameters(exact.x)
    found = fit_saem([model], coordinates, _start(at), np.ones(1), Streams(2), Schedule(150, 150)).parameters
    np.testing.assert_allclose(found.theta, best.theta, atol=0.02)
    np.testing.assert_allclose(found.omega, best.omega, rtol=0.08, atol=0.02)
    np.testing.assert_allclose(found.sigma, best.sigma, rtol=0.03)
    function = FoceiFunction([model], coordinates)
    assert function(coordinates.vector(found))[0] == pytest.approx(exact.value, abs=0.3)


def test_a_predictor_without_random_effect_is_estimated_too():
    model, at = linear_problem(subjects=60, seed=9)
    half = replace(model, effect_of=np.array([0, -1]), blocks=((0,),))
    alone = replace(at, omega=at.omega[:1, :1])
    coordinates = Coordinates(alone, np.ones(2, bool), np.ones(1, bool), half.blocks)
    exact = coordinates.parameters(fit_focei(FoceiFunction([half], coordinates), coordinates.vector(alone)).x)
    start = replace(alone, theta=alone.theta + 0.4)
    found = fit_saem([half], coordinates, start, np.ones(1), Streams(1), Schedule(150, 150)).parameters
    np.testing.assert_allclose(found.theta, exact.theta, atol=0.03)


def test_the_bytes_depend_on_the_seed_alone():
    model, at = linear_problem(subjects=10)
    coordinates, plan = _coordinates(model, at), Schedule(5, 5)
    one, two, other = (
        fit_saem([model], coordinates, _start(at), np.ones(1), Streams(seed), plan).course
        for seed in (1, 1, 2)
    )
    assert one.tobytes() == two.tobytes() and one.tobytes() != other.tobytes()


def test_what_the_data_do_not_determine_stays_near_its_start():
    rng, subjects = np.random.default_rng(4), 40
    matrices = rng.normal(size=(subjects, 4, 3))
    matrices[..., 2] = matrices[..., 1] + 0.003 * rng.normal(size=(subjects, 4))
    at = Parameters(np.array([1.0, -0.5, 0.3]), np.array([[0.5]]), np.array([0.3]))
    u = np.tile(at.theta, (subjects, 1))
    u[:, 0] += rng.normal(size=subjects) * np.sqrt(0.5)
    value = np.einsum("njk,nk->nj", matrices, u) + 0.3 * rng.normal(size=(subjects, 4))
    model = MixedModel(
        Linear(matrices), observations(value), np.repeat(np.eye(3)[None], subjects, axis=0),
        np.array([0, -1, -1]), Residuals(("additive",)), ((0,),),
    )  # fmt: skip
    coordinates = Coordinates(at, np.ones(3, bool), np.ones(1, bool), model.blocks)
    start = replace(at, theta=at.theta + np.array([0.0, 0.2, 0.2]))
    found = fit_saem([model], coordinates, start, np.ones(1), Streams(1), Schedule(60, 20))
    assert found.parameters.theta[1:].sum() == pytest.approx(-0.257, abs=0.005)
    assert np.abs(found.course[:, 1:3] - start.theta[1:]).max() < 0.5
