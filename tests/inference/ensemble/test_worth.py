"""What a measurement is worth: a closed form, and brute force by nested Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.errors import InvalidCall
from quotidian.inference.ensemble.worth import removed, removed_together

Floats = NDArray[np.float64]
A = np.array([1.0, 0.5, 0.0])  # the outcome
B = np.array([[0.6, 0.0, 0.8], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # three measurements
S = np.array([0.5, 0.2, 0.1])


def test_the_closed_form_of_a_linear_normal_problem() -> None:
    z = np.random.default_rng(1).normal(size=(40_000, 3))
    share, error = removed(z @ A, z @ B.T, S)
    exact = (B @ A) ** 2 / (A @ A) / ((B**2).sum(axis=1) + S)
    assert np.allclose(share, exact, atol=0.01)
    assert (error < 0.01).all() and share[2] < 1e-3
    posterior = np.linalg.inv(np.eye(3) + B.T @ np.diag(1.0 / S) @ B)
    assert removed_together(z @ A, z @ B.T, np.diag(S)) == pytest.approx(
        1 - A @ posterior @ A / (A @ A), abs=0.01
    )
    alone, _ = removed(z @ A, z, np.zeros(3))  # values known exactly
    assert np.allclose(alone, A**2 / (A @ A), atol=0.01)


def _nested(outcome: Floats, signal: Floats, s: float, rng: np.random.Generator, outer: int) -> float:
    """Expected share removed: draw what is found, weigh every member by it, take the variance left."""
    left = []
    for truth in rng.integers(0, len(outcome), outer):
        found = signal[truth] + np.sqrt(s) * rng.normal()
        weight = np.exp(-0.5 * (found - signal) ** 2 / s)
        weight /= weight.sum()
        left.append(weight @ outcome**2 - (weight @ outcome) ** 2)
    return 1.0 - float(np.mean(left)) / float(outcome.var())


@pytest.mark.parametrize("bend", [0.0, 0.15])
def test_brute_force_agrees(bend: float) -> None:
    rng = np.random.default_rng(2)
    z = rng.normal(size=(4000, 3))
    y, m = z @ A + bend * z[:, 0] ** 2, z @ B[0] + bend * z[:, 2] ** 2
    share = float(removed(y, m[:, None], S[:1])[0][0])
    assert share == pytest.approx(_nested(y, m, float(S[0]), rng, 1500), abs=0.03)


def test_few_members_do_not_find_worth_by_chance() -> None:
    rng = np.random.default_rng(3)
    share, error = removed(rng.normal(size=30), rng.normal(size=(30, 400)), np.zeros(400))
    assert share.mean() < 0.025  # without the correction 1/29 = 0.034
    assert share.max() < 0.5 and (error < 0.2).all()


def test_what_does_not_vary_is_worth_nothing_and_too_few_members_are_refused() -> None:
    y = np.arange(10.0)
    share, error = removed(y, np.ones((10, 1)), np.zeros(1))
    assert share[0] == error[0] == 0.0
    assert removed_together(np.ones(10), y[:, None], np.eye(1)) == 0.0
    with pytest.raises(InvalidCall, match="at least 8"):
        removed(y[:5], y[:5, None], np.zeros(1))
