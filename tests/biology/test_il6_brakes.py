"""What holds IL-6 down, as settings: its own brake, its receptor's loss; and the two ways into the joint."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.biology import il6_feedback, il6_receptor, joints
from quotidian.drugs.catalogue import regimen
from quotidian.models import model
from quotidian.patients.child import child
from quotidian.patients.treatment import simulate

GIRL = child(age=6, sex="female", weight=20)


def mean(name: str, scenario: str = "", drug: str = "none", **which: str) -> float:
    """Daily mean of the last week of four."""
    run = simulate(GIRL, regimen(drug), days=28, every_hours=0.5, from_day=21, scenario=scenario,
                   observables=(name,), **which)  # fmt: skip
    return float(run[name][0, :-1].mean())


def peak(name: str, scenario: str = "") -> float:
    return float(simulate(GIRL, regimen("none"), days=2, every_hours=0.25, scenario=scenario,
                          observables=(name,))[name].max())  # fmt: skip


@pytest.mark.parametrize("e", [0.0, 50.0, 100.0, 400.0, 5000.0])
def test_the_brake_is_the_published_law_scaled_to_its_reference(e: float) -> None:
    """560/(560 + IL-6), Dobreva 2021."""
    published = (560 / (560 + e)) / (560 / (560 + 204.0))
    assert il6_feedback.braked(1.0, 560.0, e, 204.0) == pytest.approx(published, rel=1e-12)
    assert il6_feedback.braked(0.0, 560.0, e, 204.0) == 1.0


def test_at_400_pg_per_ml_it_takes_two_fifths_of_production() -> None:
    assert il6_feedback.braked(1.0, 560.0, 400.0, 0.0) == pytest.approx(0.583, abs=1e-3)


def test_self_limiting_flattens_the_peak_and_lets_il6_rise_more_under_the_drug() -> None:
    assert peak("il6", "self-limiting") < 0.95 * peak("il6")
    assert mean("il6", "self-limiting") == pytest.approx(mean("il6"), rel=0.02)
    rises = [mean("il6", s, "tocilizumab-iv") / mean("il6", s) for s in ("", "self-limiting")]
    assert 1.2 * rises[0] < rises[1] < 6


@pytest.mark.parametrize("level", [0.0, 4.0, 100.0, 400.0, 1e5])
def test_the_receptor_settles_by_its_balance(level: float) -> None:
    kr, ki, a, ref = 0.09, 2.0, 10500.0, 100.0
    made = il6_receptor.renewed(kr, ki, a, ref)
    settled = (kr + ki * ref / (a + ref)) / (kr + ki * level / (a + level))
    lost = il6_receptor.lost(settled, kr) + il6_receptor.lost_with_ligand(settled, ki, level, a)
    assert lost == pytest.approx(made, rel=1e-12)
    if level == ref:
        assert settled == 1.0


def test_a_high_il6_takes_its_receptor_and_blockade_gives_it_back() -> None:
    healthy = mean("mil6r_free", "receptor-internalised", model="healthy_child")
    assert healthy == pytest.approx((0.09 + 2 * 100 / 10600) / (0.09 + 2 * 1.4 / 10500), rel=0.01)
    assert mean("mil6r_free", "receptor-internalised") == pytest.approx(1.0, abs=0.03)
    held = {s: mean("mil6r_bound", s, "tocilizumab-iv") for s in ("", "receptor-internalised")}
    assert held[""] == pytest.approx(1.0, abs=0.02) and held["receptor-internalised"] > 1.15


def test_the_ways_into_the_joint_add_up_and_are_blocked_apart() -> None:
    run = simulate(GIRL, regimen("tocilizumab-iv"), days=3)
    for whole, one, other in (("joint_signal", "joint_classic", "joint_trans"),
                              ("il6_signal", "classic_signal", "trans_signal")):  # fmt: skip
        assert run[whole] == pytest.approx(run[one] + run[other], rel=1e-9)
    share = run["joint_trans"] / run["joint_signal"]
    assert share == pytest.approx(np.full_like(share, 0.3), rel=1e-6)  # an antibody to IL-6R spares neither
    L, w, block = 1.0, 0.3, 9.0
    assert joints.classic(L, w, 0.0) == pytest.approx(0.7)
    assert joints.trans(L, w, 0.0, block) == pytest.approx(0.03)
    assert joints.both(joints.classic(L, w, 0.0), joints.trans(L, w, 0.0, block), 0.0) == pytest.approx(0.73)


def test_a_joint_that_leans_on_trans_signalling_says_so() -> None:
    shares = [mean("joint_trans", s) / mean("joint_signal", s) for s in ("joint-classic", "", "joint-trans")]
    assert shares == pytest.approx([0.1, 0.3, 0.7], rel=1e-3)


def test_brakes_are_off_unless_asked_for() -> None:
    constants = model("sjia").constants
    assert constants["il6_feedback.strength"] == constants["il6_receptor.k_ligand"] == 0.0
