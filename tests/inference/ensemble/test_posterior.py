"""Smoother, surrogate, sampling and Laplace against closed forms and a grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.inference.ensemble import coverage as coverage_module
from quotidian.inference.ensemble.coverage import coverage, laplace
from quotidian.inference.ensemble.prior import Prior, UncertainValue, prior_of
from quotidian.inference.ensemble.sampling import sample, synthetic_likelihood
from quotidian.inference.ensemble.smoother import smoothed
from quotidian.inference.ensemble.summaries import Summaries, SummaryRow, shrunk_covariance, summaries_from
from quotidian.inference.ensemble.surrogate import Surrogate, surrogate_of
from quotidian.statistics.streams import Streams

Floats = NDArray[np.float64]
SIZE, ROWS = 8, 5
SLOPES = np.array(
    [
        [1.0, 0.4, 0.0, 0.0, 0.0, 0, 0, 0],
        [0.0, 1.0, 0.5, 0.0, 0.0, 0, 0, 0],
        [0.0, 0.0, 0.8, 0.3, 0.0, 0, 0, 0],
        [0.5, 0.0, 0.0, 1.0, 0.0, 0, 0, 0],
        [0.0, 0.0, 0.0, 0.0, 0.9, 0, 0, 0],
    ]
)  # the last three values are silent
CHANCE = 0.25 * (0.6 * np.eye(ROWS) + 0.4)
TRUST = 0.04 * np.eye(ROWS)
DATA = np.array([0.8, -0.5, 0.4, 1.2, -0.9])


def _prior(size: int = SIZE) -> Prior:
    values = [UncertainValue(f"a.b{i}", 0.0, 1.0, "linear", -99.0, 99.0) for i in range(size)]
    return prior_of(values, [(("a.b0", "a.b1"), np.array([[1.0, 0.5], [0.5, 1.0]]))])


def _summaries() -> Summaries:
    rows = tuple(SummaryRow(f"r{i}", "t", "linear", float(d)) for i, d in enumerate(DATA))
    return Summaries(rows, CHANCE, np.diag(TRUST))


def _closed_form(prior: Prior) -> tuple[Floats, Floats]:
    weight = np.linalg.inv(CHANCE + TRUST)
    covariance = np.linalg.inv(SLOPES.T @ weight @ SLOPES + np.linalg.inv(prior.correlation))
    return covariance @ SLOPES.T @ weight @ DATA, covariance


def _runs(z: Floats, rng: np.random.Generator) -> Floats:
    return z @ SLOPES.T + rng.multivariate_normal(np.zeros(ROWS), CHANCE, len(z))


@pytest.mark.parametrize(("steps", "repeats"), [(1, 1), (4, 1), (4, 2)])
def test_the_smoother_finds_the_closed_form(steps: int, repeats: int) -> None:
    prior, rng = _prior(), np.random.default_rng(1)
    z = prior.draw(Streams(1), 6000)
    for step in range(steps):
        y = np.mean([_runs(z, rng) for _ in range(repeats)], axis=0)
        z = smoothed(z, y, _summaries(), float(steps), Streams(2), step, taper=0.0, repeats=repeats)
    mean, covariance = _closed_form(prior)
    assert np.abs(z.mean(axis=0) - mean).max() < 0.05
    assert np.abs(np.cov(z.T) - covariance).max() < 0.06


def test_the_taper_leaves_silent_values_their_prior() -> None:
    prior, kept = _prior(), {}
    for taper in (0.0, 2.5):
        rng, z = np.random.default_rng(4), prior.draw(Streams(4), 100)
        for step in range(4):
            z = smoothed(z, _runs(z, rng), _summaries(), 4.0, Streams(5), step, taper=taper)
        kept[taper] = z[:, 5:].std()
    start = prior.draw(Streams(4), 100)[:, 5:].std()
    assert abs(kept[2.5] / start - 1.0) < 0.06
    assert kept[0.0] < kept[2.5]


def test_the_surrogate_and_the_sampler_find_the_closed_form() -> None:
    prior, rng = _prior(), np.random.default_rng(2)
    runs = prior.draw(Streams(7), 900)
    learnt = surrogate_of(runs, _runs(runs, rng), _summaries())
    probe = prior.draw(Streams(8), 200)
    assert np.abs(learnt(probe) - probe @ SLOPES.T).std() < 0.08
    likelihood = synthetic_likelihood(learnt, _summaries(), learnt.error)
    found = sample(likelihood, prior, Streams(3), 2500, steps=60).scores
    mean, covariance = _closed_form(prior)
    sd = np.sqrt(np.diag(covariance))
    assert np.abs((found.mean(axis=0) - mean) / sd).max() < 0.25
    assert np.abs(found[:, 5:].std(axis=0) - 1.0).max() < 0.05  # silent values return their prior
    assert np.abs(found.std(axis=0) / sd - 1.0).max() < 0.12
    mode, spread = laplace(learnt, DATA, _summaries().covariance, prior)
    assert np.abs((mode - mean) / sd).max() < 0.25
    assert np.abs(np.sqrt(np.diag(spread)) / sd - 1.0).max() < 0.1


def test_the_likelihood_has_chance_discrepancy_and_the_error_of_the_surrogate() -> None:
    z, error = _prior().draw(Streams(9), 6), np.linspace(0.1, 0.5, ROWS)
    found = synthetic_likelihood(lambda z: z @ SLOPES.T, _summaries(), error)(z)
    away, weight = DATA - z @ SLOPES.T, np.linalg.inv(CHANCE + TRUST + np.diag(error))
    assert np.allclose(found, -0.5 * np.einsum("dr,rs,ds->d", away, weight, away))


def _on_a_grid(log_likelihood: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    axis = np.linspace(-4.5, 4.5, 181)
    a, b = np.meshgrid(axis, axis, indexing="ij")
    points = np.column_stack([a.ravel(), b.ravel()])
    weight = np.exp(log_likelihood(points) - 0.5 * (points**2).sum(axis=1))
    weight /= weight.sum()
    mean = weight @ points
    return mean, np.sqrt(weight @ (points - mean) ** 2)


def test_the_sampler_follows_a_banana() -> None:
    def banana(z: Floats) -> Floats:
        return np.asarray(-0.5 * ((z[:, 1] - z[:, 0] ** 2 + 1.0) / 0.3) ** 2)

    values = [UncertainValue(name, 0.0, 1.0, "linear", -9.0, 9.0) for name in ("a.x", "a.y")]
    found = sample(banana, prior_of(values), Streams(11), 4000, steps=120).scores
    mean, sd = _on_a_grid(banana)
    assert np.abs(found.mean(axis=0) - mean).max() < 0.06
    assert np.abs(found.std(axis=0) / sd - 1.0).max() < 0.05


def test_coverage_of_a_problem_without_surprise() -> None:
    prior, rng = _prior(), np.random.default_rng(5)
    z = prior.draw(Streams(13), 400)
    found = coverage(z, _runs(z, rng)[:, None], _summaries(), prior)
    assert set(found.informed.tolist()) == {0, 1, 2, 3, 4}
    assert 0.86 < found.inside[found.informed].mean() < 0.94
    assert found.left[5:].min() > 0.95


def test_coverage_judges_no_run_by_a_surrogate_that_has_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def learning(scores: Floats, statistics: Floats, summaries: Summaries, *_: None) -> Surrogate:
        seen.extend(scores[:, 0])
        return surrogate_of(scores, statistics, summaries)

    def judging(surrogate: Surrogate, data: Floats, *_: object) -> tuple[Floats, Floats]:
        assert data[0] not in seen[-60:]
        return np.zeros(SIZE), np.eye(SIZE)

    monkeypatch.setattr(coverage_module, "surrogate_of", learning)
    monkeypatch.setattr(coverage_module, "laplace", judging)
    z = _prior().draw(Streams(14), 80)
    coverage(z, np.repeat(z[:, None, :1], ROWS, axis=2), _summaries(), _prior())
    assert len(seen) == 240


def test_shrunk_correlations_lie_between_none_and_those_observed() -> None:
    rng = np.random.default_rng(6)
    x = rng.multivariate_normal(np.zeros(ROWS), CHANCE, 12)
    plain, found = np.cov(x.T), shrunk_covariance(x, np.zeros(ROWS))
    assert np.allclose(np.diag(found), np.diag(plain))
    ratio = found[0, 1] / plain[0, 1]
    assert 0.0 <= ratio < 1.0
    floor = np.array([0.01, 0.04])
    assert np.allclose(shrunk_covariance(np.ones((5, 2)), floor), np.diag(floor))


def test_a_proportion_varies_as_independent_subjects_and_trials_share_no_chance() -> None:
    one = [SummaryRow(name, trial, "proportion", 30.0, 39) for name, trial in (("a", "t"), ("b", "u"))]
    shares = 100.0 * np.random.default_rng(3).binomial(39, 0.3, 4000) / 39.0
    y = one[0].on_scale(shares)
    found = summaries_from(one, np.column_stack([y, y]))
    assert found.chance[0, 1] == 0.0
    assert found.chance[0, 0] == pytest.approx(y.var(), rel=0.05)
    alike = summaries_from(one, np.column_stack([y.mean().repeat(5), y[:5]]))
    assert alike.chance[0, 0] == pytest.approx(y.var(), rel=0.1)  # although no replicate differs
    assert np.allclose(alike.discrepancy, 0.2**2)


@pytest.mark.parametrize(("count", "n"), [(0, 37), (37, 37), (20, 37)])
def test_a_proportion_keeps_its_ends(count: int, n: int) -> None:
    row = SummaryRow("a", "t", "proportion", 100.0 * count / n, n)
    assert np.isfinite(row.datum)
    assert np.isclose(row.from_scale(np.array([row.datum]))[0], row.published)


def test_a_draw_of_the_sampler_does_not_depend_on_the_number_of_draws() -> None:
    prior = _prior()
    likelihood = synthetic_likelihood(lambda z: z @ SLOPES.T, _summaries())
    few, many = (sample(likelihood, prior, Streams(1), n, steps=3).scores for n in (3, 8))
    assert np.allclose(few, many[:3], rtol=0, atol=1e-9)
