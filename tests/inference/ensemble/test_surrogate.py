"""What rows share in a surrogate, and how its error is told from chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.inference.ensemble.shared_ridge import shared_ridge
from quotidian.inference.ensemble.summaries import (
    Summaries,
    SummaryRow,
    at_runs,
    chance_of_means,
    contrasts,
)
from quotidian.inference.ensemble.surrogate import surrogate_of

Floats = NDArray[np.float64]
VALUES, ROWS, RUNS = 35, 12, 80


def _slopes(rng: np.random.Generator) -> Floats:
    """Five of the values move all rows; the others move none."""
    slopes = np.zeros((VALUES, ROWS))
    slopes[:5] = rng.normal(size=(5, ROWS))
    return slopes


def test_rows_learn_from_one_another_which_values_matter() -> None:
    rng = np.random.default_rng(1)
    slopes = _slopes(rng)
    z, probe = rng.normal(size=(RUNS, VALUES)), rng.normal(size=(500, VALUES))
    y = z @ slopes + rng.normal(size=(RUNS, ROWS))
    together = shared_ridge(z, y, np.full(ROWS, 0.1))
    x = (probe - together.centre) / together.size
    error = ((x @ together.weights[1:] + together.weights[0] - probe @ slopes) ** 2).mean()
    alone = []
    for r in range(ROWS):
        fit = shared_ridge(z, y[:, r : r + 1], np.full(1, 0.1))
        found = x @ fit.weights[1:, 0] + fit.weights[0, 0]
        alone.append(((found - probe @ slopes[:, r]) ** 2).mean())
    assert error < 0.7 * np.mean(alone)
    assert error < 0.2  # of chance 1: five values and a mean from 80 runs leave 0.08


def test_runs_left_out_are_as_far_as_new_ones() -> None:
    rng = np.random.default_rng(2)
    slopes = _slopes(rng)
    z, probe = rng.normal(size=(RUNS, VALUES)), rng.normal(size=(2000, VALUES))
    y = z @ slopes + rng.normal(size=(RUNS, ROWS))
    fit = shared_ridge(z, y, np.full(ROWS, 0.1))
    x = (probe - fit.centre) / fit.size
    new = probe @ slopes + rng.normal(size=(2000, ROWS))
    away = new - x @ fit.weights[1:] - fit.weights[0]
    assert (fit.left_out**2).mean() == pytest.approx((away**2).mean(), rel=0.12)


@pytest.mark.parametrize(("share", "n"), [(0.02, 37), (0.5, 37), (0.9, 75)])
def test_chance_of_a_proportion_is_that_of_simulated_trials(share: float, n: int) -> None:
    row = SummaryRow("a", "t", "proportion", 30.0, n)
    y = row.on_scale(100.0 * np.random.default_rng(3).binomial(n, share, 40_000) / n)
    assert row.chance_at(np.array([y.mean()]))[0] == pytest.approx(y.var(), rel=0.04)


def test_chance_that_differs_between_runs_is_no_error_of_the_surrogate() -> None:
    rng = np.random.default_rng(4)
    rows = tuple(SummaryRow(f"r{i}", "t", "proportion", 50.0, 20) for i in range(6))
    z = rng.normal(size=(600, 6))
    p = 1.0 / (1.0 + np.exp(-0.8 * z))
    y = rows[0].on_scale(100.0 * rng.binomial(20, p) / 20.0)
    centre = np.full((6,), float(rows[0].chance_at(np.zeros(1))[0]))
    found = surrogate_of(z, y, Summaries(rows, np.diag(centre), np.full(6, 0.04)))
    beyond = y.var(axis=0) - centre
    assert np.median(np.sqrt(found.error / centre)) < 0.25
    assert (beyond > 0.5 * centre).all()  # runs do differ far more than chance
    plain = tuple(replace(row, scale="linear") for row in rows)
    without = surrogate_of(z, y, Summaries(plain, np.diag(centre), np.full(6, 0.04)))
    assert np.median(without.error) > 3.0 * np.median(found.error)


def test_two_trials_of_each_run_measure_chance_whatever_the_centre_says() -> None:
    rng = np.random.default_rng(5)
    slopes = _slopes(rng)
    rows = tuple(SummaryRow(f"r{i}", "t", "linear", 1.0) for i in range(ROWS))
    wrong = Summaries(rows, np.full((ROWS, ROWS), 0.0) + 0.2 * np.eye(ROWS), np.full(ROWS, 0.04))
    z = rng.normal(size=(400, VALUES))
    bent = np.where(np.arange(400) < 200, 1.0, 0.0)[:, None] * rng.normal(size=(400, ROWS))  # of far runs
    y = (z @ slopes)[:, None] + bent[:, None] + rng.normal(size=(400, 2, ROWS))
    near = np.arange(400) >= 200
    measured = chance_of_means(y)
    assert measured is not None and measured.mean() == pytest.approx(
        0.5, rel=0.05
    )  # of two trials of chance 1
    flat = surrogate_of(z[near], y[near].mean(axis=1), wrong, measured[near])
    assert np.median(flat.error) < 0.15
    assert np.median(surrogate_of(z[near], y[near].mean(axis=1), wrong).error) > 0.25
    everywhere = surrogate_of(z, y.mean(axis=1), wrong, measured)
    only_near = surrogate_of(z, y.mean(axis=1), wrong, measured, near)
    assert np.array_equal(everywhere.weights, only_near.weights)
    assert np.median(only_near.error) < 0.8 * np.median(everywhere.error)
    assert chance_of_means(y[:, :1]) is None


def test_contrasts_hold_chance_alone() -> None:
    rng = np.random.default_rng(6)
    covariance = np.array([[1.0, 0.6], [0.6, 0.5]])
    y = rng.normal(0.0, 9.0, (2000, 1, 2)) + rng.multivariate_normal(np.zeros(2), covariance, (2000, 3))
    found = contrasts(y)
    assert found.shape == (4000, 2)
    assert np.cov(found.T) == pytest.approx(covariance, abs=0.06)
    rows = tuple(SummaryRow(name, "t", "linear", 1.0) for name in ("a", "b"))
    before = Summaries(rows, np.eye(2), np.full(2, 0.04))
    assert at_runs(before, y).chance == pytest.approx(covariance, abs=0.06)
    assert at_runs(before, y[:, :1]) is before
