"""Random effects: distributions by their closed forms, correlations, and independence of the batch."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quotidian.errors import InvalidInput, UnknownName
from quotidian.population import (
    Correlation,
    Distribution,
    LogitNormal,
    LogNormal,
    Mixture,
    Normal,
    PopulationModel,
    RandomEffect,
)
from quotidian.statistics.streams import Streams

STREAMS = Streams(11)
MANY = np.arange(40_000)
TRIPLE = PopulationModel(
    (
        RandomEffect("toy.CL", LogNormal(0.3)),
        RandomEffect("toy.k_a", LogNormal(0.5)),
        RandomEffect("toy.V", LogNormal(0.2)),
    ),
    (Correlation("toy.CL", "toy.V", 0.7), Correlation("toy.V", "toy.k_a", -0.3)),
)


def drawn(distribution: Distribution) -> np.ndarray:
    model = PopulationModel((RandomEffect("toy.x", distribution),))
    return model.sample(STREAMS, 0, MANY)["toy.x"]


def test_a_normal_effect_has_its_mean_and_sd_and_keeps_its_limits() -> None:
    x = drawn(Normal(5.0, 2.0))
    assert (x.mean(), x.std()) == (pytest.approx(5.0, abs=0.04), pytest.approx(2.0, rel=0.02))
    cut = drawn(Normal(5.0, 2.0, lowest=4.0, highest=6.0))
    assert (cut.min(), cut.max()) == (4.0, 6.0)


def test_a_log_normal_effect_has_its_median_and_omega_and_keeps_its_bound() -> None:
    x = drawn(LogNormal(0.4, median=3.0))
    assert np.median(x) == pytest.approx(3.0, rel=0.02)
    assert np.log(x).std() == pytest.approx(0.4, rel=0.02)
    bounded = drawn(LogNormal(0.4, median=3.0, bound=1.0))
    assert bounded.max() == pytest.approx(3.0 * math.exp(0.4)) and bounded.min() == pytest.approx(
        3.0 * math.exp(-0.4)
    )
    assert drawn(LogNormal(0.4, lowest=0.9)).min() == 0.9


def test_a_logit_normal_effect_is_a_share_over_the_typical_one() -> None:
    share = drawn(LogitNormal(1.0, 0.8))
    logit = np.log(share / (1 - share))
    assert (logit.mean(), logit.std()) == (pytest.approx(1.0, abs=0.02), pytest.approx(0.8, rel=0.02))
    np.testing.assert_allclose(drawn(LogitNormal(1.0, 0.8, relative_to=0.25)), share / 0.25)


def test_a_mixture_has_its_two_components_in_their_shares() -> None:
    x = drawn(Mixture(0.3, LogNormal(0.1, median=10.0), LogNormal(0.0, median=0.5)))
    second = x == 0.5
    assert second.mean() == pytest.approx(0.7, abs=0.01)
    assert np.log(x[~second]).std() == pytest.approx(0.1, rel=0.03)


def test_correlations_come_out_and_unnamed_ones_follow_from_none() -> None:
    x = {name.removeprefix("toy."): np.log(v) for name, v in TRIPLE.sample(STREAMS, 0, MANY).items()}
    r = np.corrcoef([x["CL"], x["k_a"], x["V"]])
    assert r == pytest.approx(np.array([[1, 0, 0.7], [0, 1, -0.3], [0.7, -0.3, 1]]), abs=0.02)
    assert [x[n].std() for n in ("CL", "k_a", "V")] == pytest.approx([0.3, 0.5, 0.2], rel=0.02)


def test_a_subject_does_not_depend_on_the_batch_in_any_bit() -> None:
    together = TRIPLE.sample(STREAMS, 2, np.arange(97))
    for n in (0, 5, 96):
        alone = TRIPLE.sample(STREAMS, 2, [n])
        assert all(alone[name].tobytes() == together[name][n].tobytes() for name in together)
    several = TRIPLE.sample(STREAMS, np.array([1, 2]), np.array([5, 5]))
    assert several["toy.V"][1] == together["toy.V"][5]


def test_another_effect_changes_no_draw_of_the_others() -> None:
    wider = TRIPLE + PopulationModel((RandomEffect("toy.F", LogitNormal(0.0, 1.0)),))
    before, after = (model.sample(STREAMS, 0, MANY[:50]) for model in (TRIPLE, wider))
    assert set(after) - set(before) == {"toy.F"}
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_effects_of_one_stream_are_one_draw() -> None:
    pair = PopulationModel(
        (RandomEffect("a.x", LogNormal(0.2), "shared"), RandomEffect("b.y", LogNormal(0.4), "shared"))
    )
    x = pair.sample(STREAMS, 0, MANY[:100])
    np.testing.assert_allclose(x["b.y"], x["a.x"] ** 2)


def test_an_effect_is_replaced_and_the_rest_stays() -> None:
    fixed = TRIPLE.with_effects([RandomEffect("toy.CL", LogNormal(0.0))])
    x = fixed.sample(STREAMS, 0, MANY[:10])
    assert (x["toy.CL"] == 1.0).all()
    assert np.array_equal(x["toy.k_a"], TRIPLE.sample(STREAMS, 0, MANY[:10])["toy.k_a"])
    with pytest.raises(UnknownName, match=r"toy\.Q has no random effect"):
        TRIPLE.with_effects([RandomEffect("toy.Q", LogNormal(0.1))])


def test_a_model_without_effects_draws_nothing() -> None:
    assert PopulationModel().sample(STREAMS, 0, MANY) == {}


def test_correlations_that_contradict_one_another_are_refused() -> None:
    effects = tuple(RandomEffect(n, LogNormal(0.2)) for n in "abc")
    odd = (Correlation("a", "b", 0.9), Correlation("b", "c", 0.9), Correlation("a", "c", -0.9))
    with pytest.raises(InvalidInput, match="not positive definite"):
        PopulationModel(effects, odd)


def test_what_is_no_population_model_is_refused() -> None:
    one = RandomEffect("a", LogNormal(0.2))
    with pytest.raises(InvalidInput, match="two random effects"):
        PopulationModel((one, one))
    with pytest.raises(UnknownName, match="b has no random effect"):
        PopulationModel((one,), (Correlation("a", "b", 0.1),))
    with pytest.raises(InvalidInput, match=r"SD of -0\.1"):
        LogNormal(-0.1)
    with pytest.raises(InvalidInput, match=r"share of 1\.5"):
        Mixture(1.5, LogNormal(0.1), LogNormal(0.1))
