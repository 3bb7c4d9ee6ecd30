"""Error models: simulated errors have the stated SD; likelihoods are those of closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from quotidian.errors import InvalidInput
from quotidian.population import ErrorModel
from quotidian.statistics.streams import Streams

MANY = np.arange(20_000)
ADDITIVE = ErrorModel("temperature", "additive", 0.5)
PROPORTIONAL = ErrorModel("drug", "proportional", 0.2)
COMBINED = ErrorModel("drug", "combined", 0.5, proportional_sd=0.2)
LOG = ErrorModel("crp", "log", 0.3)
SCALE = ErrorModel("global", "scale", 0.7, lloq=0.0, uloq=10.0)
COUNT = ErrorModel("joints", "log", 0.25, lloq=0.0, uloq=71.0, whole=True)
ALL = (ADDITIVE, PROPORTIONAL, COMBINED, LOG, SCALE)


@pytest.mark.parametrize(
    ("model", "sd"),
    [(ADDITIVE, 0.5), (PROPORTIONAL, 0.8), (COMBINED, math.hypot(0.5, 0.8)), (SCALE, 1.4 * math.sqrt(0.24))],
)
def test_simulated_errors_have_the_stated_sd(model: ErrorModel, sd: float) -> None:
    y = model.simulate(np.full(len(MANY), 4.0), Streams(3), 0, MANY, 2)
    assert (y.mean(), y.std()) == (pytest.approx(4.0, abs=0.03), pytest.approx(sd, rel=0.03))


def test_a_log_error_is_normal_on_the_logarithm() -> None:
    y = LOG.simulate(np.full(len(MANY), 4.0), Streams(3), 0, MANY, 2)
    assert np.log(y / 4.0).std() == pytest.approx(0.3, rel=0.02)


def test_measurements_keep_their_limits_and_counts_are_whole() -> None:
    limited = ErrorModel("crp", "log", 0.5, lloq=3.0, uloq=5.0)
    y = limited.simulate(np.full(len(MANY), 4.0), Streams(3), 0, MANY, 2)
    assert (y.min(), y.max()) == (3.0, 5.0)
    joints = COUNT.simulate(np.full(len(MANY), 8.0), Streams(3), 0, MANY, 2)
    assert np.array_equal(joints, np.round(joints)) and joints.std() > 1


def test_models_of_one_stream_share_the_error_of_an_occasion() -> None:
    active, limited = (ErrorModel(n, "log", 0.2, stream="joints") for n in ("active", "limited"))
    x, y = (m.simulate(np.full(9, 4.0), Streams(3), 0, np.arange(9), 2) for m in (active, limited))
    assert np.array_equal(x, y)
    assert not np.array_equal(x, active.simulate(np.full(9, 4.0), Streams(3), 0, np.arange(9), 4))


def test_quantified_values_score_their_log_density() -> None:
    y, f = np.array([1.0, 3.8, 6.0]), np.array([1.5, 4.0, 5.0])
    np.testing.assert_allclose(ADDITIVE.log_likelihood(y, f), stats.norm.logpdf(y, f, 0.5))
    np.testing.assert_allclose(PROPORTIONAL.log_likelihood(y, f), stats.norm.logpdf(y, f, 0.2 * f))
    np.testing.assert_allclose(
        COMBINED.log_likelihood(y, f), stats.norm.logpdf(y, f, np.sqrt(0.25 + 0.04 * f**2))
    )
    np.testing.assert_allclose(LOG.log_likelihood(y, f), stats.lognorm.logpdf(y, 0.3, scale=f))
    u = f / 10
    np.testing.assert_allclose(
        SCALE.log_likelihood(y, f), stats.norm.logpdf(y, f, 1.4 * np.sqrt(u * (1 - u)))
    )


@pytest.mark.parametrize("model", ALL)
def test_the_likelihoods_of_all_possible_observations_sum_to_one(model: ErrorModel) -> None:
    limited = ErrorModel(
        model.observable, model.kind, model.sd, model.proportional_sd, lloq=3.0 if model.uloq > 10 else 0.0,
        uloq=min(model.uloq, 5.0) if model.kind != "scale" else 10.0,
    )  # fmt: skip
    inside, _ = integrate.quad(
        lambda y: math.exp(float(limited.log_likelihood(y, 4.0))), limited.lloq + 1e-9, limited.uloq - 1e-9
    )
    ends = np.exp(limited.log_likelihood([limited.lloq, limited.uloq], 4.0)).sum()
    assert inside + ends == pytest.approx(1.0, abs=1e-6)
    assert ends > 0


def test_values_beyond_a_limit_score_the_probability_of_the_tail() -> None:
    limited = ErrorModel("drug", "log", 0.3, lloq=1.0, uloq=8.0)
    f = np.array([0.5, 1.0, 2.0])
    below = stats.norm.logcdf(np.log(1.0 / f) / 0.3)
    np.testing.assert_allclose(limited.log_likelihood(1.0, f), below)
    np.testing.assert_allclose(limited.log_likelihood(0.2, f), below)  # how far below is not known
    np.testing.assert_allclose(limited.log_likelihood(8.0, f), stats.norm.logsf(np.log(8.0 / f) / 0.3))


def test_counts_score_the_probability_of_their_interval_and_sum_to_one() -> None:
    k = np.arange(0.0, 72.0)
    p = np.exp(COUNT.log_likelihood(k, 30.0))
    assert p.sum() == pytest.approx(1.0, abs=1e-12)
    edges = stats.norm.cdf(np.log(np.array([29.5, 30.5]) / 30.0) / 0.25)
    assert p[30] == pytest.approx(edges[1] - edges[0], rel=1e-12)


def test_the_ends_of_a_scale_are_certain() -> None:
    assert SCALE.log_likelihood(0.0, 0.0) == 0.0 and SCALE.log_likelihood(10.0, 10.0) == 0.0
    assert SCALE.log_likelihood(10.0, 0.0) == -np.inf and SCALE.log_likelihood(4.0, 0.0) == -np.inf


def test_the_true_value_scores_best_of_all() -> None:
    y = LOG.simulate(np.full(len(MANY), 4.0), Streams(3), 0, MANY, 2)
    total = {f: LOG.log_likelihood(y, f).sum() for f in (3.5, 4.0, 4.5)}
    assert max(total, key=lambda f: total[f]) == 4.0


@pytest.mark.parametrize(
    ("fields", "why"),
    [({"sd": -1.0}, "not negative"), ({"sd": 1.0, "lloq": 2.0, "uloq": 1.0}, "lower limit"),
     ({"sd": 1.0, "kind": "scale"}, "length")],
)  # fmt: skip
def test_an_impossible_model_is_refused(fields: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        ErrorModel(**({"observable": "crp", "kind": "log"} | fields))  # type: ignore[arg-type]
