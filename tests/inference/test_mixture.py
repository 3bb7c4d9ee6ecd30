"""Mixtures of linear problems, whose likelihood is a sum of normal densities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quotidian.inference.coordinates import Coordinates
from quotidian.inference.gradient_fit import FoceiFunction, fit_focei
from quotidian.inference.likelihood_ascent import ascended
from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.mixture import logits_of, over_classes, share_slopes, shares_of
from quotidian.inference.residual import Residuals
from quotidian.inference.saem import Schedule, fit_saem
from quotidian.statistics.streams import Streams

from .problems import Floats, Linear, matrices_of, observations

SHARES = np.array([0.65, 0.35])


def _common(subjects: int = 60) -> tuple[list[MixedModel], Parameters]:
    """Theta 1 is of class 1, theta 2 of class 2, theta 3 of both; the random effects are common."""
    at = Parameters(np.array([1.0, 3.0, -0.5]), np.array([[0.3, 0.1], [0.1, 0.2]]), np.array([0.3]))
    designs = np.zeros((2, subjects, 2, 3))
    designs[0, :, 0, 0] = designs[1, :, 0, 1] = designs[:, :, 1, 2] = 1.0
    return _made(at, designs, (np.eye(2), np.eye(2)), ((0, 1),), ((), ())), at


def _apart(subjects: int = 60) -> tuple[list[MixedModel], Parameters]:
    """Each class has a theta and a random effect of its own, which the other does not use."""
    at = Parameters(np.array([1.0, 3.0]), np.diag([0.5, 0.1]), np.array([0.3]))
    designs = np.broadcast_to(np.eye(2), (2, subjects, 2, 2)).copy()
    return _made(at, designs, (np.diag([1.0, 0]), np.diag([0, 1.0])), ((0,), (1,)), ((1,), (0,))), at


def _made(at, designs, reads, blocks, unused) -> list[MixedModel]:
    """Four observations of each subject, A_i R_k u with R_k what a class reads of u."""
    rng, subjects = np.random.default_rng(3), designs.shape[1]
    matrices = rng.normal(size=(subjects, 4, 2))
    own = (rng.uniform(size=subjects) > SHARES[0]).astype(int)
    root, value = np.linalg.cholesky(at.omega), np.empty((subjects, 4))
    for i, k in enumerate(own):
        u = designs[k, i] @ at.theta + root @ rng.normal(size=2)
        value[i] = matrices[i] @ reads[k] @ u + at.sigma[0] * rng.normal(size=4)
    return [
        MixedModel(
            Linear(matrices @ reads[k]), observations(value), designs[k], np.arange(2),
            Residuals(("additive",)), blocks, unused[k],
        )
        for k in range(2)
    ]  # fmt: skip


def _closed(kinds: list[MixedModel], at: Parameters, shares: Floats) -> Floats:
    """-2 ln sum_k p_k N(y; A R_k X_k theta, A R_k Omega R_k' A' + sigma^2 I), without n ln 2 pi."""
    found = np.empty(kinds[0].subjects)
    for i in range(len(found)):
        density = 0.0
        for model, share in zip(kinds, shares, strict=True):
            a = matrices_of(model)[i]
            away = model.data.value[i] - a @ model.design[i] @ at.theta
            spread = a @ at.omega @ a.T + at.sigma[0] ** 2 * np.eye(4)
            log_n = -0.5 * (np.linalg.slogdet(spread)[1] + away @ np.linalg.solve(spread, away))
            density += share * np.exp(log_n)
        found[i] = -2.0 * np.log(density)
    return found


@pytest.mark.parametrize("made", [_common, _apart])
def test_the_objective_is_that_of_the_closed_form(made):
    kinds, at = made(subjects=7)
    coordinates = Coordinates(at, np.ones(len(at.theta), bool), np.ones(1, bool), kinds[0].blocks)
    x = np.concatenate([coordinates.vector(at), logits_of(SHARES)])
    found, _ = FoceiFunction(kinds, coordinates, accuracy=1e-9).by_subject(x)
    np.testing.assert_allclose(found, _closed(kinds, at, SHARES), rtol=1e-8)


@pytest.mark.parametrize("made", [_common, _apart])
def test_saem_finds_the_maximum_that_focei_finds(made):
    kinds, at = made()
    coordinates = Coordinates(at, np.ones(len(at.theta), bool), np.ones(1, bool), kinds[0].blocks)
    function = FoceiFunction(kinds, coordinates)
    exact = fit_focei(function, np.concatenate([coordinates.vector(at), logits_of(SHARES)]))
    best, shares = coordinates.parameters(function.split(exact.x)[0]), function.split(exact.x)[1]
    start = replace(at, theta=at.theta + 0.4, omega=2.0 * np.diag(np.diag(at.omega)))
    found = fit_saem(kinds, coordinates, start, np.array([0.5, 0.5]), Streams(2), Schedule(60, 60))
    np.testing.assert_allclose(found.parameters.theta, best.theta, atol=0.05)
    np.testing.assert_allclose(found.parameters.omega, best.omega, rtol=0.15, atol=0.02)
    np.testing.assert_allclose(found.shares, shares, atol=0.01)
    last, its_shares = ascended(kinds, coordinates, found.parameters, found.shares, Streams(1))
    np.testing.assert_allclose(last.theta, best.theta, atol=0.02)
    np.testing.assert_allclose(last.omega, best.omega, rtol=0.05, atol=0.01)
    closed = _closed(kinds, last, its_shares).sum()
    assert exact.value - 1e-6 <= closed < exact.value + 0.05


def test_shares_and_logits_are_each_other():
    shares = np.array([0.2, 0.5, 0.3])
    logits = logits_of(shares)
    np.testing.assert_allclose(shares_of(logits), shares)
    changes = [(shares_of(logits + e) - shares_of(logits - e)) / 2e-6 for e in 1e-6 * np.eye(2)]
    np.testing.assert_allclose(share_slopes(shares).T, changes, rtol=1e-6)
    parts = np.array([[0.0, np.inf], [0.0, 2.0], [0.0, 2.0]])
    objective, own = over_classes(parts, shares)
    np.testing.assert_allclose(own, [[0.2, 0.0], [0.5, 0.625], [0.3, 0.375]])
    np.testing.assert_allclose(objective, [0.0, 2.0 - 2.0 * np.log(0.8)], atol=1e-12)
