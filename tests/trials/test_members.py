"""The interval over members of an ensemble, labels of missed rows, and skill."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest

from quotidian.errors import InvalidInput
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.reports.tables import COLUMNS, endpoints_csv
from quotidian.trials.benchmarks import members
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.benchmarks.labels import (
    CONFLICT,
    NOT_LEARNT,
    OUT_OF_REACH,
    REACHABLE,
    crps,
    label,
    labelled,
    skill,
)
from quotidian.trials.benchmarks.members import follow_members, with_known
from quotidian.trials.benchmarks.scores import KNOWN_KEYS, ScoreRow
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

ROW = ScoreRow(
    "drug", "acr70", 12, "%", 60.0, 50.0, 70.0, 80.0, 70.0, 90.0, "validation", "someone", 0,
    low_known=65.0, high_known=85.0, claim="one.acr70.drug", trial="one",
)  # fmt: skip


def test_a_missed_row_has_a_label() -> None:
    wide, narrow = {"one.acr70.drug": (10.0, 95.0)}, {"one.acr70.drug": (10.0, 65.0)}
    assert not ROW.inside
    assert ROW.inside_known
    assert label(ROW, {}) == REACHABLE
    beyond = replace(ROW, low_known=20.0, high_known=79.0)
    assert label(beyond, {}) == NOT_LEARNT
    assert label(beyond, wide) == CONFLICT
    assert label(beyond, narrow) == OUT_OF_REACH
    assert label(replace(ROW, virtual=75.0), {}) == ""
    assert label(replace(beyond, high_known=79.6), {}) == REACHABLE  # it rounds to the published number
    assert replace(ROW, low_known=None).inside_known is None


def test_the_score_is_that_of_simulated_draws() -> None:
    x = np.random.default_rng(1).normal(1.0, 0.7, 4000)
    simulated = np.abs(x - 0.4).mean() - 0.5 * np.abs(x[:, None] - x[None, :2000]).mean()
    assert crps(0.4, 1.0, 0.7) == pytest.approx(simulated, rel=0.03)
    assert crps(0.0, 0.0, 1.0) == pytest.approx((sqrt(2) - 1) / sqrt(np.pi))


def test_skill_is_above_none_only_where_the_prediction_is_better() -> None:
    good, bad = replace(ROW, virtual=80.0), replace(ROW, virtual=20.0, low_known=15.0, high_known=25.0)
    assert (skill(good, ()) or 0.0) > 0.5
    assert (skill(bad, ()) or 0.0) < 0.0
    assert skill(replace(ROW, unit="ug/mL"), ()) is None
    others = [replace(ROW, trial=name, published=p) for name, p in (("two", 79.0), ("three", 81.0))]
    assert (skill(good, others) or 0.0) < (skill(good, ()) or 0.0)
    own, far = log(0.85 / 0.15) - log(0.65 / 0.35), log(0.8 / 0.2)
    expected = 1.0 - crps(far, far, own / (2.0 * 1.96)) / crps(far, 0.0, 1.5)
    assert skill(good, ()) == pytest.approx(expected, rel=1e-4)
    (row,) = labelled([ROW], {}, others)
    assert set(KNOWN_KEYS) <= set(row.as_dict())
    assert "label" not in replace(ROW, low_known=None).as_dict()


@pytest.mark.parametrize("other", [{"trial": "one"}, {"arm": "placebo"}, {"endpoint": "acr90"}])
def test_the_reference_is_the_same_endpoint_and_arm_of_other_trials(other: dict[str, str]) -> None:
    others = [replace(ROW, trial=name, published=p) for name, p in (("two", 60.0), ("three", 70.0))]
    apart = replace(others[0], **{"published": 5.0, **other})  # type: ignore[arg-type]
    assert skill(ROW, [*others, apart]) == skill(ROW, others)


def test_members_widen_the_interval_and_equal_members_give_the_replicates() -> None:
    trial = design("canakinumab-febrile")
    usual = endpoint_rows(trial, follow(trial, 2, 1, threads=1).records)
    same = follow_members(trial, [NO_OVERLAY, NO_OVERLAY], 1, threads=1)
    assert endpoint_rows(trial, same.records) == usual
    moved = follow_members(trial, [NO_OVERLAY, Overlay.of({"patients.variability.k_joint_median": 0.6})], 1)
    rows = with_known(usual, endpoint_rows(trial, moved.records))
    assert all(row.low_known is not None for row in rows)
    assert any((row.low_known, row.high_known) != (row.low, row.high) for row in rows)
    assert endpoints_csv(rows).splitlines()[0] == ",".join([*COLUMNS, "low_known", "high_known"])
    assert endpoints_csv(usual).splitlines()[0] == ",".join(COLUMNS)


def test_an_ensemble_that_cannot_be_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise InvalidInput("Too few are eligible.")

    monkeypatch.setattr(members, "conductor_of", failing)
    with pytest.raises(InvalidInput, match="0 of 1 members") as refused:
        follow_members(design("canakinumab-febrile"), [NO_OVERLAY], 1)
    assert "Too few are eligible" in str(refused.value)
