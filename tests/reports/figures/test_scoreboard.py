"""The figures of the scoreboard: bands of the intervals of an ensemble, panels, and the third curve."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from quotidian.reports.figures.calibration_curve import calibration_figure
from quotidian.reports.figures.scoreboard import _SHADES, trial_figure
from quotidian.reports.figures.style import BLUE, GREEN, tint
from quotidian.reports.scoreboard_page import render_scoreboard
from quotidian.trials.benchmarks.calibration_curve import calibration
from quotidian.trials.benchmarks.scores import ScoreRow, TrialScore

BARE = ScoreRow(
    "drug", "acr70", 12, "%", 60.0, 50.0, 70.0, 62.0, 45.0, 80.0, "validation", "still_review", 0,
    claim="one.acr70.drug", trial="one",
)  # fmt: skip
ROW = replace(
    BARE, low_known=40.0, high_known=80.0, low_discrepancy=30.0, high_discrepancy=90.0, rank=0.7,
    rank_known=0.6, rank_discrepancy=0.55,
)  # fmt: skip
CHANGE = replace(
    ROW, endpoint="crp_change_percent", virtual=-80.0, low=-90.0, high=-75.0, published=-71.0,
    published_low=None, published_high=None, low_known=-92.0, high_known=-70.0, low_discrepancy=-95.0,
    high_discrepancy=-62.0, claim="one.crp_change_percent.drug",
)  # fmt: skip


def board(*rows: ScoreRow) -> TrialScore:
    return TrialScore("one", "One", 20, 1, 200, rows, (), members=20)


def extents(svg: str, colour: str) -> list[float]:
    """Widths of the shapes of a colour."""
    shapes = dict(re.findall(r'<path id="([^"]+)" d="([^"]+)"', svg))
    names = re.findall(rf'<use xlink:href="#([^"]+)"[^>]*style="fill: {colour}', svg)
    ends = [[float(x) for x in re.findall(r"[ML] (-?[\d.]+)", shapes[name])] for name in names]
    return [max(xs) - min(xs) for xs in ends]


@pytest.mark.parametrize("sheet", ["wide", "narrow"])
def test_the_discrepancy_is_a_lighter_band_around_that_of_parameter_uncertainty(sheet: str) -> None:
    figure = trial_figure(board(ROW))
    assert figure is not None
    svg = getattr(figure, sheet)
    lighter, known = (max(extents(svg, tint(BLUE, strength))) for strength in _SHADES)
    assert lighter / known == pytest.approx(60.0 / 40.0, rel=1e-3)
    assert "with parameter uncertainty" in svg and "and discrepancy" in svg
    assert "40.0 to 80.0 with parameter uncertainty, 30.0 to 90.0 with discrepancy too" in figure.alt


def test_without_an_ensemble_there_is_neither_band_nor_key() -> None:
    figure = trial_figure(board(BARE))
    assert figure is not None
    assert not any(tint(BLUE, strength) in figure.wide for strength in _SHADES)
    assert "discrepancy" not in figure.wide and "not the uncertainty of the model" in figure.certainty


def test_a_change_in_per_cent_is_drawn_on_an_axis_that_holds_it() -> None:
    figure = trial_figure(board(ROW, CHANGE))
    assert figure is not None
    said = re.findall(r">([^<>]+)</text>", figure.wide)
    assert "Per cent" in said and "In its own unit" in said
    alone = trial_figure(board(CHANGE))
    assert alone is not None
    assert "Per cent" not in re.findall(r">([^<>]+)</text>", alone.wide)


def test_the_third_curve_is_drawn_where_every_row_has_its_interval() -> None:
    drawn = calibration_figure(calibration([ROW]))
    before = calibration_figure(calibration([ROW, replace(ROW, rank_discrepancy=None)]))
    assert drawn is not None and before is not None
    assert "and discrepancy" in drawn.wide and GREEN.lower() in drawn.wide.lower()
    assert "squares" in drawn.shows and "10 %: 0, 0, 100 %" in drawn.alt
    assert "and discrepancy" not in before.wide and "squares" not in before.shows
    assert "10 %: 0, 0 %" in before.alt


def test_the_page_shows_the_third_interval_where_there_is_one() -> None:
    page = render_scoreboard([board(ROW)], "quotidian scoreboard")
    assert '<span class="wider">30.0 to 90.0</span>' in page and "below, and discrepancy" in page
    assert 'class="wider"' not in render_scoreboard([board(BARE)], "quotidian scoreboard")
