"""Importance resampling: closed forms, a posterior of two modes, and tails that cannot be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import modes
from quotidian.inference.proposals import log_posterior
from quotidian.inference.resampling import distinct_modes, pareto_k, resampled
from quotidian.inference.residual import Residuals
from quotidian.statistics.streams import Streams

from .problems import linear_problem, matrices_of, observations


@dataclass(frozen=True)
class Square:
    """f = u squared: the sign of u cannot be known."""

    def predict(self, who, u):
        return u[:, :1] ** 2

    def linearise(self, who, u, which: Sequence[int]):
        return u[:, :1] ** 2, 2.0 * u[:, :1, None]


@dataclass(frozen=True)
class Sum:
    """f = exp(u1) + exp(u2): as of two ways of elimination, only the sum is known. Its posterior bends."""

    def predict(self, who, u):
        return np.exp(u).sum(axis=1, keepdims=True)

    def linearise(self, who, u, which: Sequence[int]):
        return self.predict(who, u), np.exp(u)[:, None, list(which)]


def test_a_normal_posterior_is_that_of_the_closed_form():
    model, at = linear_problem(subjects=1)
    found = modes(model, at)
    draws = resampled(model, at, found.eta, found.hessian, np.ones(1), Streams(4), draws=4000, kept=500)
    (a,), (y,) = matrices_of(model), model.data.value
    spread = np.linalg.inv(a.T @ a / 0.09 + np.linalg.inv(at.omega))
    centre = spread @ (a.T @ (y - a @ at.theta) / 0.09)
    np.testing.assert_allclose(draws.mean, centre, atol=0.02)
    np.testing.assert_allclose(draws.sd, np.sqrt(np.diag(spread)), rtol=0.05)
    np.testing.assert_allclose(draws.kept.mean(axis=0), centre, atol=0.05)
    assert draws.trusted and draws.ess > 1000


def test_a_posterior_that_bends_is_followed_to_its_ends():
    data = observations(np.array([[2.0]]))
    kinds = Residuals(("proportional",))
    model = MixedModel(Sum(), data, np.zeros((1, 2, 1)), np.arange(2), kinds, ((0, 1),))
    at = Parameters(np.zeros(1), np.eye(2), np.array([0.1]))
    found = modes(model, at)
    one = np.linspace(-4.0, 2.0, 601)
    grid = np.stack(np.meshgrid(one, one, indexing="ij"), axis=-1).reshape(-1, 2)
    density = np.exp(log_posterior(model, at, Sum().predict(None, grid), grid))
    exact = (density.reshape(601, 601).sum(axis=1) / density.sum()).cumsum()
    inside, ess = [], []
    for seed in range(20):
        draws = resampled(model, at, found.eta, found.hessian, np.ones(1), Streams(seed), 600, 200)
        low, high = np.quantile(draws.kept, (0.05, 0.95), axis=0)
        ess.append(draws.ess / draws.proposals)
        inside.append(np.interp(high, one, exact) - np.interp(low, one, exact))
    assert np.mean(inside) == pytest.approx(0.9 * 199 / 201, abs=0.015)  # of 200 draws, interpolated
    assert np.mean(ess) > 0.6


def test_two_modes_are_told_apart_and_both_are_drawn():
    data = observations(np.array([[1.0]]))
    model = MixedModel(Square(), data, np.zeros((1, 1, 1)), np.arange(1), Residuals(("additive",)), ((0,),))
    at = Parameters(np.zeros(1), np.eye(1), np.array([0.2]))
    start = np.array([[0.8], [-0.8], [0.9]])
    found = modes(model, at, start, who=np.zeros(3, np.int64))
    apart = distinct_modes(found.eta, found.objective, found.hessian)
    assert sorted(np.sign(eta[0]) for eta, _, _ in apart) == [-1, 1]
    centres, hessians = np.array([m[0] for m in apart]), np.array([m[2] for m in apart])
    draws = resampled(model, at, centres, hessians, np.ones(2), Streams(1), draws=2000, kept=200)
    assert abs(draws.mean[0]) < 0.1 and 0.4 < (draws.kept > 0).mean() < 0.6


def test_pareto_k_tells_light_tails_from_heavy_ones():
    rng = np.random.default_rng(3)
    light = -0.05 * rng.normal(size=4000) ** 2
    heavy = 1.5 * rng.exponential(size=4000)  # weights with a tail of shape 1.5
    assert pareto_k(light) < 0.4
    assert pareto_k(heavy) == pytest.approx(1.5, abs=0.35)
    assert pareto_k(np.zeros(8)) == float("inf")
