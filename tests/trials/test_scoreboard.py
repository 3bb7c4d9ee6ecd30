"""The scoreboard's rows and verdicts, and that it turns red where the model is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from quotidian.biology import glucocorticoid
from quotidian.errors import SolverFailed, UnknownName
from quotidian.models import assembly
from quotidian.network import AssignmentRule
from quotidian.simulation import compiled_models
from quotidian.trials.agreement import printed
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of, load_claims
from quotidian.trials.benchmarks.scores import KEYS, NOBODY, ScoreRow, TrialScore, judged, score
from quotidian.trials.conduct.schedule import Conducted, TrialConductor
from quotidian.trials.conduct.setting import Execution
from quotidian.trials.rows import EndpointRow
from quotidian.vocabulary import joint_block, restraint


def row(virtual: float, low: float, high: float, published: float, *interval: float) -> ScoreRow:
    """A row of the scoreboard with those numbers."""
    ends = interval or (None, None)
    return ScoreRow("drug", "acr30", 12, "%", virtual, low, high, published, *ends, role="validation")


@pytest.mark.parametrize(
    ("one", "inside"),
    [
        (row(50, 40, 60, 55, 45, 65), True),
        (row(44, 40, 60, 55, 45, 65), False),  # the intervals overlap, the median is outside
        (row(45, 45, 45, 55, 45, 65), True),
        (row(50, 40, 60, 60.4), False),
        (row(50, 40, 60, 60), True),
        (row(1.21, 1.208, 1.216, 1.22), True),  # 1.216 rounds to it
        (row(1.21, 1.208, 1.214, 1.22), False),
        (row(-0.2, -0.3, -0.16, -0.2), True),
    ],
)
def test_the_verdict_follows_the_stated_rule(one: ScoreRow, inside: bool) -> None:
    assert one.inside is inside


def test_a_number_stands_for_what_rounds_to_it() -> None:
    assert printed(245.0) == (244.5, 245.5)
    assert printed(1.22) == pytest.approx((1.215, 1.225))
    assert printed(-0.2) == pytest.approx((-0.25, -0.15))
    assert printed(-1.0, 1) == pytest.approx((-1.05, -0.95)) and printed(-1.0) == (-1.5, -0.5)
    (baseline,) = [c for c in claims_of("tender-growth") if c.endpoint == "igf1_sds" and c.week == 0]
    assert (baseline.value, baseline.decimals) == (-1.0, 1)  # as in "-1.0 SDS"


def claim(arm: str, week: float, kind: str = "endpoint", endpoint: str = "acr30") -> PublishedResult:
    """A claim of 50 %, 40 to 60."""
    return PublishedResult(
        f"t.{endpoint}.{arm}", kind, arm, endpoint, week, 50.0, "%", None, 50, None, 40.0, 60.0, "computed",
        "validation", "woo2005", "abstract", "seen", "",
        because="not in the model" if kind == "context" else "",
    )  # fmt: skip


def test_each_claim_finds_its_row_and_the_others_stand_apart() -> None:
    rows = [EndpointRow("drug", "acr30", 12, "%", 52.0, 45.0, 55.0)]
    claims = [claim("drug", 12), claim("all", 12), claim("drug", 6), claim("drug", 12, "context")]
    found, apart = judged("t", rows, claims)
    assert [(r.claim, r.virtual, r.inside) for r in found] == [
        ("t.acr30.drug", 52.0, True), ("t.acr30.all", 52.0, True),  # one arm is all there is
    ]  # fmt: skip
    assert [a.claim for a in apart] == ["t.acr30.drug", "t.acr30.drug"]
    assert [a.because for a in apart] == [NOBODY, "not in the model"]
    two = [*rows, EndpointRow("placebo", "acr30", 12, "%", 20.0, 10.0, 30.0)]
    assert [r.claim for r in judged("t", two, claims)[0]] == ["t.acr30.drug"]


def test_an_unknown_trial_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="tender"):
        score("tendre", 1, 1)


# ---- real runs
REPLICATES = 4


@pytest.fixture(scope="module")
def honest() -> TrialScore:
    """TENDER as it is."""
    return score("tender", REPLICATES, seed=1)


def test_every_published_number_is_a_row_or_stands_apart(honest: TrialScore) -> None:
    listed = [r.claim for r in honest.rows] + [a.claim for a in honest.apart]
    assert sorted(listed) == sorted(c.id for c in load_claims("tender"))
    kinds = {c.id: c.kind for c in load_claims("tender")}
    assert {kinds[a.claim] for a in honest.apart} == {"context"}
    assert all(a.because for a in honest.apart)
    assert tuple(honest.rows[0].as_dict()) == KEYS
    assert honest.children == REPLICATES * 112 <= honest.proposed


@pytest.fixture(scope="module")
def whole() -> TrialScore:
    """Three replicates of a small trial on all threads."""
    return score("woo-2005", 3, seed=1)


def test_the_same_seed_gives_the_same_rows_on_any_thread(whole: TrialScore) -> None:
    assert score("woo-2005", 3, seed=1, threads=1).rows == whole.rows


@pytest.mark.parametrize("threads", [1, 2])
def test_a_replicate_with_a_lost_child_is_left_out_and_counted(
    whole: TrialScore, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    conduct = TrialConductor.conduct

    def losing(self: TrialConductor, some: range, execution: Execution) -> Conducted:
        if 1 in some:
            raise SolverFailed("Child 4 of replicate 1 could not be simulated beyond day 9.0.")
        return conduct(self, some, execution)

    monkeypatch.setattr(TrialConductor, "conduct", losing)
    one = score("woo-2005", 3, seed=1, threads=threads)
    assert one.failures == {
        "a replicate was left out: Child 4 of replicate 1 could not be simulated beyond day 9.0.": 18
    }
    assert [r.claim for r in one.rows] == [r.claim for r in whole.rows] and one.rows != whole.rows


def test_a_design_without_a_number_to_compare_is_not_run() -> None:
    one = score("jigsaw-118", 10_000, seed=1)
    assert one.rows == () and one.apart and one.children == one.proposed == 0


def test_a_trial_without_a_replicate_that_ends_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(self: TrialConductor, some: range, execution: Execution) -> Conducted:
        raise SolverFailed("A child was lost.")

    monkeypatch.setattr(TrialConductor, "conduct", losing)
    with pytest.raises(SolverFailed, match="No replicate of woo-2005 could be completed"):
        score("woo-2005", 2, seed=1)


def whole_child(row: ScoreRow) -> float:
    """What one child of the smaller arm moves a percentage by; nothing for what is no percentage."""
    return 100.0 / 29 if row.unit == "%" else 0.0


def test_another_seed_gives_other_verdicts_only_at_an_edge() -> None:
    one, other = (score("tender", 12, seed).rows for seed in (1, 2))
    for a, b in zip(one, other, strict=True):
        if a.inside is not b.inside:
            edges = [x for x in (a.published_low, a.published_high) if x is not None] or [a.low, a.high]
            # chance of a median of twelve, twice over; ends of their range move twice as far as the median
            share = 0.25 if a.published_low is not None else 0.5
            reach = max(share * max(a.high - a.low, b.high - b.low), whole_child(a))
            read = [a.virtual, b.virtual] if a.published_low is not None else [a.published]
            assert min(abs(x - edge) for x in read if x is not None for edge in edges) <= reach, a.claim


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A wrong sign: the drug lowers the production of IL-6 and its companions as it reaches the joint."""
    before = next(d for d in glucocorticoid.module.definitions if d.of is restraint)

    def lowered(E, C, IC, p, F, B):
        r"""Planted, :math:`f = f_0 / (1 + B_j)`"""
        return before.law(E, C, IC, p, F) / (1 + B)

    wrong = AssignmentRule(restraint, lowered, *before.arguments, joint_block)
    definitions = tuple(wrong if d is before else d for d in glucocorticoid.module.definitions)
    module = replace(glucocorticoid.module, definitions=definitions)
    others = tuple(module if m is glucocorticoid.module else m for m in assembly.MODULES)
    monkeypatch.setattr(assembly, "MODULES", others)
    assembly._model.cache_clear()
    compiled_models._KEPT.clear()
    yield
    monkeypatch.undo()
    assembly._model.cache_clear()
    compiled_models._KEPT.clear()


def test_a_wrong_sign_turns_the_board_red(honest: TrialScore, planted: None) -> None:
    wrong = score("tender", REPLICATES, seed=1)
    endpoints = ("primary", "acr30", "acr50", "acr70", "acr90", "fever_free", "acr70_taper")
    treated = [(a, b) for a, b in zip(honest.rows, wrong.rows, strict=True)
               if a.arm == "tocilizumab" and a.endpoint in endpoints]  # fmt: skip
    assert len(treated) == len(endpoints)
    assert sum(a.inside for a, _ in treated) >= 5  # a small run: one or two may lie at an edge
    turned = {a.endpoint for a, b in treated if a.inside and not b.inside}
    assert len(turned) >= 3 and {"acr70", "acr90"} <= turned  # the others end at the edge of their intervals
    assert all(b.virtual > a.virtual for a, b in treated)
    exposure = [
        (a, b) for a, b in zip(honest.rows, wrong.rows, strict=True) if a.endpoint in ("cmax", "auc_2wk")
    ]
    assert exposure  # and what the planted sign does not touch stays
    assert all(abs(b.virtual / a.virtual - 1) < 0.03 for a, b in exposure)
