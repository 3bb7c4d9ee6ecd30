"""What each kind of blockade does to serum IL-6, to fever, to CRP and to joints: signs and sizes.

One machine holds every drug; each row is the same girl on one drug. Day-80 means of the untreated girl
are the reference.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.drugs.catalogue import REGIMENS, regimen
from quotidian.engine import Outcome
from quotidian.models import DRUGS
from quotidian.patients.child import child
from quotidian.patients.treatment import subjects_of, treatment_events
from quotidian.simulation import compiled_model

GIRL = child(6, "female", 20.0)
GIVEN = tuple(name for name in REGIMENS)
NAMES = (
    *("il6", "il6_total", "sil6r_total", "crp", "temperature", "joint_activity", "il1"),
    *("classic_signal", "trans_signal", "emapalumab_ifn_block", "tofacitinib_ifn_block"),
    *("cxcl9", "sil2r", "ferritin", "alt", "neutrophils", "hepcidin", "haemoglobin"),
)
DAYS = 70


@cache
def run(**settings: float) -> Outcome:
    m = compiled_model("sjia", DRUGS)
    table = subjects_of([GIRL] * len(GIVEN)).table(m)
    for name, value in settings.items():
        m.parameter(table, name.replace("__", "."))[:] = value
    events = m.events([treatment_events(GIRL, regimen(name), DAYS * 24.0) for name in GIVEN])
    times = np.arange((DAYS - 14) * 24.0, DAYS * 24.0)
    return m.run(table, times, events=events, observables=NAMES, start=-28 * 24.0, end=DAYS * 24.0)


def mean(drug: str, what: str, **settings: float) -> float:
    """Mean of the last two weeks over that of the untreated girl."""
    o = run(**settings)
    return float(o[what][GIVEN.index(drug)].mean() / o[what][GIVEN.index("none")].mean())


def fever(drug: str) -> float:
    """Peak temperature of the last two weeks."""
    return float(run()["temperature"][GIVEN.index(drug)].max())


RECEPTOR = ("tocilizumab-iv", "tocilizumab-sc", "sarilumab", "satralizumab")
LIGAND = ("siltuximab", "sirukumab", "olokizumab", "clazakizumab")


def test_every_child_is_followed_to_the_end() -> None:
    assert run().failures == ()


@pytest.mark.parametrize("drug", RECEPTOR)
def test_an_antibody_to_the_receptor_raises_free_il6_and_the_receptor(drug: str) -> None:
    assert 3.0 < mean(drug, "il6") < 6.0
    assert mean(drug, "sil6r_total") > 8.0
    assert mean(drug, "crp") < 0.05


@pytest.mark.parametrize("drug", LIGAND)
def test_an_antibody_to_il6_lowers_it_free_and_raises_it_total(drug: str) -> None:
    assert mean(drug, "il6") < 0.3
    assert mean(drug, "il6_total") > 10.0
    assert mean(drug, "crp") < 0.3
    assert mean(drug, "sil6r_total") < 1.5


def test_total_il6_rises_because_the_antibody_keeps_it() -> None:
    """Were the pair cleared as fast as free IL-6, the sign of total IL-6 would turn."""
    assert mean("siltuximab", "il6_total", siltuximab__k_bound=5.0) < 1.0


def test_olokizumab_keeps_its_il6_on_the_receptor_and_siltuximab_does_not() -> None:
    assert mean("olokizumab", "sil6r_total") > 1.1 > mean("siltuximab", "sil6r_total")


def test_a_trap_for_trans_signalling_spares_classic_signalling_and_most_crp() -> None:
    assert mean("olamkicept", "trans_signal") < 0.05
    assert mean("olamkicept", "classic_signal") > 0.7
    assert mean("olamkicept", "crp") > 0.7
    assert mean("olamkicept", "joint_activity") < 0.9


def test_if_the_liver_heard_trans_signals_alone_the_trap_would_take_crp_away() -> None:
    assert mean("olamkicept", "crp", gp130_signal__trans_share=1.0) < 0.1


@pytest.mark.parametrize("drug", ["anakinra", "canakinumab"])
def test_il1_blockade_lowers_fever_and_il6_together(drug: str) -> None:
    assert mean(drug, "il6") < 0.5
    assert fever(drug) < 38.0 < 39.0 < fever("none")
    assert mean(drug, "crp") < 0.5


def test_without_the_part_of_il1_in_it_il6_would_fall_less() -> None:
    """The sign of serum IL-6 depends on IL-1 driving its production, directly and through innate activity."""
    loose = mean("canakinumab", "il6", innate_loop__il1_share=0.0, innate_loop__gain_il1=1e-6)
    assert loose > 0.9


def test_ifn_gamma_neutralisation_moves_cxcl9_and_ferritin_and_not_crp() -> None:
    o = run()
    mine, none = GIVEN.index("emapalumab"), GIVEN.index("none")
    given = treatment_events(GIRL, regimen("emapalumab"), DAYS * 24.0)
    assert len(given) == 18  # nine infusions, each switched on and off
    assert o["emapalumab_ifn_block"][mine].max() > 10
    for name in ("il6", "crp", "temperature", "joint_activity", "sil6r_total"):
        assert o[name][mine] == pytest.approx(o[name][none], rel=1e-3), name
    assert mean("emapalumab", "cxcl9") < 0.4
    assert mean("emapalumab", "ferritin") < 0.9


def test_a_jak_inhibitor_lowers_crp_and_joints_without_raising_il6() -> None:
    assert mean("tofacitinib", "crp") < 0.7
    assert mean("tofacitinib", "joint_activity") < 0.8
    assert mean("tofacitinib", "il6") <= 1.0
    assert run()["tofacitinib_ifn_block"][GIVEN.index("tofacitinib")].max() > 0.5


@pytest.mark.parametrize("drug", RECEPTOR)
def test_the_liver_is_strained_by_antibodies_to_the_receptor_alone(drug: str) -> None:
    assert 1.1 < mean(drug, "alt") < 1.5
    assert mean("siltuximab", "alt") == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("drug", [*RECEPTOR, *LIGAND])
def test_blood_and_iron_follow_the_signal_whatever_takes_it_away(drug: str) -> None:
    assert mean(drug, "neutrophils") < 0.9
    assert mean(drug, "hepcidin") < 0.5
    assert mean(drug, "haemoglobin") > 1.05


def test_methotrexate_helps_joints_slowly_and_nothing_else() -> None:
    assert 0.5 < mean("methotrexate", "joint_activity") < 0.9
    assert mean("methotrexate", "crp") == pytest.approx(1.0, rel=0.02)  # joints make a little IL-6


def test_an_antipyretic_lowers_temperature_and_leaves_the_cytokines() -> None:
    assert fever("ibuprofen") < fever("none") - 0.5
    assert mean("ibuprofen", "il6") == pytest.approx(1.0, rel=1e-3)
    assert mean("ibuprofen", "crp") == pytest.approx(1.0, rel=1e-3)
