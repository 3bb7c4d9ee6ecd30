"""Effects of treatment, flow and baseline by arm of a virtual trial: worked out again from its records."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

import quotidian as q
from quotidian.reports.effect_tables import (
    baseline_csv,
    effect_line,
    effects_csv,
    flow_csv,
    main_effects,
    primary_effects,
)
from quotidian.reports.report import render_report
from quotidian.statistics.effects import risk_difference
from quotidian.trials.analysis.effects import effect_rows
from quotidian.trials.analysis.flow import flow_rows
from quotidian.trials.conduct.case_record import Event
from quotidian.trials.protocol.rules import Escape

REPLICATES = 3


@pytest.fixture(scope="module")
def done() -> q.api.virtual_trial.VirtualTrial:
    return q.trial("tender", replicates=REPLICATES, seed=2)


def test_the_risk_difference_is_that_of_the_children(done) -> None:
    """ACR30 of TENDER at week 12, counted from the visits: a child that is away is a non-responder."""
    seen = done.visits.filter(pl.col("week") == 12, pl.col("arm").is_not_null())
    counts = seen.group_by("replicate", "arm").agg(
        x=(pl.col("there") & (pl.col("acr") >= 30)).sum(), n=pl.len()
    )
    own = {(r, a): (x, n) for r, a, x, n in counts.iter_rows()}
    cells = np.array([[*own[r, "tocilizumab"], *own[r, "placebo"]] for r in range(REPLICATES)]).T
    by_hand = 100 * risk_difference(*cells).estimate
    row = done.effects.filter(
        pl.col("endpoint") == "acr30", pl.col("week") == 12, pl.col("measure") == "risk difference"
    ).row(0, named=True)
    assert (row["arm"], row["against"]) == ("tocilizumab", "placebo")
    assert row["virtual"] == pytest.approx(float(np.median(by_hand)))
    assert row["trial_low"] < row["virtual"] < row["trial_high"] and row["excluding"] == 100.0


def test_every_pair_and_measure_has_a_row(done) -> None:
    kinds = {key: set(own["measure"]) for (key,), own in done.effects.group_by("endpoint")}
    assert kinds["primary"] == {"risk difference", "risk ratio", "odds ratio"}
    assert kinds["crp"] == {"difference", "difference in change"}
    change = done.effects.filter(pl.col("endpoint") == "crp", pl.col("measure") == "difference in change")
    assert (change["virtual"] < 0).all()
    assert effect_rows(q.trial("yokota-2005", replicates=1).design, ()) == ()


def test_an_escape_is_counted_once(done) -> None:
    stages = [stage for stage, arm in done.flow.select("stage", "arm").iter_rows() if arm == "placebo"]
    assert stages[1] == "escaped to open-label drug" and not any("rescue" in stage for stage in stages)


@pytest.mark.parametrize(
    ("rule", "stages"),
    [
        (Escape(2, give="tocilizumab:8mg/kg/2wk iv"), ["escaped to open-label drug"]),
        (Escape(2), ["escaped"]),
        (Escape(2, kind="flare", give="a"), ["flared", "given open-label drug after the flare"]),
        (Escape(2, kind="flare"), ["flared"]),
    ],
)
def test_the_end_of_randomised_treatment_has_one_name(rule: Escape, stages: list[str]) -> None:
    events = [Event(0, 4, rule.kind), *([Event(0, 4, "rescue")] if rule.give else [])]
    record = SimpleNamespace(
        replicate=np.zeros(2, int), children=2, events=events, weeks=(0, 8), arm=np.zeros(2, int),
        left={8: np.zeros(2, bool)}, had=lambda kind: np.array([any(e.kind == kind for e in events), False]),
    )  # fmt: skip
    trial = SimpleNamespace(randomised=(0, 8), arms={"drug": None}, escape=rule)
    rows = flow_rows(trial, [record], SimpleNamespace(proposed=2, screened={}))
    assert [row.stage for row in rows[3:-1]] == stages and {row.mean for row in rows[3:-1]} <= {1.0}
    assert ("open-label" in rule.text.split(" from week")[0]) is (rule.give is not None)


def test_the_flow_adds_up(done) -> None:
    flow = {(s, a): (m, low) for s, a, m, low, _ in done.flow.iter_rows()}
    assert flow["enrolled", "all"] == (112.0, 112)
    assert flow["allocated", "tocilizumab"] == (75.0, 75) and flow["allocated", "placebo"] == (37.0, 37)
    excluded = sum(m for (stage, _), (m, _) in flow.items() if stage.startswith("excluded"))
    assert flow["proposed", "all"][0] == pytest.approx(112 + excluded)
    left = sum(m for (stage, arm), (m, _) in flow.items() if stage.startswith("left") and arm == "placebo")
    assert flow["followed to the end", "placebo"][0] == pytest.approx(37 - left)


def test_the_baseline_is_given_by_arm(done) -> None:
    age = done.baseline.filter(pl.col("statistic") == "age")
    assert age["arm"].to_list() == ["all", "tocilizumab", "placebo"]
    entry = done.visits.filter(pl.col("week") == 0).group_by("arm").agg(pl.col("weight").mean(), n=pl.len())
    own = dict(zip(entry["arm"], entry["weight"], strict=True))
    weight = done.baseline.filter(pl.col("statistic") == "body weight", pl.col("arm") == "placebo")
    assert weight["mean"].item() == pytest.approx(own["placebo"], rel=1e-3)
    share = done.baseline.filter(pl.col("unit") == "%")
    assert share["sd"].is_null().all()


def test_the_files_and_the_report_hold_them(done) -> None:
    result = done.result
    rows = list(csv.DictReader(io.StringIO(effects_csv(result.effects))))
    assert len(rows) == len(result.effects) and rows[0]["against"] == "placebo"
    assert "enrolled,all,112,112,112" in flow_csv(result.flow)
    assert baseline_csv(result.baseline).startswith("statistic,unit,arm,mean,sd\n")
    page = render_report(result, [])
    assert "Effects of treatment" in page and "risk difference" in page and "Flow of children" in page
    line = effect_line(primary_effects(result)[0])
    assert "risk difference" in line and "percentage points" in line and "over replicates" in line


def test_a_single_replicate_shows_the_interval_of_its_trial_alone(done) -> None:
    row = primary_effects(done.result)[0]
    alone = effect_line(replace(row, low=None, high=None))
    assert "over replicates" not in alone and "95 % interval of one trial" in alone and "in 100" not in alone
    assert effects_csv([replace(row, low=None, high=None)]).splitlines()[1].split(",")[6:8] == ["", ""]


def test_the_report_shows_few_effects_and_all_measures_of_the_first_endpoint(done) -> None:
    shown = main_effects(done.result)
    assert {row.measure for row in shown if row.endpoint == "primary"} == {
        "risk difference", "risk ratio", "odds ratio",
    }  # fmt: skip
    rest = [row for row in shown if row.endpoint != "primary"]
    assert rest and not any("ratio" in row.measure for row in rest)
    published = {row.endpoint for row in done.result.rows if row.published is not None}
    assert {row.endpoint for row in rest} <= published
    everywhere = replace(done.result, rows=())
    assert len(main_effects(everywhere)) > len(shown)
