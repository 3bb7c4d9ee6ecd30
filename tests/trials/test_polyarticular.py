"""Polyarticular children: an adult's disposition, by the textbook's powers of weight."""

from __future__ import annotations

import numpy as np
import pytest

from quotidian.models import model
from quotidian.patients.population import draw
from quotidian.patients.streams import Streams
from quotidian.patients.treatment import machine_for, parameters
from quotidian.trials.polyarticular import polyarticular

ADULT = model("adult_ra").constants
KIDS = [polyarticular(c) for c in draw(Streams(3), 0, range(40), {"V_c": 1e-9, "CL": 1e-9, "V_m": 1e-9})]


def scaled(name: str, power: str) -> np.ndarray:
    """What the model makes of a parameter at each child's weight."""
    machine = machine_for("sjia")
    table, names = parameters(machine, KIDS), machine.problem.parameters
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


@pytest.mark.parametrize(
    ("name", "power", "textbook"),
    [("V_c", "volume_exponent", 1.0), ("CL", "clearance_exponent", 0.75), ("V_m", "capacity_exponent", 0.75)],
)
def test_a_child_is_an_adult_of_its_weight(name: str, power: str, textbook: float) -> None:
    weight = np.array([c.weight_kg for c in KIDS])
    np.testing.assert_allclose(
        scaled(name, power), ADULT[f"tocilizumab.{name}"] * (weight / 70.0) ** textbook, rtol=1e-6
    )


def test_its_own_deviation_stays() -> None:
    plain = draw(Streams(3), 0, [5])[0]
    ratio = polyarticular(plain).traits["tocilizumab.CL"] / KIDS[5].traits["tocilizumab.CL"]
    assert ratio == pytest.approx(plain.traits["tocilizumab.CL"], rel=1e-6)
