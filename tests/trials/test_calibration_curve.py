"""Which share of validation rows predictive intervals hold."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from quotidian.reports.figures.calibration_curve import calibration_figure
from quotidian.reports.scoreboard import accounts, calibration_json
from quotidian.statistics.intervals import over_replicates, rank_among
from quotidian.trials.benchmarks.calibration_curve import LEVELS, calibration, calibration_lines
from quotidian.trials.benchmarks.labels import skill
from quotidian.trials.benchmarks.scores import ScoreRow, TrialScore

ROW = ScoreRow(
    "drug", "acr70", 12, "%", 60.0, 50.0, 70.0, 80.0, 70.0, 90.0, "validation", "someone", 0,
    low_known=65.0, high_known=85.0, claim="one.acr70.drug", trial="one",
)  # fmt: skip


def test_a_rank_counts_equals_half() -> None:
    values = [1.0, 2.0, 2.0, 3.0]
    assert rank_among(values, (1.5, 2.5)) == 0.5
    assert rank_among(values, (0.0, 0.5)) == 0.0
    assert rank_among(values, (3.5, 4.0)) == 1.0
    assert rank_among(values, (2.6, 2.9)) == 0.75


def test_a_rank_says_at_which_level_an_interval_holds_the_number() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=4001)
    for point in (-1.9, -0.5, 0.3, 1.2, 2.5):
        rank = rank_among(values, (point, point))
        for level in LEVELS:
            summary = over_replicates(values, level / 100.0)
            assert (summary.low <= point <= summary.high) == (abs(rank - 0.5) <= level / 200.0 + 1e-12)


def test_ranks_of_a_true_prediction_lie_on_the_line_and_those_of_a_narrow_one_below() -> None:
    rng = np.random.default_rng(2)
    rows = [
        replace(ROW, rank=float(x > 0), rank_known=float(u))
        for x, u in zip(rng.normal(size=4000), rng.random(4000), strict=True)
    ]
    found = calibration(rows)
    assert found is not None and found.rows == 4000
    for level in found.curve:
        assert level.known == pytest.approx(level.nominal, abs=3.0)
        assert level.chance == 0.0  # every number lies beyond all replicates


def test_only_validation_rows_with_members_are_counted_and_told() -> None:
    good = replace(ROW, rank=0.99, rank_known=0.6, label="reachable")
    tuned, without = replace(good, role="calibration", rank=0.5), replace(ROW, rank=0.5)
    found = calibration([good, replace(good, unit="ug/mL", label="", high_known=95.0), tuned, without])
    assert found is not None
    assert (found.rows, found.skilled, found.labels) == (2, 1, {"reachable": 1})
    assert (found.skill, found.skill_chance) == (skill([good]), skill([good], known=False))
    assert found.width == 1.25  # between 20/20 and 30/20
    assert [one.known for one in found.curve] == [0.0] + [100.0] * 9
    assert [one.chance for one in found.curve] == [0.0] * 10
    text = " ".join(calibration_lines(found))
    assert "Predictive intervals of 2 validation rows" in text and "20 %: 0 | 100" in text
    assert f"{found.skill:.2f} with parameter uncertainty, 1 validation proportions" in text
    assert "1.25 times as wide" in text and "reachable 1" in text
    assert calibration([tuned, without]) is None


def test_the_discrepancy_has_shares_widths_and_counts_by_role() -> None:
    wide = replace(
        ROW, rank=0.99, rank_known=0.99, rank_discrepancy=0.6, high_known=75.0, low_discrepancy=60.0,
        high_discrepancy=90.0,
    )  # fmt: skip
    narrow = replace(wide, rank_discrepancy=0.95, high_discrepancy=79.0)
    tuned = replace(wide, role="calibration", high_known=85.0)
    rows = [wide, narrow, tuned, tuned, tuned]
    found = calibration(rows)
    assert found is not None
    assert [one.discrepancy for one in found.curve] == [0.0] + [50.0] * 7 + [100.0] * 2
    assert (found.width, found.width_discrepancy) == (0.5, 1.225)  # between 30/20 and 19/20
    assert found.as_dict()["inside"] == {
        "calibration": {"rows": 3, "known": 3, "discrepancy": 3},
        "validation": {"rows": 2, "known": 0, "discrepancy": 1},
    }
    text = " ".join(calibration_lines(found))
    assert "with parameter uncertainty | and discrepancy. " in text and "20 %: 0 | 0 | 50" in text
    assert "0.50 times as wide, with discrepancy 1.23 times (median" in text
    assert "and discrepancy: calibration 3 | 3 of 3, validation 0 | 1 of 2." in text
    assert found.as_dict()["curve"][1] == {"nominal": 20, "chance": 0.0, "known": 0.0, "discrepancy": 50.0}
    before = calibration([*rows, replace(wide, rank_discrepancy=None)])
    assert before is not None and {one.discrepancy for one in before.curve} == {None}
    assert "discrepancy." not in calibration_lines(before)[0]


def test_the_curve_is_on_the_page_and_in_the_file() -> None:
    score = TrialScore("one", "One", 4, 1, 40, (replace(ROW, rank=0.99, rank_known=0.6),), (), members=4)
    assert any("Predictive intervals of 1" in line for line in accounts([score]))
    held = json.loads(calibration_json([score]))
    assert held["rows"] == 1 and held["curve"][1] == {"nominal": 20, "chance": 0.0, "known": 100.0}
    drawn = calibration_figure(calibration(score.rows))
    assert drawn is not None and "with parameter uncertainty" in drawn.wide
    assert calibration_figure(None) is None
    assert json.loads(calibration_json([replace(score, rows=(ROW,))])) is None
