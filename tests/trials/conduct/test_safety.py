"""Safety rules in trials: a planted neutropenia is held and taken up again, by what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from quotidian.application.study_file import faults_of
from quotidian.engine import CompiledModel
from quotidian.evidence import Overlay
from quotidian.patients.child import Child
from quotidian.patients.treatment import Floats, children_table
from quotidian.trials.conduct import starting
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.rules import RULES
from quotidian.trials.conduct.rules.safety import keep_safe
from quotidian.trials.methods_text import rules_of
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.library import design
from quotidian.trials.protocol.safety import Safety, SafetyLimit, limits_of, safety_text
from quotidian.trials.protocol.sampling import Kinetics
from quotidian.trials.run import follow, run_design, safety_account

TRIAL = replace(
    design("yokota-2005"), observables=("neutrophils",), kinetics=Kinetics("tocilizumab", 14.0, 0, 10)
)
DRUG = "tocilizumab"
STOPPED_EARLY = (SafetyLimit(DRUG, "neutrophils", "stop", below=1.1),)


def few_neutrophils(children: Sequence[Child], model: CompiledModel, overlay: Overlay) -> Floats:
    """Children with a twelfth of the usual production of neutrophils that IL-6 and IL-1 do not drive."""
    table, floor = children_table(children, model, overlay), "blood_cells.neutrophil_floor"
    model.parameter(table, floor)[:] = 0.083 * model.parameter(model.parameters(1), floor)
    return table


@cache
def neutropenic(safety: Safety) -> CaseRecord:
    """Such children in a trial under these safety rules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starting, "children_table", few_neutrophils)
        return follow(replace(TRIAL, safety=safety), 1, seed=2, threads=1).records[0]


def test_a_planted_neutropenia_is_held_in_a_trial() -> None:
    record, unsafe = neutropenic("label"), neutropenic("none")
    held = [e for e in record.events if e.kind == "held" and "neutrophils" in e.detail]
    assert held and {e.detail for e in held} == {"tocilizumab: neutrophils below 1.0·10⁹/L"}
    for event in held:
        assert record.safety[event.week]["neutrophils"][event.child] < 1.0
    last = record.weeks[-1]
    early = [e.child for e in held if e.week < last]
    assert early
    assert not any(e.kind in ("held", "stopped") for e in unsafe.events)
    following = [record.weeks[record.weeks.index(e.week) + 1] for e in held if e.week < last]
    levels = [(record.trough[w][i], unsafe.trough[w][i]) for i, w in zip(early, following, strict=True)]
    assert all(with_rule <= without for with_rule, without in levels)
    assert any(with_rule < 0.5 * without for with_rule, without in levels)


def test_a_held_drug_is_restarted_where_every_reading_is_safe() -> None:
    record = neutropenic("label")
    restarted = [e for e in record.events if e.kind == "restarted"]
    assert restarted
    for event in restarted:
        assert record.safety[event.week]["neutrophils"][event.child] >= 1.0
        assert any(e.child == event.child and e.week < event.week for e in record.events if e.kind == "held")


def test_readings_are_measured_and_those_beyond_a_limit_are_always_acted_on() -> None:
    record = neutropenic("label")
    for week in record.weeks:
        assert np.array_equal(record.safety[week]["neutrophils"], record.neutrophils[week])
        assert not np.array_equal(record.safety[week]["neutrophils"], record.observed[week]["neutrophils"])
    low = record.safety[0]["neutrophils"] < 1.0
    acted = {e.child for e in record.events if e.week == 0 and e.kind in ("held", "stopped")}
    assert acted == set(np.flatnonzero(low).tolist())


def test_a_stopped_drug_stays_stopped_and_the_child_leaves() -> None:
    record = neutropenic(STOPPED_EARLY)
    stopped = {e.child: e.week for e in record.events if e.kind == "stopped"}
    assert stopped and not any(e.kind == "restarted" for e in record.events)
    assert len(stopped) == sum(e.kind == "stopped" for e in record.events)
    last = record.weeks[-1]
    early = [child for child, week in stopped.items() if week <= last - 6]
    assert early and record.left[last][early].all()
    assert (record.trough[last][early] < 0.5 * neutropenic("none").trough[last][early]).all()


def test_exposure_is_of_those_whose_dose_was_given() -> None:
    given, unsafe = neutropenic(STOPPED_EARLY).exposure[1], neutropenic("none").exposure[1]
    out = unsafe.on & ~given.on
    assert out.any() and given.on.any()
    assert (given.cmax[out] == 0).all() and (given.cmax[given.on] > 0).all()


def test_a_reduction_gives_a_share_of_the_dose() -> None:
    record = neutropenic((SafetyLimit(DRUG, "crp", "reduce", above=-1.0, share=0.5),))
    assert {e.week for e in record.events if e.kind == "reduced"} == {0}
    ratio = record.trough[2] / neutropenic("none").trough[2]
    assert (ratio[ratio > 0] < 0.6).all()


def test_the_rule_is_among_those_of_every_visit() -> None:
    assert keep_safe in RULES
    assert set(limits_of("label", TRIAL.drugs)) == {DRUG}
    assert limits_of("none", TRIAL.drugs) == {}


def test_the_report_states_the_rules_and_counts_what_they_did() -> None:
    (text,) = [rule for rule in rules_of(TRIAL) if rule.startswith("Safety:")]
    assert text == safety_text(limits_of("label", {DRUG}))
    assert "tocilizumab is stopped at neutrophils below 0.5·10⁹/L, held at" in text
    assert not any(rule.startswith("Safety:") for rule in rules_of(replace(TRIAL, safety="none")))
    record = neutropenic("label")
    counts = safety_account([record])
    assert counts["held"] == int(record.had("held").sum()) > 0


def test_the_account_of_a_result_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "children_table", few_neutrophils)
    account = run_design(replace(TRIAL, safety="label"), 1, 2).account
    assert account.safety == safety_account([neutropenic("label")])


@pytest.mark.parametrize(
    ("limit", "match"),
    [
        (SafetyLimit("aspirin", "neutrophils", "hold", below=1.0), "'aspirin' is not given in this trial"),
        (SafetyLimit(DRUG, "neutrofils", "hold", below=1.0), "no observable 'neutrofils'"),
        (SafetyLimit(DRUG, "alt", "hold"), "one threshold"),
        (SafetyLimit(DRUG, "alt", "hold", below=1.0, above=2.0), "one threshold"),
        (SafetyLimit(DRUG, "alt", "reduce", above=100.0, share=1.5), "a share of 1.5"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(limit: SafetyLimit, match: str) -> None:
    trial: Trial = replace(TRIAL, safety=(limit,))
    assert any(match in fault.what for fault in faults_of(trial))
    assert not faults_of(TRIAL)
