"""The second derivative of the likelihood over moving draws: exact ones of linear problems, and its error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei, hessian
from quotidian.inference.importance_draws import BATCHES, Draws, NormalProposals, even_normal
from quotidian.inference.likelihood_information import _weighty, likelihood_hessians
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.statistics.streams import Streams

from .problems import Linear, linear_problem, matrices_of, oral_problem


def _with_plain_effect() -> tuple[MixedModel, Parameters]:
    """A third predictor, which has a fixed effect and no random one."""
    model, at = linear_problem(subjects=20)
    more = np.random.default_rng(8).normal(size=(20, 4, 1))
    model = replace(
        model, predictor=Linear(np.concatenate([matrices_of(model), more], axis=2)),
        design=np.repeat(np.eye(3)[None], 20, axis=0), effect_of=np.array([0, 1, -1]),
    )  # fmt: skip
    return model, replace(at, theta=np.array([*at.theta, 0.2]))


@pytest.mark.parametrize("plain", [False, True])
def test_it_is_the_exact_one_of_a_linear_problem(plain):
    """FOCEI is exact there. With fixed weights of the draws the variance of the scores would be missing."""
    model, at = _with_plain_effect() if plain else linear_problem(subjects=20)
    coordinates = Coordinates(at, np.ones(2 + plain, bool), np.ones(1, bool), model.blocks)
    exact = hessian(FoceiFunction([model], coordinates), coordinates.vector(at))
    found = likelihood_hessians(model, coordinates, at, Streams(1))
    assert found.shape == (1 + BATCHES, *exact.shape)
    scale = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
    assert np.abs((found[0] - exact) / scale).max() < 0.02


def test_standard_errors_of_an_oral_model_are_those_of_focei(tmp_path: Path):
    model, at = oral_problem(tmp_path, subjects=30)
    coordinates = Coordinates(at, np.ones(3, bool), np.ones(2, bool), model.blocks)
    function = FoceiFunction([model], coordinates)
    x = fit_focei(function, coordinates.vector(at)).x
    expected = np.sqrt(np.diag(np.linalg.inv(hessian(function, x))))
    one, two = (
        likelihood_hessians(model, coordinates, coordinates.parameters(x), Streams(s)) for s in (1, 2)
    )
    errors = [np.sqrt(np.diag(np.linalg.inv(h[0]))) for h in (one, two)]
    np.testing.assert_allclose(errors[0], expected, rtol=0.15)
    np.testing.assert_allclose(errors[0], errors[1], rtol=0.05)
    assert one[0].tobytes() != two[0].tobytes()
    spread = one[1:].std(axis=0, ddof=1) / np.sqrt(BATCHES)
    apart = np.diag(one[0] - two[0]) / np.sqrt(2) / np.diag(spread)
    assert 0.1 < np.sqrt(np.mean(apart**2)) < 3.0


def test_draws_of_no_weight_move_to_the_best_one_and_stay_without_weight():
    model, at = linear_problem(subjects=5)
    z = even_normal(Streams(1), "far", 0, model.everyone(), 8, 2)
    z[1, 3] = 50.0
    draws = Draws.of(model, at, NormalProposals.at_modes(model, modes(model, at)), z)
    before, found = draws.log_weights(at), _weighty(draws, at)
    assert before[1, 3] < before[1].max() - 30.0
    np.testing.assert_allclose(np.exp(found.log_weights(at)), np.exp(before), atol=1e-12)
    u, best = found.u.reshape(5, 8, 2), before.argmax(axis=1)
    assert found.log_q[1, 3] == np.inf and u[1, 3].tolist() == u[1, best[1]].tolist()
    others = np.delete(np.arange(40), 11)
    assert np.array_equal(found.u[others], draws.u[others])
