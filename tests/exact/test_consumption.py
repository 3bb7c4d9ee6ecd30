"""What mechanisms and drugs may ask of blood and plasma, each sum against its closed form."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quotidian.biology.blood_cells import bounded, signal_left, supplied
from quotidian.engine import CompiledModel, Tolerance
from quotidian.models.assembly import MODULES
from quotidian.network import AssignmentRule, Covariate, Model, Module, Part, sum_module
from quotidian.network.flux import itself
from quotidian.vocabulary import (
    ferritin_drive,
    fibrinogen_consumption,
    jak_block,
    neutrophil_loss,
    neutrophil_mobilisation,
    platelet_consumption,
    red_cell_consumption,
)

SUMS = {
    "fibrinogen": fibrinogen_consumption,
    "platelets": platelet_consumption,
    "haemoglobin": red_cell_consumption,
    "leaving": neutrophil_loss,
    "coming": neutrophil_mobilisation,
    "ferritin": ferritin_drive,
    "signal": jak_block,
}
LEVELS = {name: Covariate(f"asked.{name}", "1", f"asked of {name}", typical=0.0) for name in SUMS}
CHI = np.array([0.0, 0.5, 3.0])
YEARS = 3


@cache
def machine() -> CompiledModel:
    """A child of whom all of them can be asked."""
    parts = (Part(f"asked.part_{n}", "1", "part", "x", of=s) for n, s in SUMS.items())
    definitions = tuple(AssignmentRule(p, itself, LEVELS[n]) for p, n in zip(parts, SUMS, strict=True))
    modules = (*MODULES, Module("asked", "Asked", definitions=definitions))
    return CompiledModel(Model("asked", "A child of whom much is asked", (*modules, sum_module(modules))))


def settled(observable: str, asked: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """After years without rhythm and without the call of anaemia, one child for each of CHI."""
    changed = {f"asked.{asked}": CHI, "innate_loop.kappa": np.zeros(3), "red_cells.call": np.zeros(3)}
    run = machine().run(
        machine().parameters(3, changed), np.array([0.0]), start=-YEARS * 8766.0,
        observables=[observable], tolerance=Tolerance(rtol=1e-7, atol=1e-9),
    )  # fmt: skip
    return np.asarray(run[observable][:, 0])


@pytest.mark.parametrize("name", ["platelets", "haemoglobin"])
def test_what_is_consumed_at_every_age_shortens_the_life(name: str) -> None:
    r"""Of four ages :math:`\frac{1}{\chi} (1 - (4/(4 + \chi))^4)` are left."""
    left = settled(name, name)
    chi = CHI[1:]
    np.testing.assert_allclose(left[1:] / left[0], (1 - (4 / (4 + chi)) ** 4) / chi, rtol=1e-4)


def test_fibrinogen_and_neutrophils_are_lost_faster() -> None:
    for name, asked in (("fibrinogen", "fibrinogen"), ("neutrophils", "leaving")):
        left = settled(name, asked)
        np.testing.assert_allclose(
            left / left[0], 1 / (1 + CHI), rtol=1e-3
        )  # resting macrophages take a little


def test_neutrophils_are_called_in_proportion_until_the_marrow_gives_no_more() -> None:
    there, N_max = settled("neutrophils", "coming"), 45.0
    wanted = there[0] / np.sqrt(1 - (there[0] / N_max) ** 2) * (1 + CHI)
    np.testing.assert_allclose(there, wanted / np.sqrt(1 + (wanted / N_max) ** 2), rtol=1e-4)


def supply(e: float, il1: float = 0.7, r: float = 1.0, d: float = 0.3) -> float:
    return float(supplied(2.55, 1.8, il1, d, r, 0.13, 1.69, e, 5.0, 0.0))


def test_a_block_of_il6_takes_the_same_share_of_neutrophils_whatever_the_marrow_makes() -> None:
    shares = [supply(0.0, il1, 0.0) / supply(100.0, il1) for il1 in (0.0, 0.7, 3.0)]
    np.testing.assert_allclose(shares, (1 - 0.3) / (1 + 1.69 * 100 / 105), rtol=1e-12)
    assert supply(0.0, 1.0) > supply(0.0, 0.0)


def test_the_marrow_loses_its_share_with_the_signal_of_its_own_il6() -> None:
    """Nothing without a drug, half of the effect at about an eighth of the signal, all of it at none."""
    losses = [1 - supply(2.0, r=r) / supply(2.0) for r in (1.0, 0.13, 0.0)]
    np.testing.assert_allclose(losses, [0.0, 0.3 * 0.435, 0.3], atol=1e-9)
    assert signal_left(0.01, 1e-3, 0.0, 0.0, 0.0) == pytest.approx(0.01)  # an antibody to the receptor
    assert signal_left(1.0, 1e-3, 0.0, 9e-3, 0.0) == pytest.approx(0.1)  # one to IL-6
    assert signal_left(1.0, 1e-3, 0.0, 0.0, 1.0) == pytest.approx(0.5)  # an inhibitor of JAK
    assert signal_left(1.0, 0.0, 1e-12, 0.0, 0.0) == 1.0  # no IL-6 and no drug


@pytest.mark.parametrize("N", [1.0, 10.0, 55.0, 1e4])
def test_no_count_exceeds_the_ceiling(N: float) -> None:
    assert bounded(N, 55.0) <= min(N, 55.0)
    assert bounded(10.0, 55.0) == pytest.approx(10.0, rel=0.02)


def test_macrophages_add_ferritin_in_units_of_normal() -> None:
    there = settled("ferritin", "ferritin")
    np.testing.assert_allclose(there - there[0], 40 * CHI, rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "rises"), [("neutrophils", False), ("platelets", False), ("serum_iron", True)]
)
def test_what_stops_the_signal_without_an_antibody_acts_as_an_antibody_does(name: str, rises: bool) -> None:
    steps = np.diff(settled(name, "signal"))
    assert (steps > 0).all() if rises else (steps < 0).all()
