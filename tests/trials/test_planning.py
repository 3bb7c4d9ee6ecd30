"""What a design would find at other sizes: shares from its own run, sizes split as it splits them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from quotidian.errors import InvalidInput, UnknownName
from quotidian.statistics.power import power
from quotidian.trials.analysis.sample_size import SizePlan, compared, plan, until
from quotidian.trials.protocol.design import Arm
from quotidian.trials.protocol.library import design
from quotidian.trials.run import Followed, follow, run_design

YOKOTA = design("yokota-2008")
SHORT = until(YOKOTA, 18, "flare_free")


@cache
def done() -> Followed:
    return follow(SHORT, 4, seed=3, threads=1)


@cache
def found() -> SizePlan:
    return plan(SHORT, done().records, "flare_free", 18, [10, 20, 41])


def test_shares_are_those_that_the_trial_reports() -> None:
    rows = {(r.arm, r.week): r.virtual for r in run_design(SHORT, 4, seed=3, threads=1).rows}
    for i, arm in enumerate(found().arms):
        assert 100 * np.median(found().shares[:, i]) == pytest.approx(rows[arm, 18])
    assert found().share[0] > found().share[1] + 0.3


def test_a_design_cut_at_a_visit_gives_that_visit_as_the_whole_one_does() -> None:
    whole = follow(replace(YOKOTA, kinetics=None), 1, seed=3, threads=1)
    assert np.array_equal(plan(YOKOTA, whole.records, "flare_free", 18, [10]).shares[0], found().shares[0])
    assert [p.weeks for p in SHORT.periods] == [6, 12] and SHORT.visits[-1] == 18
    assert [p.weeks for p in until(YOKOTA, 14, "flare_free").periods] == [6, 8]


def test_sizes_are_split_as_the_design_splits_and_responders_must_be_found_first() -> None:
    small, _, odd = found().sizes
    assert (small.first, small.second, odd.first + odd.second) == (5, 5, 41)
    records = done().records
    share = sum((r.arm >= 0).sum() for r in records) / sum(r.children for r in records)
    assert found().randomised == share < 1.0
    assert small.enrolled * share >= 10 > (small.enrolled - 1) * share
    tender = plan(until(design("tender"), 12, "acr70"), follow_tender(), "acr70", 12, [12])
    assert (tender.sizes[0].first, tender.sizes[0].second, tender.sizes[0].enrolled) == (8, 4, 12)


@cache
def follow_tender() -> tuple:  # type: ignore[type-arg]
    return follow(until(design("tender"), 12, "acr70"), 1, seed=3, threads=1).records


def test_power_is_at_the_mean_share_and_assurance_the_mean_power() -> None:
    size = found().sizes[1]
    assert size.power == power(*found().share, 10, 10)
    each = [power(a, b, 10, 10) for a, b in found().shares]
    assert size.assurance == pytest.approx(np.mean(each)) and min(each) < size.assurance < max(each)


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'jigsaw-118' has 1 arm"):
        compared(design("jigsaw-118"))
    with pytest.raises(InvalidInput, match="has 3 arms"):
        compared(replace(YOKOTA, arms=YOKOTA.arms | {"third": Arm("none", 1)}))
    with pytest.raises(UnknownName, match="no endpoint 'acr71'"):
        until(YOKOTA, 18, "acr71")
    with pytest.raises(InvalidInput, match="'crp' is reported in mg/L"):
        until(YOKOTA, 18, "crp")
    with pytest.raises(InvalidInput, match="no visit of randomised children at week 6"):
        until(YOKOTA, 6, "acr70")
    with pytest.raises(InvalidInput, match="A trial of 1 randomised children"):
        plan(SHORT, done().records, "flare_free", 18, [1])
    with pytest.raises(InvalidInput, match="has no value of 'neutropenia'"):
        plan(until(YOKOTA, 18, "neutropenia"), done().records, "neutropenia", 18, [10])
