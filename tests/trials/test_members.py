"""The interval over members of an ensemble, labels of missed rows, and skill."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt
from typing import Any

import numpy as np
import pytest

from quotidian.errors import InvalidInput
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.reports.tables import COLUMNS, endpoints_csv
from quotidian.trials.benchmarks import members, scores
from quotidian.trials.benchmarks.comparison import endpoint_rows
from quotidian.trials.benchmarks.labels import (
    CONFLICT,
    NOT_LEARNT,
    OUT_OF_REACH,
    REACHABLE,
    crps,
    everything_published,
    label,
    labelled,
    skill,
)
from quotidian.trials.benchmarks.members import MemberRuns, follow_members, with_known
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.benchmarks.scores import KNOWN_KEYS, ScoreRow
from quotidian.trials.protocol.library import design
from quotidian.trials.run import follow

ROW = ScoreRow(
    "drug", "acr70", 12, "%", 60.0, 50.0, 70.0, 80.0, 70.0, 90.0, "validation", "someone", 0,
    low_known=65.0, high_known=85.0, claim="one.acr70.drug", trial="one",
)  # fmt: skip


def test_a_missed_row_has_a_label() -> None:
    assert not ROW.inside
    assert ROW.inside_known
    assert label(ROW) == REACHABLE
    beyond = replace(ROW, low_known=20.0, high_known=79.0)
    assert label(beyond) == NOT_LEARNT
    assert label(replace(beyond, low_prior=10.0, high_prior=95.0)) == CONFLICT
    assert label(replace(beyond, low_prior=10.0, high_prior=65.0)) == OUT_OF_REACH
    assert label(replace(beyond, low_prior=48.0, high_prior=72.0)) == NOT_LEARNT  # as by sampling variation
    assert label(replace(beyond, low_prior=10.0, high_prior=79.6)) == CONFLICT  # it rounds to the number
    assert label(replace(ROW, virtual=75.0)) == ""
    assert label(replace(beyond, high_known=79.6)) == REACHABLE  # it rounds to the published number
    assert replace(ROW, low_known=None).inside_known is None


def test_only_missed_rows_have_the_interval_of_the_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    trial, seen = design("canakinumab-febrile"), list[int]()

    def counted(*args: Any, **more: Any) -> MemberRuns:
        seen.append(len(args[1]))
        return follow_members(*args, **more)

    monkeypatch.setattr(scores, "follow_members", counted)
    published = endpoint_rows(trial, follow(trial, 2, 1).records, entry=True, only_published=True)
    rows, _ = scores.judged(trial.name, published)
    inside = tuple(replace(row, low_known=0.0, high_known=100.0) for row in rows)
    assert scores.with_prior(trial, inside, [NO_OVERLAY], 1, 1) == inside and not seen
    one = replace(
        rows[0], published=99.9, published_low=99.0, published_high=100.0, low_known=0.0, high_known=1.0
    )
    first, *others = scores.with_prior(trial, (one, *inside[1:]), [NO_OVERLAY] * 3, 1, 1)
    runs = follow_members(trial, [NO_OVERLAY] * 3, 1)
    again = endpoint_rows(trial, runs.records, entry=True, only_published=True, predictive=True)
    own = next(row for row in again if (row.endpoint, row.week) == (one.endpoint, one.week))
    assert seen == [3] and (first.low_prior, first.high_prior) == (own.low, own.high)
    assert tuple(others) == inside[1:]


def test_the_score_is_that_of_simulated_draws() -> None:
    x = np.random.default_rng(1).normal(1.0, 0.7, 4000)
    simulated = np.abs(x - 0.4).mean() - 0.5 * np.abs(x[:, None] - x[None, :2000]).mean()
    assert crps(0.4, 1.0, 0.7) == pytest.approx(simulated, rel=0.03)
    assert crps(0.0, 0.0, 1.0) == pytest.approx((sqrt(2) - 1) / sqrt(np.pi))


def others(*numbers: tuple[str, float], **fields: str) -> list[tuple[str, PublishedResult]]:
    """Published numbers of the endpoint of `ROW`, or with other fields, by trial."""
    one = next(claim for claim in claims_of("tender") if claim.id == "tender.acr70.tocilizumab")
    usual = {"endpoint": "acr70", "arm": "drug"} | fields
    return [(trial, replace(one, value=value, **usual)) for trial, value in numbers]  # type: ignore[arg-type]


def test_skill_is_above_none_only_where_the_prediction_is_better() -> None:
    good, bad = replace(ROW, virtual=80.0), replace(ROW, virtual=20.0, low_known=15.0, high_known=25.0)
    assert (skill([good], ()) or 0.0) > 0.5
    assert (skill([bad], ()) or 0.0) < 0.0
    assert skill([replace(ROW, unit="ug/mL")], ()) is None
    change = replace(ROW, endpoint="crp_change_percent", virtual=-80.0, published=-71.0)
    assert skill([change], ()) is None
    assert skill([good, change], ()) == skill([good], ())
    assert (skill([good], others(("two", 79.0), ("three", 81.0))) or 0.0) < (skill([good], ()) or 0.0)
    own, far = log(0.85 / 0.15) - log(0.65 / 0.35), log(0.8 / 0.2)
    scores = crps(far, far, own / (2.0 * 1.96)), crps(far, 0.0, 1.5)
    assert skill([good], ()) == pytest.approx(1.0 - scores[0] / scores[1], rel=1e-4)
    middle = replace(bad, virtual_known=80.0, low_known=65.0, high_known=85.0)  # that of the members
    assert skill([middle], ()) == skill([good], ())
    two = [good, replace(bad, published=20.0)]
    low, high = (log(x / (100.0 - x)) for x in (15.0, 25.0))
    second = crps(-far, -far, (high - low) / (2.0 * 1.96)), crps(-far, 0.0, 1.5)
    expected = 1.0 - (scores[0] + second[0]) / (scores[1] + second[1])  # of the sums, not of the ratios
    assert skill(two, ()) == pytest.approx(expected, rel=1e-4)
    (row,) = labelled([ROW])
    assert row.skill == skill([ROW], everything_published())
    assert set(KNOWN_KEYS) <= set(row.as_dict())
    assert "label" not in replace(ROW, low_known=None).as_dict()


def test_skill_without_parameter_uncertainty_is_that_of_the_replicates() -> None:
    sure = replace(ROW, virtual=80.0, low=75.0, high=84.0, virtual_known=60.0)
    alone = replace(sure, virtual_known=80.0, low_known=75.0, high_known=84.0)
    assert skill([sure], (), known=False) == skill([alone], ())
    assert (skill([sure], (), known=False) or 0.0) > (skill([sure], ()) or 0.0)


@pytest.mark.parametrize("other", [{"arm": "placebo"}, {"endpoint": "acr90"}, {"unit": "ug/mL"}])
def test_the_reference_is_the_same_endpoint_and_arm_of_other_trials(other: dict[str, str]) -> None:
    same = others(("two", 60.0), ("three", 70.0))
    assert skill([ROW], [*same, *others(("four", 5.0), **other)]) == skill([ROW], same)
    assert skill([ROW], [*same, *others(("one", 5.0))]) == skill([ROW], same)
    assert skill([ROW], [*same, *others(("four", 5.0))]) != skill([ROW], same)


def test_the_reference_needs_no_run() -> None:
    trials = {name for name, _ in everything_published()}
    assert {"tender", "canakinumab-withdrawal", "anakinra"} <= trials


def test_members_widen_the_interval_and_equal_members_give_the_replicates() -> None:
    trial = design("canakinumab-febrile")
    usual = endpoint_rows(trial, follow(trial, 2, 1, threads=1).records)
    same = follow_members(trial, [NO_OVERLAY, NO_OVERLAY], 1, threads=1)
    assert endpoint_rows(trial, same.records) == usual
    moved = follow_members(trial, [NO_OVERLAY, Overlay.of({"patients.variability.k_joint_median": 0.6})], 1)
    rows = with_known(usual, endpoint_rows(trial, moved.records, predictive=True))
    central = with_known(usual, endpoint_rows(trial, moved.records))
    ends = [
        (row.low_known or 0.0) - (other.low_known or 0.0) for row, other in zip(rows, central, strict=True)
    ]
    assert max(ends) <= 0.0 > min(ends)  # wider, since two members are few
    assert all(row.low_known is not None for row in rows)
    assert any(row.virtual_known != row.virtual for row in rows)
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
