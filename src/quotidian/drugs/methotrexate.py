"""Methotrexate once a week: hours in plasma, months in cells as polyglutamates, which act on the joint."""

from __future__ import annotations

from typing import Any

from quotidian.dosing import oral
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import as_observable
from quotidian.drugs.module_parts import ModuleParts, assembled
from quotidian.drugs.safety import above_normal, below
from quotidian.network import NOTHING, AssignmentRule, Flux, Observable, Parameters, Part, Species
from quotidian.network.flux import itself
from quotidian.vocabulary import joint_suppression, liver_strain

k = Parameters(__file__)
k_up, k_out = k("k_uptake", "1/h"), k("k_loss", "1/h")
half, strain = k("half_effect", "nM"), k("strain", "1")
moves = disposition(k, "methotrexate", usual=500.0, tag="mtx", depot="in the gut", form="total")
methotrexate = moves.plasma
polyglutamates = Species(
    "methotrexate_polyglutamates", "nM", "methotrexate polyglutamates in red cells", "P_{mtx}", (0, 200)
)
suppression = Part(
    "methotrexate.joint_suppression",
    "1",
    "suppression of arthritis, by methotrexate",
    "B_m",
    joint_suppression,
)
burden = Part(
    "methotrexate.liver_strain",
    "1",
    "relative rise of transaminases, by methotrexate",
    r"\theta_L",
    liver_strain,
)


def taken_up(k_up: Any, D: Any) -> Any:
    r"""Uptake into cells, :math:`v = k_{up} D`"""
    return k_up * D


def lost(k_out: Any, P: Any) -> Any:
    r"""Loss with the cells, :math:`v = k_{out} P`"""
    return k_out * P


def over(P: Any, half: Any) -> Any:
    r"""Strength of the suppression, :math:`B_m = P / P_{50}`"""
    return P / half


def on_the_liver(s: Any, P: Any, half: Any) -> Any:
    r"""Relative rise of transaminases, :math:`\theta_L = s P / P_{50}`"""
    return s * P / half


stored = ModuleParts(
    (
        AssignmentRule(suppression, over, polyglutamates, half),
        AssignmentRule(burden, on_the_liver, strain, polyglutamates, half),
    ),
    (
        Flux(NOTHING >> polyglutamates, taken_up, k_up, methotrexate),
        Flux(polyglutamates >> NOTHING, lost, k_out, polyglutamates),
    ),
    (polyglutamates,),
    (
        Observable(
            "methotrexate_polyglutamates", "nM", "methotrexate polyglutamates in red cells", itself,
            polyglutamates,
        ),
        as_observable("methotrexate", suppression),
        as_observable("methotrexate", burden),
    ),
)  # fmt: skip
module = assembled(
    "methotrexate",
    "Methotrexate",
    "Its effect increases over months, as polyglutamates accumulate.",
    k,
    (moves.parts, stored),
)
drug = Drug(
    module,
    group="Conventional drugs",
    preparations=(
        Preparation(
            "methotrexate",
            "oral",
            oral("15 mg/m2", of="methotrexate").at_most("25 mg").every("7 day"),
            "tried",
            "usual dose in JIA, 10 to 15 mg/m2 a week; label for polyarticular JIA",
        ),
    ),
    most_per_day=k("most_per_day", "mg/kg/day").value,
    safety=(
        *below(k, "neutrophils", "1e9/L"),
        *below(k, "platelets", "1e9/L"),
        *above_normal(k, "alt", "U/L"),
    ),
)
