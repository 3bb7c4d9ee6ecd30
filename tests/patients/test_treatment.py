"""Children become subjects with their own parameters and doses, independent of one another."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.dosing import no_drug, subcutaneous
from quotidian.drugs.catalogue import REGIMENS, regimen
from quotidian.errors import SolverFailed, UnknownName
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate, subjects_of, treatment_events
from quotidian.simulation import compiled_model

GIRL = child(age=6, sex="female", weight=20)


def test_the_default_dose_changes_at_30_kg() -> None:
    light, heavy = child(age=8, sex="male", weight=29.9), child(age=9, sex="male", weight=30)
    rates = [treatment_events(c, REGIMENS["tocilizumab-iv"], 24)[0][3] for c in (light, heavy)]
    assert rates == pytest.approx([12 * 29.9, 8 * 30.0])


def test_random_effects_multiply_and_unknown_ones_are_refused() -> None:
    machine = compiled_model("sjia")
    odd = child(
        age=6, sex="female", weight=20, severity=2.0, il6_share=0.5, random_effects={"fever.gain": 3.0}
    )
    table = subjects_of([GIRL, odd]).table(machine)
    typical, drawn = (machine.named_parameters(row) for row in table)
    assert drawn["fever.gain"] == pytest.approx(3 * typical["fever.gain"])
    assert drawn["severity"] == 2.0
    assert drawn["joints.il6_share"] == 0.5
    with pytest.raises(UnknownName, match=r"fever\.gian"):
        subjects_of([child(age=6, sex="female", random_effects={"fever.gian": 2.0})]).table(machine)


def test_a_child_is_the_same_alone_and_in_company() -> None:
    others = [child(age=a, sex="male", severity=s) for a, s in ((3, 0.5), (9, 2.0), (15, 1.0))]
    plan = regimen("tocilizumab-iv")
    alone = simulate(GIRL, plan, days=7, every_hours=6)
    among = simulate([*others, GIRL, *others], plan, days=7, every_hours=6, threads=2)
    assert np.array_equal(alone.values[0], among.values[3])


def test_more_severe_disease_has_more_of_everything() -> None:
    mild, severe = (
        simulate(child(age=6, sex="female", weight=20, severity=s), no_drug(), days=2) for s in (0.5, 2.0)
    )
    for name in ("il6", "crp", "esr", "active_joints", "physician_global", "chaq", "temperature"):
        assert severe[name].mean() > mild[name].mean(), name


def test_subcutaneous_drug_arrives_slowly_and_incompletely() -> None:
    machine = compiled_model("sjia")
    run = simulate(GIRL, subcutaneous("162 mg", of="tocilizumab"), days=10, every_hours=3)
    peak_day = run.times[run["tocilizumab"][0].argmax()] / 24
    assert 1.5 < peak_day < 6
    assert machine.model.constants["tocilizumab.bioavailability"] < 1


def test_a_periodic_start_shows_every_day_alike_until_the_first_dose() -> None:
    settled = simulate(GIRL, regimen("tocilizumab-iv"), days=2, from_day=-3, every_hours=24, start="periodic")
    for name in ("crp", "temperature", "active_joints", "haemoglobin", "ferritin", "neutrophils"):
        untreated = settled[name][0, :4]
        np.testing.assert_allclose(untreated[1:], untreated[:-1], rtol=1e-4, err_msg=name)
    assert settled["height"][0, 0] < settled["height"][0, -1]  # what grows goes on growing
    run_in = simulate(GIRL, regimen("tocilizumab-iv"), days=2, from_day=-3, every_hours=24)
    assert np.abs(run_in["active_joints"] / settled["active_joints"] - 1).max() > 0.003


def test_disease_that_does_not_settle_is_refused() -> None:
    odd = child(age=6, sex="female", weight=20, random_effects={"innate_loop.drive": 1e4})
    with pytest.raises(SolverFailed, match="The untreated disease of subject 1 has no steady state"):
        simulate([GIRL, odd], no_drug(), days=1, start="periodic")


def test_a_settled_start_keeps_the_damage_that_the_joints_have() -> None:
    """Damage never falls, so its own steady state would be the loss of every joint."""
    settled, run_in = (
        simulate(child(6, "female", 20), regimen("none"), days=1.0, observables=("joint_damage",), start=how)
        for how in ("periodic", "run-in")
    )
    damage = settled["joint_damage"][0]
    assert damage[0] == pytest.approx(run_in["joint_damage"][0, 0], rel=0.02)
    assert 0 < damage[-1] - damage[0] < 1e-3
