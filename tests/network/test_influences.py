"""Arrows between mechanisms: read from the laws, with the sign of their slopes."""

from __future__ import annotations

import pytest

from quotidian.models import DRUGS, model
from quotidian.network.influences import OUTSIDE, Influence, influences, species_of

FOUND = influences(model("sjia"))


def between(source: str, target: str) -> list[Influence]:
    return [i for i in FOUND if i.source == source and i.target == target]


@pytest.mark.parametrize(
    ("source", "target", "through", "sign"),
    [
        ("innate_loop", "il6_homeostasis", "il6_production", 1),
        ("il6_homeostasis", "gp130_signal", "il6_concentration", 1),
        ("il6_receptor", "il6_homeostasis", "mil6r", -1),  # the receptor takes IL-6 away
        ("il6_receptor", "gp130_signal", "mil6r", 1),  # and carries its signal
        ("tocilizumab", "il6_receptor", "mil6r", -1),
        ("tocilizumab", "joints", "tocilizumab.joint_block", -1),  # through a sum
        ("gp130_signal", "fever", "il6_signal", 1),
        ("glucocorticoid", "innate_loop", "restraint", 1),
        (OUTSIDE, "innate_loop", "severity", 1),
    ],
)
def test_known_arrows_have_their_signs(source: str, target: str, through: str, sign: int) -> None:
    assert {i.sign for i in between(source, target) if i.through == through} == {sign}


def test_nothing_acts_on_itself_and_sums_are_resolved() -> None:
    assert all(i.source != i.target for i in FOUND)
    assert "sums" not in {i.source for i in FOUND} | {i.target for i in FOUND}


def test_the_basis_is_the_weakest_of_the_law() -> None:
    (fever,) = [i for i in between("gp130_signal", "fever") if i.law == "asked"]
    assert fever.basis == "assumed"  # il1_floor is
    uptake = [i for i in FOUND if i.law == "cleared_through_receptor"]
    assert {i.basis for i in uptake} == {"derived"}


def test_a_model_without_the_drug_has_no_arrow_of_it() -> None:
    assert "tocilizumab" not in {i.source for i in influences(model("sjia", ()))}
    assert {i.source for i in influences(model("sjia", DRUGS))} >= DRUGS.keys()


def test_species_stand_with_the_module_that_starts_them() -> None:
    assert [s.name for s in species_of(model("sjia"))["il6_receptor"]] == ["mil6r"]
