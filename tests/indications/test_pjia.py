"""Polyarticular children: the disposition of systemic ones, and the periphery of an adult of their weight."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.indications.diseases.pjia import polyarticular
from quotidian.models import model
from quotidian.patients.population import PatientPopulation, draw
from quotidian.patients.treatment import subjects_of
from quotidian.simulation import compiled_model
from quotidian.statistics.streams import Streams

ADULT, CHILD = model("adult_ra").constants, model("sjia").constants
EFFECTS = [f"tocilizumab.omega_{name}" for name in ("V_c", "V_p", "CL", "V_m")]
SYSTEMIC = draw(Streams(3), 0, range(40), PatientPopulation(dict.fromkeys(EFFECTS, 1e-9)))
KIDS = [polyarticular(c) for c in SYSTEMIC]


def scaled(name: str, power: str) -> np.ndarray:
    """What the model makes of a parameter at each child's weight."""
    machine = compiled_model("sjia")
    table, names = subjects_of(KIDS).table(machine), list(machine.model.constants)
    x, a, w, w_ref = (
        table[:, names.index(n)]
        for n in (
            f"tocilizumab.{name}",
            f"tocilizumab.{power}",
            "body_weight",
            "tocilizumab.reference_weight",
        )
    )
    return np.asarray(x * (w / w_ref) ** a)


@pytest.mark.parametrize(("name", "power"), [("V_p", "volume_exponent"), ("Q", "clearance_exponent")])
def test_the_periphery_is_that_of_an_adult_of_the_childs_weight(name: str, power: str) -> None:
    by_weight = (np.array([c.weight_kg for c in KIDS]) / 70.0) ** CHILD[f"tocilizumab.{power}"]
    np.testing.assert_allclose(scaled(name, power), ADULT[f"tocilizumab.{name}"] * by_weight, rtol=1e-6)


@pytest.mark.parametrize("name", ["V_c", "CL", "V_m"])
def test_the_rest_is_that_of_systemic_disease(name: str) -> None:
    key = f"tocilizumab.{name}"
    assert [c.random_effects[key] for c in KIDS] == [c.random_effects[key] for c in SYSTEMIC]


def test_its_own_deviation_stays() -> None:
    plain = draw(Streams(3), 0, [5])[0]
    ratio = polyarticular(plain).random_effects["tocilizumab.V_p"] / KIDS[5].random_effects["tocilizumab.V_p"]
    assert ratio == pytest.approx(plain.random_effects["tocilizumab.V_p"], rel=1e-6)
