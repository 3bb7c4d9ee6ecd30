"""Uncertain values as scores."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quotidian.errors import InvalidCall
from quotidian.evidence import Cv, Fold, LogSd, Range, Sd, Unknown
from quotidian.evidence.overlay import entries
from quotidian.inference.ensemble.prior import UncertainValue, prior_of, spread, uncertain
from quotidian.statistics.streams import Streams


def test_sizes_on_each_scale() -> None:
    assert spread("log", 2.0, LogSd(0.3)) == 0.3
    assert spread("linear", 2.0, LogSd(0.3)) == 0.6
    assert spread("log", 2.0, Sd(0.5)) == 0.25
    assert spread("logit", 0.5, Sd(0.1)) == pytest.approx(0.4)
    assert spread("linear", -2.0, Cv(0.1)) == pytest.approx(0.2)
    assert spread("log", 10.0, Range(5.0, 20.0)) == pytest.approx(math.log(2) / 1.645, rel=1e-3)
    assert spread("log", 10.0, Fold(2.0)) == pytest.approx(math.log(2) / 1.645, rel=1e-3)
    assert spread("log", 10.0, Range(0.0, 20.0)) == pytest.approx(math.log(2) / 1.645, rel=1e-3)
    assert spread("logit", 0.5, Range(0.0, 1.0)) == pytest.approx(1 / 1.645, rel=1e-3)
    assert spread("log", 10.0, Unknown("why")) is None


def test_a_range_is_the_central_ninety_per_cent() -> None:
    value = UncertainValue("a.b", 10.0, spread("log", 10.0, Range(5.0, 20.0)) or 0.0, "log", 1.0, 100.0)
    x = value.at(np.random.default_rng(1).normal(size=20_000))
    assert np.mean((x > 5.0) & (x < 20.0)) == pytest.approx(0.9, abs=0.01)
    assert np.median(x) == pytest.approx(10.0, rel=0.02)


def test_scores_are_those_of_the_values() -> None:
    z = np.linspace(-2.0, 2.0, 9)
    for shape, median in (("linear", -3.0), ("log", 2.0), ("logit", 0.3)):
        value = UncertainValue("a.b", median, 0.4, shape, -99.0 if shape == "linear" else 0.0, 99.0)
        assert np.allclose(value.scores(value.at(z)), z)
    both = prior_of([UncertainValue("a.b", 2.0, 0.4, "log", 0.1, 9.0)])
    assert np.allclose(both.scores(both.at(z[:, None])), z[:, None])


def test_limits_are_hard() -> None:
    value = UncertainValue("a.b", 0.5, 3.0, "logit", 0.2, 0.9)
    x = value.at(np.linspace(-6, 6, 50))
    assert x.min() == 0.2
    assert x.max() == 0.9


def test_a_block_correlates_scores_and_draws_are_addressed() -> None:
    values = [UncertainValue(f"a.b{i}", 1.0, 0.1, "log", 0.1, 9.0) for i in range(3)]
    prior = prior_of(values, [(("a.b2", "a.b0", "else"), np.array([[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1.0]]))])
    z = prior.draw(Streams(1), 5000)
    assert np.corrcoef(z.T)[0, 2] == pytest.approx(0.8, abs=0.03)
    assert abs(np.corrcoef(z.T)[0, 1]) < 0.05
    assert np.array_equal(prior.draw(Streams(1), 7), z[:7])
    assert prior.at(z[:1]).shape == (1, 3)


def test_every_uncertain_entry_has_a_prior_about_its_value() -> None:
    for name, entry in entries().items():
        if entry.uncertainty.word == "none":
            with pytest.raises(InvalidCall, match="no uncertainty"):
                uncertain(name, entry)
            continue
        own = uncertain(name, entry)
        assert math.isfinite(own.sd), name
        assert own.sd > 0.0, name
        assert own.at(np.zeros(1))[0] == pytest.approx(entry.value), name
