"""The virtual TENDER: conduct, pairing, determinism, endpoints beside the published ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from quotidian.engine import CompiledModel
from quotidian.errors import InvalidInput, SolverFailed, UnknownName
from quotidian.evidence import Overlay
from quotidian.patients.child import Child
from quotidian.patients.treatment import Floats, children_table
from quotidian.statistics.streams import Streams
from quotidian.trials.analysis.endpoints import by_replicate, endpoint_results
from quotidian.trials.analysis.summaries import portrait
from quotidian.trials.conduct import participants, starting
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.screening import candidates, implausible
from quotidian.trials.criteria import jia_acr
from quotidian.trials.endpoints.definitions.responses import LEVELS
from quotidian.trials.endpoints.endpoint import EndpointResult
from quotidian.trials.protocol.library import design
from quotidian.trials.result import TrialResult
from quotidian.trials.run import Followed, follow, machine_of, run_trial

TENDER = design("tender")
MISSED = {("placebo", "primary"), ("placebo", "acr90")}
"""Out of reach: untreated disease remits too seldom within 12 weeks. The primary endpoint is met by 11 %
(24 % in the trial, 95 % interval 12 to 41 %), ACR90 by none (5 %, 0.7 to 18 %)."""


@cache
def few() -> Followed:
    return follow(TENDER, 2, seed=5, threads=1)


@cache
def withdrawal() -> CaseRecord:
    """One trial with withdrawal, rescue, and a weighing after half a year."""
    return follow(design("yokota-2008"), 1, seed=3, threads=1).records[0]


@cache
def result() -> TrialResult:
    return run_trial("tender", 8, seed=1)


def test_arms_have_their_exact_sizes_in_every_replicate() -> None:
    record = few().records[0]
    for replicate in (0, 1):
        own = record.replicate == replicate
        assert [int((record.arm[own] == a).sum()) for a in (0, 1)] == [75, 37]


def test_everyone_enrolled_meets_the_entry_rule() -> None:
    joints = few().records[0].core[0]["active_joints"]
    assert (joints >= TENDER.entry.joints_with_fever).all()


def test_a_replicate_is_the_same_whoever_else_runs_and_on_any_thread() -> None:
    alone = follow(TENDER, 1, seed=5, threads=1).records[0]
    both = few().records[0]
    own = both.replicate == 0
    assert np.array_equal(alone.chart, both.chart[own])
    for name, values in alone.core[12].items():
        assert np.array_equal(values, both.core[12][name][own]), name


@pytest.mark.parametrize("ahead_h", [24.0, 15 * 168.0, 1e6])
def test_how_far_ahead_doses_are_written_out_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, ahead_h: float
) -> None:
    usual = withdrawal()
    monkeypatch.setattr(participants, "AHEAD_H", ahead_h)
    other = follow(design("yokota-2008"), 1, seed=3, threads=1).records[0]
    end = usual.weeks[-1]
    assert usual.weight[end].sum() > usual.weight[0].sum() and usual.events == other.events
    assert np.array_equal(usual.chart, other.chart)
    assert np.array_equal(usual.observed[end]["tocilizumab"], other.observed[end]["tocilizumab"])
    assert np.array_equal(usual.exposure[1].cmax, other.exposure[1].cmax)


def test_only_untreated_children_escape_often_and_who_escapes_never_responds() -> None:
    record = few().records[0]
    placebo = record.arm == 1
    assert record.escaped[placebo].mean() > 0.1
    assert record.escaped[~placebo].mean() < 0.05
    for measure in endpoint_results(TENDER, record):
        if measure.endpoint in ("acr30", "acr50", "acr70", "acr90") and measure.week == 12:
            assert not measure.values[record.escaped].any()


def test_escape_brings_open_label_drug() -> None:
    record = few().records[0]
    placebo = record.arm == 1
    assert record.trough[12][placebo & ~record.escaped].max() == 0
    assert record.trough[12][placebo & record.escaped].max() > 10


def test_acr_levels_are_nested() -> None:
    record = few().records[0]
    responders = [jia_acr(record.core[0], record.core[12], level) for level in LEVELS]
    for easy, hard in pairwise(responders):
        assert (easy | ~hard).all()


def test_by_replicate_takes_each_replicate_by_itself() -> None:
    record = few().records[0]
    acr30 = next(m for m in endpoint_results(TENDER, record) if m.endpoint == "acr30" and m.week == 12)
    got = by_replicate(acr30, record, 0)
    own = (record.replicate == 1) & (record.arm == 0)
    assert len(got) == 2 and got[1] == pytest.approx(acr30.values[own].mean())


@pytest.mark.parametrize("arm", [None, 0, 2])
def test_numbers_of_replicates_have_the_bits_of_the_mean_of_each(arm: int | None) -> None:
    """Replicates out of order, one without a child of the arm, one of whose children nobody counts."""
    random = np.random.default_rng(3)
    replicate, arms = random.integers(0, 6, 1500) * 7, random.integers(-1, 3, 1500)
    arms[replicate == 14] = 1
    counted = random.random(1500) < 0.6
    counted[replicate == 21] = False
    record = CaseRecord(arms, replicate, np.arange(1500))
    measures = [
        EndpointResult("x", 4, "mg/L", random.lognormal(size=1500) * 10.0**k, counted, statistic)
        for k in range(20)
        for statistic in (None, lambda own: float(own.sum()) if own.sum() % 2 else np.nan)
    ]
    for measure in measures:
        each = [
            measure.of((replicate == r) & (True if arm is None else arms == arm))
            for r in np.unique(replicate)
        ]
        assert by_replicate(measure, record, arm) == [x for x in each if x is not None]


def test_the_calibrated_endpoints_land_inside_the_published_intervals() -> None:
    endpoints = ("primary", "acr30", "acr50", "acr70", "acr90", "fever_free")
    found = (replace(r, replicates=None) for r in result().rows)  # eight are too few for a verdict elsewhere
    rows = [r for r in found if r.week == 12 and r.endpoint in endpoints and r.arm != "all"]
    assert {r.role for r in rows} == {"calibration"}
    outside = {(r.arm, r.endpoint) for r in rows if not r.inside} - MISSED
    assert len(rows) == 12 and len(outside) <= 1, outside  # eight replicates wobble by a few per cent
    assert all(r.virtual < (r.published or 0.0) for r in rows if (r.arm, r.endpoint) in MISSED)


def test_eight_replicates_are_not_judged() -> None:
    compared = [r for r in result().rows if r.published is not None]
    assert compared and all(r.inside is None for r in compared)
    assert {replace(r, replicates=20).inside for r in compared} == {True, False}


def test_rows_without_a_published_figure_say_nothing_of_it() -> None:
    early = [r for r in result().rows if r.week == 2]
    assert early and all(r.published is None and r.role == "" and r.inside is None for r in early)


def test_the_result_carries_bands_a_child_and_the_accounts() -> None:
    r = result()
    assert {(b.arm, b.quantity) for b in r.bands} == {
        (a, q) for a in ("tocilizumab", "placebo") for q in ("temperature_max", "crp")
    }
    for band in r.bands:
        assert band.quantiles.shape == (len(band.levels), len(band.days))
        assert (np.diff(band.quantiles, axis=0) >= 0).all()
    assert r.account.enrolled == 8 * 112 and not r.account.failures
    assert r.child.values["temperature"].max() > 37.5 and len(r.child.doses) == 6


def test_the_chart_of_a_child_is_that_of_its_trial() -> None:
    """It is drawn from its natural course: CRP at entry is as in the record, and fever ends on the drug."""
    record, conductor = few().records[0], few().conductor
    chart = portrait(conductor.setting, record)
    body = zip(np.floor(record.body["age"] * 10) / 10, record.body["weight"], strict=True)
    itself = [chart.label.startswith(f"{y:.3g}-year") and f" {kg:.3g} kg" in chart.label for y, kg in body]
    crp, entry = chart.values["crp"], int(np.searchsorted(chart.days, 8.0 / 24.0))
    assert sum(itself) == 1
    assert record.crp[0][itself] == pytest.approx(crp[entry], rel=0.1)  # 1.2 times it without its course
    hot = chart.values["temperature"]
    assert hot[chart.days < 0].max() > hot[chart.days > 70].max() + 0.5


def test_without_arthritis_driven_by_il6_the_treated_arm_leaves_the_published_interval() -> None:
    """A share of arthritis that IL-6 does not drive leaves nothing for the drug to do."""
    broken = follow(TENDER, 1, seed=1, values={"il6_share_logit": -20.0, "il6_share_sd": 0.0}).records[0]
    treated = broken.arm == 0
    assert jia_acr(broken.core[0], broken.core[12], 70)[treated].mean() < 0.4


def test_bad_requests_are_refused() -> None:
    with pytest.raises(UnknownName, match="tendre"):
        run_trial("tendre", 1, 1)
    with pytest.raises(InvalidInput, match="0 times"):
        run_trial("tender", 0, 1)
    with pytest.raises(InvalidInput, match="seed"):
        run_trial("tender", 1, -4)


def _breaking(monkeypatch: pytest.MonkeyPatch, names: dict[str, float], child: int) -> None:
    """Give the candidate at that place of each round a parameter that the solver cannot get past."""

    def broken(children: Sequence[Child], model: CompiledModel, overlay: Overlay) -> Floats:
        table = children_table(children, model, overlay)
        for name, value in names.items():
            model.parameter(table, name)[child] = value
        return table

    monkeypatch.setattr(starting, "children_table", broken)


def _place(number: int) -> int:
    """Where that candidate of replicate 0 stands among those of the first round who are followed."""
    first = np.arange(112)
    found = candidates(TENDER, Streams(1), np.zeros_like(first), first, TENDER.patient_population)
    out = np.any(list(implausible(TENDER, machine_of(TENDER), found).values()), axis=0)
    return found.number[~out].tolist().index(number)


def test_a_candidate_that_the_solver_loses_is_counted_and_never_enrolled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _breaking(monkeypatch, {"fever.half_signal": 0.0}, child=5)
    done = follow(TENDER, 1, seed=1)
    account = done.conductor.account
    assert sum(account.failures.values()) >= 1  # one in each round of enrolment
    assert len(done.records[0].number) == 112
    assert account.followed > 112
    out = sum(account.screened.values()) + sum(account.failures.values())
    assert account.proposed == 112 + out


def test_a_child_lost_after_randomisation_stops_the_trial_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = follow(TENDER, 1, seed=1).records[0]
    treated = int(record.number[np.flatnonzero(record.arm == 0)[0]])
    # a clearance that makes drug from drug: sound until the first dose, beyond all bounds soon after
    _breaking(monkeypatch, {"tocilizumab.CL": -1000.0}, child=_place(treated))
    with pytest.raises(
        SolverFailed, match=rf"Child {treated} of replicate 0 could not be simulated beyond day \d"
    ):
        follow(TENDER, 1, seed=1)
