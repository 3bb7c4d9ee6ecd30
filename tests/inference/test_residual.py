"""Residual errors: derivatives against differences, values against the normal distribution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from quotidian.inference.residual import Residuals

from .problems import observations

KINDS = ("additive", "proportional", "combined", "linear", "log", "scale")


def _data(kind: str, side: int):
    y = np.array([[1.2, 0.4, 2.0]])
    data = observations(np.log(y) if kind == "log" else y)
    limit = np.array([[np.nan, np.nan, np.log(0.3) if kind == "log" else 0.3]])
    return replace(data, censored=np.full((1, 3), side), limit=limit if side else data.limit)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", [0, 1, -1])
def test_derivatives_are_those_of_the_values(kind, side):
    residuals, data = Residuals((kind,), (3.0,)), _data(kind, side)
    sigma = np.array([0.3, 0.2])[: residuals.count]
    f = np.array([[1.0, 0.6, 1.7]])
    s, h = residuals.scores(data, f, sigma), 1e-5
    up, down = residuals.scores(data, f + h, sigma), residuals.scores(data, f - h, sigma)
    np.testing.assert_allclose(s.l_f, (up.l - down.l) / (2 * h), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(s.l_ff, (up.l_f - down.l_f) / (2 * h), rtol=1e-4, atol=1e-4)
    if side == 0:
        np.testing.assert_allclose(s.w_f, (up.w - down.w) / (2 * h), rtol=1e-6, atol=1e-6)
    for k in range(residuals.count):
        high, low = sigma.copy(), sigma.copy()
        high[k], low[k] = sigma[k] * np.exp(h), sigma[k] * np.exp(-h)
        up, down = residuals.scores(data, f, high), residuals.scores(data, f, low)
        np.testing.assert_allclose(s.l_s[..., k], (up.l - down.l) / (2 * h), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(s.l_fs[..., k], (up.l_f - down.l_f) / (2 * h), rtol=1e-4, atol=1e-4)
        if side == 0:
            np.testing.assert_allclose(s.w_s[..., k], (up.w - down.w) / (2 * h), rtol=1e-5, atol=1e-5)


def test_half_the_expected_second_derivative_is_that_of_simulated_values():
    residuals, rng = Residuals(("combined",)), np.random.default_rng(4)
    f, sigma = np.full((1, 400_000), 1.5), np.array([0.3, 0.2])
    y = f + np.hypot(0.3, 0.2 * f) * rng.normal(size=f.shape)
    s = residuals.scores(observations(y), f, sigma)
    assert s.l_ff.mean() == pytest.approx(2 * s.w[0, 0], rel=0.01)


def test_values_are_those_of_the_normal_distribution_without_the_constant():
    residuals, data = Residuals(("combined",)), _data("combined", 0)
    f, sd = np.array([[1.0, 0.6, 1.7]]), np.hypot(0.3, 0.2 * np.array([[1.0, 0.6, 1.7]]))
    s = residuals.scores(data, f, np.array([0.3, 0.2]))
    np.testing.assert_allclose(s.l, -2 * norm.logpdf(data.value, f, sd) - np.log(2 * np.pi), rtol=1e-12)
    below = residuals.scores(_data("combined", 1), f, np.array([0.3, 0.2])).l
    np.testing.assert_allclose(below[0, :2], -2 * norm.logcdf(data.value, f, sd)[0, :2], rtol=1e-9)
    inside = norm.cdf(2.0, 1.7, sd[0, 2]) - norm.cdf(0.3, 1.7, sd[0, 2])
    assert below[0, 2] == pytest.approx(-2 * np.log(inside))
