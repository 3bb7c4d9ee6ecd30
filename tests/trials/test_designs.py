"""Every published design: declared in the schema of study files, run, and conducted as it says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from quotidian.models import DRUGS, observables
from quotidian.trials.analysis.endpoints import by_replicate, entry_results
from quotidian.trials.conduct.measurement import crp as measured_crp
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.design import Arm, Trial
from quotidian.trials.protocol.library import build, design, names
from quotidian.trials.protocol.treatment import regimen_for, regimens
from quotidian.trials.protocol.validation import faults
from quotidian.trials.run import Followed, follow

NAMES = [
    "yokota-2005", "woo-2005", "yokota-2008", "tender", "tender-extension", "japan-long-term", "jigsaw-118",
    "infants", "tender-growth", "moscow-cohort", "japan-from-15", "canakinumab-single",
    "canakinumab-withdrawal", "canakinumab-febrile", "canakinumab-afebrile", "anakinra", "tofacitinib-open",
    "german-register", "ra-iv", "pjia-iv",
]  # fmt: skip


def small(name: str, children: int) -> Trial:
    """The design with fewer children in each arm."""
    trial = design(name)
    arms = {
        n: replace(a, children=max(1, round(a.children * children / trial.size)))
        for n, a in trial.arms.items()
    }
    return replace(trial, arms=arms, children=children if trial.children else 0)


@cache
def run(name: str, children: int = 12, replicates: int = 1) -> Followed:
    return follow(small(name, children), replicates, seed=3, threads=1)


def test_the_names_are_those_of_the_interface() -> None:
    assert list(names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_design_is_free_of_faults(name: str) -> None:
    trial = design(name)
    assert trial.name == name and trial.about and trial.citation
    assert not list(faults(trial, ENDPOINTS, observables(trial.model) | dict.fromkeys(DRUGS)))


def test_children_have_been_ill_for_as_long_as_the_entry_rule_asks() -> None:
    trial = small("canakinumab-single", 12)
    long = replace(trial, entry=replace(trial.entry, ill_for=4.0))
    least = follow(long, 1, seed=3, threads=1).records[0].body["duration"].min()
    assert least >= 4.0 > run("canakinumab-single").records[0].body["duration"].min()
    assert "4 years or more" in long.entry.text


@pytest.mark.parametrize("name", ["woo-2005", "infants", "canakinumab-single", "ra-iv", "pjia-iv"])
def test_short_designs_run_and_record_every_visit(name: str) -> None:
    done = run(name)
    record, trial = done.records[0], done.conductor.setting.trial
    assert record.weeks == (0, *trial.visits)
    for week in record.weeks:
        assert set(record.observed[week]) == set(done.conductor.setting.observed) - {"temperature"}
        assert all(np.isfinite(x).all() for x in record.core[week].values())
    first = record.exposure[0]
    assert (first.cmax[first.on] > first.ctrough[first.on]).all() and (first.cmax[~first.on] == 0).all()


def test_a_dose_of_four_times_the_size_reaches_four_times_the_level_at_once() -> None:
    """Linear in plasma over the first hours: the saturable path is slow beside the infusion."""
    record = run("woo-2005", 18).records[0]
    peak = [np.median(record.exposure[0].cmax[record.arm == a]) for a in range(3)]
    assert peak[2] / peak[0] == pytest.approx(4.0, rel=0.35) and peak[0] < peak[1] < peak[2]


@pytest.mark.parametrize(("name", "febrile"), [("canakinumab-febrile", 100), ("canakinumab-afebrile", 0)])
def test_children_enter_by_whether_they_have_fever(name: str, febrile: float) -> None:
    done = run(name)
    found = {m.endpoint: m for m in entry_results(done.conductor.setting.trial, done.records[0])}
    assert by_replicate(found["febrile_38"], done.records[0], None) == [febrile]


def test_doses_escalate_while_crp_is_high_and_settle_after_three() -> None:
    done = run("yokota-2005", 11, 2)
    record, rule = done.records[0], done.conductor.setting.trial.escalation
    assert rule is not None
    settled = record.first("settled")
    assert np.isfinite(settled).all()
    for child in range(record.children):
        final = record.level[int(settled[child])][child]
        doses = [w for w in record.weeks if w < settled[child] and record.level[w][child] == final]
        assert len(doses) == rule.doses
    up = record.had("escalation", by_week=2)
    crp = measured_crp(record.crp[2], done.conductor.setting.streams, record.replicate, record.number, 2)
    assert (crp[up] > rule.crp_above).all() and (crp[~up] <= rule.crp_above).all()
    judged = record.at_own(settled)
    assert np.isfinite(judged["active_joints"]).all()


def test_withdrawal_randomises_responders_alone_and_rescues_those_who_flare() -> None:
    record = run("yokota-2008", 24).records[0]
    out, left = record.had("not admitted"), record.left[6]  # who has left is not judged for admission
    assert ((out ^ left) == (record.arm < 0)).all() and not (out & left).any()
    assert record.had("randomised", by_week=6).sum() == (record.arm >= 0).sum() > 8
    sizes = np.bincount(record.arm[record.arm >= 0])
    assert abs(sizes[0] - sizes[1]) <= 1
    placebo = record.arm == 1
    assert record.had("escape")[placebo].mean() > record.had("escape")[record.arm == 0].mean()
    blinded = placebo & ~record.had("escape", by_week=8)  # nearly all have flared by week 18
    assert blinded.sum() > 3 and np.median(record.trough[10][blinded]) < 1.0
    assert (record.trough[22] > 1.0).mean() > 0.9  # open drug again; antibodies clear it in a few


def test_steroid_is_cut_by_the_share_of_the_rule_and_only_where_the_child_is_well() -> None:
    done = run("tender", 40)
    record, rule = done.records[0], done.conductor.setting.trial.taper
    assert rule is not None
    cut = record.had("taper", by_week=6) | record.had("off steroid", by_week=6)
    assert cut.any()
    left = record.steroid[6][cut] / record.steroid[0][cut]
    assert np.allclose(left[left > 0], 0.8)
    assert (record.core[6]["esr"][cut] < rule.esr_below).all()
    assert (record.steroid[4] == record.steroid[0]).all()


def test_what_a_band_of_weight_is_given_goes_by_the_child() -> None:
    done = run("jigsaw-118", 12)
    trial = done.conductor.setting.trial
    give = trial.arms["tocilizumab"].give
    light, heavy = regimens(give)
    weights = done.records[0].body["weight"]
    assert (weights < 30).any() and (weights >= 30).any()
    from quotidian.patients.child import child

    assert regimen_for(give, child(5, "female", 18)) is light
    assert regimen_for(give, child(12, "female", 40)) is heavy


def test_children_are_matched_to_the_published_table() -> None:
    done = run("anakinra", 24, 10)
    found = done.conductor.selection
    assert found.targets["esr"] == 50 and found.after["esr"] == pytest.approx(50, abs=0.01)
    assert abs(found.before["esr"] - 50) > 1 and 0 < found.effective < found.pool
    together = np.concatenate([r.core[0]["esr"] for r in done.records])
    assert together.mean() == pytest.approx(50, abs=6)


def test_children_grow_in_long_trials_and_their_doses_with_them() -> None:
    trial = replace(
        small("japan-long-term", 4), visits=(2, 26, 52), primary_week=52, taper=None, kinetics=None,
        periods=(replace(design("japan-long-term").periods[0], weeks=52),), observables=(),
    )  # fmt: skip
    record = follow(trial, 1, seed=3).records[0]
    young = record.body["age"] < 13
    assert (record.weight[52][young] > record.weight[0][young]).all()
    assert (record.weight[2] == record.weight[0]).all()


def test_a_replicate_is_the_same_in_any_company() -> None:
    trial = small("yokota-2008", 8)
    alone = follow(trial, 1, seed=3, threads=1).records[0]
    both = follow(trial, 2, seed=3, threads=1).records[0]
    shared = follow(trial, 2, seed=3, threads=2).records
    own = both.replicate == 0
    assert [list(r.replicate[:1]) for r in shared] == [[0], [1]]
    assert np.array_equal(shared[1].core[66]["esr"], both.core[66]["esr"][~own])
    assert np.array_equal(alone.arm, both.arm[own])
    for week in alone.weeks:
        assert np.array_equal(alone.core[week]["esr"], both.core[week]["esr"][own])


def test_a_design_that_does_not_fit_the_schema_names_the_place() -> None:
    from quotidian.errors import LedgerError

    with pytest.raises(LedgerError, match=r"x\.arms\.a\.children"):
        build(Trial, {"arms": {"a": {"give": "none", "children": "many"}}}, "x")
    with pytest.raises(LedgerError, match=r"Unknown: .*kids"):
        build(Arm, {"kids": 3}, "x")


def test_missed_visits_and_windows_leave_their_marks_and_nothing_else() -> None:
    plain = small("woo-2005", 18)
    strict, lax = (follow(t, 1, seed=3).records[0] for t in (plain, replace(plain, missed=0.4, window=3)))
    assert not strict.missed[4].any() and 2 <= lax.missed[4].sum() <= 12
    assert np.array_equal(strict.core[0]["esr"], lax.core[0]["esr"])
    early = lax.observed[4]["crp"] != strict.observed[4]["crp"]
    assert 0.4 < early.mean() < 1.0  # one in four comes on the day itself


def test_children_who_stay_well_get_the_longer_interval() -> None:
    from quotidian.trials.protocol.rules import IntervalExtension

    trial = replace(
        small("infants", 11), visits=(4, 8, 12, 16, 20), primary_week=20, kinetics=None,
        periods=(replace(design("infants").periods[0], weeks=20),),
        interval_extension=IntervalExtension("tocilizumab-iv:12mg/kg/4wk", from_week=8, quiet_weeks=8),
    )  # fmt: skip
    record = follow(trial, 1, seed=3).records[0]
    spaced = record.had("respaced", by_week=8)
    assert spaced.any() and not spaced.all()
    usual = ~record.had("respaced") & ~record.left[20]
    ratio = record.trough[16] / record.trough[8]
    assert np.median(ratio[spaced]) < 0.7 < np.median(ratio[usual])


def test_luck_is_paired_between_designs_that_differ_in_a_dose() -> None:
    one = small("woo-2005", 18)
    other = replace(one, arms={n: replace(a, give="none") for n, a in one.arms.items()})
    with_drug, without = (follow(t, 1, seed=3).records[0] for t in (one, other))
    assert np.array_equal(with_drug.number, without.number) and np.array_equal(with_drug.arm, without.arm)
    assert np.array_equal(with_drug.core[0]["active_joints"], without.core[0]["active_joints"])
    assert (with_drug.crp[2] < without.crp[2]).mean() > 0.9
