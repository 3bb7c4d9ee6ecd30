"""Searches with few exact derivatives: closed form, curved predictions, several modes, lost copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from quotidian.inference.mixed_model import MixedModel, Parameters
from quotidian.inference.modes import Search, modes
from quotidian.inference.residual import Observations, Residuals
from quotidian.inference.secant_modes import secant_modes

from .problems import Floats, linear_problem, observations


@dataclass(frozen=True)
class Curved:
    """f = (e^u1, u1 u2, u2^2 + u1), not-a-number above u1 = 4; counts its linearised copies."""

    linearised: list[int] = field(default_factory=list)

    def predict(self, who, u: Floats) -> Floats:
        a, b = u.T
        f = np.stack([np.exp(a), a * b, b * b + a], axis=1)
        return np.where(a[:, None] > 4.0, np.nan, f)

    def linearise(self, who, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        self.linearised.append(len(u))
        (a, b), one = u.T, np.ones(len(u))
        slopes = np.stack([np.stack(x, axis=1) for x in ((np.exp(a), 0 * a), (b, a), (one, 2 * b))], axis=1)
        return self.predict(who, u), slopes


@dataclass(frozen=True)
class Square:
    """f = u squared, near 0 with a slope of 0."""

    def predict(self, who, u: Floats) -> Floats:
        return u[:, :1] ** 2

    def linearise(self, who, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        return u[:, :1] ** 2, 2.0 * u[:, :1, None]


def _curved() -> tuple[MixedModel, Parameters, Curved]:
    predictor, data = Curved(), observations(np.array([[3.0, 0.8, 1.5]]))
    model = MixedModel(
        predictor, data, np.zeros((1, 2, 1)), np.arange(2), Residuals(("additive",)), ((0, 1),)
    )
    return model, Parameters(np.zeros(1), np.eye(2), np.array([0.3])), predictor


def test_a_linear_problem_has_the_mode_of_newtons_method():
    model, at = linear_problem(subjects=2)
    known = modes(model, at)
    found = secant_modes(model, at, np.zeros((1, 2)), subject=1, accuracy=1e-10)
    np.testing.assert_allclose(found.eta[0], known.eta[1], atol=1e-5)
    np.testing.assert_allclose(found.hessian[0], known.hessian[1], rtol=1e-9)


def test_curved_predictions_have_the_mode_of_newtons_method_with_fewer_derivatives():
    model, at, predictor = _curved()
    start = np.array([[2.0, -1.5]])
    known = modes(model, at, start, accuracy=1e-8)
    newton = sum(predictor.linearised)
    predictor.linearised.clear()
    found = secant_modes(model, at, start, accuracy=1e-9)
    np.testing.assert_allclose(found.objective, known.objective, atol=1e-7)
    np.testing.assert_allclose(found.eta, known.eta, atol=1e-3)
    assert sum(predictor.linearised) <= newton // 2


def test_the_derivatives_at_the_end_are_exact():
    model, at, predictor = _curved()
    found = secant_modes(model, at, np.array([[0.5, 0.5]]), accuracy=1e-3)
    _, slopes = predictor.linearise(np.zeros(1, np.int64), found.eta, [0, 1])
    exact = slopes[0].T @ slopes[0] / 0.09 + np.eye(2)
    np.testing.assert_allclose(found.hessian[0], exact, rtol=1e-9)


def test_a_search_near_a_better_one_and_a_lost_one_have_no_objective():
    model, at, _ = _curved()
    found = secant_modes(model, at, np.array([[1.0, 0.6], [1.0, 0.61], [9.0, 0.0]]))
    assert np.isfinite(found.objective[:2]).sum() == 1 and found.objective[2] == np.inf


def test_the_second_derivative_of_a_count_far_from_its_prediction_is_positive():
    data = Observations(
        np.log([[1.5]]), np.ones((1, 1), bool), np.zeros((1, 1), np.int64), np.ones((1, 1), np.int64),
        np.full((1, 1), np.nan),
    )  # fmt: skip
    model = MixedModel(Square(), data, np.zeros((1, 1, 1)), np.arange(1), Residuals(("log",)), ((0,),))
    at = Parameters(np.zeros(1), np.eye(1), np.array([0.05]))
    start = np.array([[9.0]])
    far = Search(model, at, np.zeros(1, np.int64), None).look(np.zeros(1, np.int64), start)
    found = secant_modes(model, at, start)
    assert far.h[0, 0, 0] > 0 < found.hessian[0, 0, 0]
    assert found.eta[0, 0] ** 2 < 1.7
