"""Importance sampling: closed forms, an honest error, and proposals that follow skewed posteriors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.inference import importance_draws
from quotidian.inference.importance_draws import Draws, NormalProposals, even_normal, importance, normalised
from quotidian.inference.marginal import marginal
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.inference.residual import Residuals
from quotidian.statistics.streams import Streams

from .problems import Linear, linear_problem, matrices_of, observations

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Saturating:
    """One observation 1 - exp(-exp(u)): large u fit nearly as well as the mode, so that a tail follows."""

    def predict(self, who: NDArray[np.int64], u: Floats) -> Floats:
        return 1.0 - np.exp(-np.exp(u))

    def linearise(self, who: NDArray[np.int64], u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        return self.predict(who, u), (np.exp(u) * np.exp(-np.exp(u)))[..., None]


def saturating(subjects: int = 20) -> tuple[MixedModel, Parameters]:
    value = np.linspace(0.7, 1.02, subjects)[:, None]
    design = np.ones((subjects, 1, 1))
    model = MixedModel(
        Saturating(), observations(value), design, np.arange(1), Residuals(("additive",)), ((0,),)
    )
    return model, Parameters(np.zeros(1), np.array([[4.0]]), np.array([0.05]))


def exact(model: MixedModel, at: Parameters) -> Floats:
    """-2 ln L of each subject by summation over a fine grid."""
    eta = np.linspace(-14.0, 14.0, 200_001)
    f = model.predictor.predict(np.zeros(len(eta), np.int64), eta[:, None])[:, 0]
    prior = -0.5 * eta**2 / at.omega[0, 0] - 0.5 * np.log(2 * np.pi * at.omega[0, 0])
    own = -0.5 * (model.data.value - f) ** 2 / at.sigma[0] ** 2 - np.log(at.sigma[0])
    return -2.0 * np.log(np.exp(own + prior).sum(axis=1) * (eta[1] - eta[0]))


def test_it_agrees_with_the_closed_form_and_states_its_error():
    model, at = linear_problem()
    true, found = marginal(model, at, "focei")
    away = []
    for seed in range(30):
        value, error = importance(model, at, found, Streams(seed), "test", 1000)
        assert np.all(error < 0.1)
        away.append((value - true) / error)
    assert 0.7 < np.sqrt(np.mean(np.square(away))) < 1.6  # Student's t with 4 degrees of freedom has SD 1.41


def test_it_agrees_with_quadrature_where_posteriors_are_skewed():
    model, at = saturating()
    value, error = importance(model, at, modes(model, at), Streams(1), "test", 2000)
    np.testing.assert_allclose(value, exact(model, at), atol=0.03)
    assert error.max() < 0.03


def test_adapted_proposals_have_more_effective_draws():
    model, at = saturating()
    proposals = NormalProposals.at_modes(model, modes(model, at))
    fewest = []
    for step in range(3):
        z = even_normal(Streams(1), "test", step, model.everyone(), 400, 1)
        draws = Draws.of(model, at, proposals, z)
        weight, _ = normalised(draws.log_weights(at))
        fewest.append((1.0 / (weight**2).sum(axis=1)).min())
        proposals = draws.adapted(at, proposals)
    assert fewest[0] < 60 < 180 < min(fewest[1:])


def test_a_proposal_without_effective_draws_stays():
    start = NormalProposals(np.zeros((1, 2)), np.eye(2)[None])
    points, weight = np.full((1, 50, 2), 9.0), np.eye(50)[:1]
    moved = start.adapted(points, weight)
    assert np.linalg.eigvalsh(moved.covariance[0]).min() > 0.8
    np.testing.assert_allclose(moved.centre, 9.0 / 7.0)


def test_draws_are_the_same_at_other_parameters_as_those_made_there():
    model, at = linear_problem()
    z = even_normal(Streams(1), "test", 0, model.everyone(), 4000, 2)
    draws = Draws.of(model, at, NormalProposals.at_modes(model, modes(model, at)), z)
    other = replace(at, theta=at.theta + 0.1, omega=1.2 * at.omega, sigma=1.1 * at.sigma)
    _, moved = normalised(draws.log_weights(other))
    np.testing.assert_allclose(moved, marginal(model, other, "focei")[0], atol=0.05)


@pytest.mark.parametrize("rows", [1000, 100_000])
def test_the_objective_does_not_depend_on_the_batch(monkeypatch, rows):
    model, at = linear_problem()
    found = modes(model, at)
    value, error = importance(model, at, found, Streams(1), "test", 1000)
    monkeypatch.setattr(importance_draws, "MOST_ROWS", rows)
    again, error_again = importance(model, at, found, Streams(1), "test", 1000)
    assert value.tobytes() == again.tobytes() and error.tobytes() == error_again.tobytes()


@dataclass(frozen=True)
class Failing(Linear):
    """No solution of the first subject exists, as where a dose at steady state exceeds the elimination."""

    def predict(self, who: NDArray[np.int64], u: Floats) -> Floats:
        return np.where(who[:, None] == 0, np.nan, super().predict(who, u))

    def linearise(self, who: NDArray[np.int64], u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        return self.predict(who, u), super().linearise(who, u, which)[1]


def test_a_subject_without_any_solution_is_lost_and_leaves_the_others_alone():
    model, at = linear_problem()
    failing = replace(model, predictor=Failing(matrices_of(model)))
    whole = importance(model, at, modes(model, at), Streams(1), "test", 500)
    value, error = importance(failing, at, modes(failing, at), Streams(1), "test", 500)
    assert np.isinf(value[0]) and np.isinf(error[0])
    assert value[1:].tobytes() == whole[0][1:].tobytes() and error[1:].tobytes() == whole[1][1:].tobytes()
    weight, objective = normalised(np.full((1, 4), -np.inf))
    assert weight.tolist() == [[0.0] * 4] and objective.tolist() == [np.inf]
    start = NormalProposals(np.zeros((1, 2)), np.eye(2)[None])
    stayed = start.adapted(np.full((1, 4, 2), 9.0), weight)
    assert stayed.centre.tolist() == [[0, 0]] and np.array_equal(stayed.covariance, np.eye(2)[None])
