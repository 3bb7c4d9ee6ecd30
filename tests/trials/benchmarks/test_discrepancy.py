"""The interval of a published number that contains sampling variation, parameter uncertainty and
discrepancy."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quotidian.application.manifest import as_json, sealed, unsealed
from quotidian.application.scoreboard_archive import keep_finished, read_finished
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.reports.scoreboard import scoreboard_csv
from quotidian.statistics import near_normal
from quotidian.statistics.intervals import over_replicates
from quotidian.statistics.near_normal import from_scale, on_scale
from quotidian.trials.benchmarks.comparison import published_values
from quotidian.trials.benchmarks.discrepancy import claim_scale, subjects, with_discrepancy
from quotidian.trials.benchmarks.members import follow_members
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.benchmarks.scores import KEYS, KNOWN_KEYS, ScoreRow, TrialScore, score
from quotidian.trials.protocol.library import design

Z = 1.959963984540054
CLAIMS = {claim.id: claim for name in ("tender", "tender-growth", "anakinra") for claim in claims_of(name)}
SHARE = CLAIMS["tender.acr70.tocilizumab"]
LEVEL = CLAIMS["tender.auc_2wk.tocilizumab"]
CHANGE = CLAIMS["tender-growth.height_sds_change.all.week52"]
IN_PER_CENT = CLAIMS["anakinra.crp_change_percent.anakinra"]
TRIAL = design("tender")


@pytest.mark.parametrize("members", [1, 39, 200])
@pytest.mark.parametrize(
    ("claim", "value", "sd"),
    [(SHARE, 72.0, 0.2), (LEVEL, 1500.0, 0.1), (CHANGE, 0.4, 0.029), (IN_PER_CENT, -60.0, 7.1)],
)
def test_members_without_spread_leave_the_discrepancy_alone(
    claim: PublishedResult, value: float, sd: float, members: int
) -> None:
    found = with_discrepancy(claim, TRIAL, [value] * members)
    scale, n = claim_scale(claim), subjects(claim, TRIAL)
    ends = on_scale(np.array([found.low, value, found.high]), scale, n)
    assert np.diff(ends) == pytest.approx([Z * sd, Z * sd], rel=1e-6)


def test_without_discrepancy_the_interval_is_that_of_the_members(monkeypatch: pytest.MonkeyPatch) -> None:
    values = 100.0 * np.random.default_rng(3).binomial(75, 0.6, 60) / 75.0
    whole = with_discrepancy(SHARE, TRIAL, values)
    monkeypatch.setitem(near_normal.DISCREPANCY, "proportion", 0.0)
    without = with_discrepancy(SHARE, TRIAL, values)
    _, low, high = over_replicates(values, predictive=True)
    assert (without.low, without.high) == pytest.approx((low, high), abs=0.1)  # straight on the logit
    assert whole.low < without.low - 1.0 and whole.high > without.high + 1.0


@pytest.mark.parametrize("members", [1, 2, 10, 30, 38, 39, 80, 200])
@pytest.mark.parametrize("claim", [SHARE, LEVEL, CHANGE])
def test_the_interval_contains_that_without_discrepancy(claim: PublishedResult, members: int) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        heavy = np.exp(np.clip(rng.standard_t(2.0, members), -3.0, 3.0))  # an error can move ends inwards
        values = np.minimum(20.0 * heavy, 100.0) if claim is SHARE else claim.value * heavy
        found = with_discrepancy(claim, TRIAL, values)
        _, low, high = over_replicates(values, predictive=True)
        assert found.low <= low <= high <= found.high
        assert members > 18 or found.high - found.low > high - low


@pytest.mark.parametrize(("value", "inner"), [(0.0, 0.4), (100.0, 99.6)])
def test_a_proportion_of_nobody_or_everybody_stays_within_its_ends(value: float, inner: float) -> None:
    found = with_discrepancy(replace(SHARE, value=value), TRIAL, [value] * 40)
    n = subjects(SHARE, TRIAL)
    at, shift = on_scale(np.array([value]), "proportion", n), Z * 0.2 * (1.0 if value == 0.0 else -1.0)
    expected = from_scale(at + shift, "proportion", n)[0]
    assert sorted((found.low, found.high)) == pytest.approx(sorted((value, expected)))
    assert abs(expected - value) < 1.0 and abs(expected - inner) < 0.3
    assert found.rank == pytest.approx(0.5, abs=0.01)


def test_members_without_any_event_have_no_relative_error() -> None:
    found = with_discrepancy(replace(LEVEL, value=1.2), TRIAL, [0.0] * 40)
    assert (found.low, found.high, found.rank) == (0.0, 0.0, 1.0)


def test_nothing_falls_by_more_than_its_whole() -> None:
    values = np.linspace(-97.0, -80.0, 40)
    found = with_discrepancy(IN_PER_CENT, TRIAL, values)
    assert found.low == -100.0 and -80.0 < found.high < -60.0
    score = replace(IN_PER_CENT, endpoint="height_sds_change", unit="1")
    assert with_discrepancy(score, TRIAL, values).low < -105.0


def test_ranks_lie_at_the_ends_of_the_interval_and_are_those_of_the_distribution() -> None:
    values = 1500.0 * np.exp(0.1 * np.random.default_rng(4).normal(size=400))
    found = with_discrepancy(LEVEL, TRIAL, values)
    for end, rank in ((found.low, 0.025), (found.high, 0.975)):
        at = with_discrepancy(replace(LEVEL, value=end, decimals=6), TRIAL, values)
        assert at.rank == pytest.approx(rank, abs=1e-4)
    assert found.high / found.low == pytest.approx(np.exp(2.0 * Z * np.hypot(0.1, 0.1)), rel=0.05)


def test_a_row_is_inside_to_its_last_digit() -> None:
    row = ScoreRow("drug", "acr70", 12, "%", 60.0, 50.0, 70.0, 80.0, decimals=0)
    assert row.inside_discrepancy is None
    assert replace(row, low_discrepancy=60.0, high_discrepancy=79.6).inside_discrepancy is True
    assert replace(row, low_discrepancy=60.0, high_discrepancy=79.4).inside_discrepancy is False
    assert (
        replace(row, published=None, low_discrepancy=60.0, high_discrepancy=90.0).inside_discrepancy is None
    )


MEMBERS = [NO_OVERLAY, Overlay.of({"patients.variability.k_joint_median": 0.6}), NO_OVERLAY]


@pytest.fixture(scope="module")
def board() -> TrialScore:
    """A small trial with three members."""
    return score("woo-2005", 2, 1, threads=1, members=MEMBERS)


def test_rows_of_a_scoreboard_have_the_interval_of_their_members(board: TrialScore) -> None:
    trial = design("woo-2005")
    values = published_values(trial, follow_members(trial, MEMBERS, 1, threads=1).records)
    claims = {claim.id: claim for claim in claims_of("woo-2005")}
    assert len(board.rows) == 3
    for row in board.rows:
        found = with_discrepancy(claims[row.claim], trial, values[row.claim])
        assert (row.low_discrepancy, row.high_discrepancy, row.rank_discrepancy) == (
            found.low, found.high, found.rank,
        )  # fmt: skip
        assert found.high - found.low > (row.high_known or 0.0) - (row.low_known or 0.0)
        assert list(row.as_dict()) == [*KEYS, *KNOWN_KEYS]


def test_the_table_has_a_name_for_each_cell(board: TrialScore) -> None:
    bare = replace(board.rows[0], low_known=None, high_known=None, low_discrepancy=None)
    table = list(csv.DictReader(io.StringIO(scoreboard_csv([replace(board, rows=(*board.rows, bare))]))))
    assert list(table[0]) == [*KEYS, "unit", *KNOWN_KEYS] and len(table) == 4
    for cells, row in zip(table, board.rows, strict=False):
        assert cells["unit"] == "%" and float(cells["low_discrepancy"]) == row.low_discrepancy
        assert cells["inside_discrepancy"] == str(row.inside_discrepancy).lower()
    assert table[3]["low_discrepancy"] == table[3]["inside_known"] == "" and table[3]["unit"] == "%"


def test_a_finished_trial_comes_back_with_and_without_discrepancy(board: TrialScore, tmp_path: Path) -> None:
    keep_finished(tmp_path, board, portable=False)
    assert read_finished(tmp_path, "woo-2005", 2, 1, 3) == board
    file = tmp_path / "finished" / "woo-2005.json"
    held = unsealed(file.read_bytes())
    new = ("low_discrepancy", "high_discrepancy", "rank_discrepancy")
    rows = [{key: x for key, x in row.items() if key not in new} for row in held["rows"]]
    file.write_bytes(as_json(sealed(held | {"rows": rows})).encode())
    before = read_finished(tmp_path, "woo-2005", 2, 1, 3)
    assert before is not None and before.rows[0].low_known == board.rows[0].low_known
    assert before.rows[0].inside_discrepancy is None
    shown = json.loads(json.dumps([row.as_dict() for row in before.rows]))
    assert shown[0]["low_discrepancy"] is None
