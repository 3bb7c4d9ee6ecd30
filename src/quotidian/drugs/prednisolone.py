"""Prednisolone by mouth: unbound drug in one compartment, total drug by saturable binding (Bouazza 2025).

Only unbound drug is cleared and acts. Its kinetics are linear in dose; those of total drug are not.
"""

from __future__ import annotations

from typing import Any

from quotidian.dosing import oral
from quotidian.drugs.disposition import linear, per_weight
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.module_parts import ModuleParts, assembled
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Compartment,
    Flux,
    Observable,
    Parameters,
    Part,
    Signal,
    Species,
    Transfer,
)
from quotidian.network.flux import itself
from quotidian.network.laws import by_weight
from quotidian.vocabulary import body_weight, glucocorticoid_dose

k = Parameters(__file__)
k_a, CL_ref, V_ref = k("k_a", "1/h"), k("CL", "L/h"), k("V", "L")
w_ref, x_CL, x_V = k("reference_weight", "kg"), k("clearance_exponent", "1"), k("volume_exponent", "1")
m_P = k("molar_mass", "mg/nmol")
N, b, a = k("binding_capacity", "1"), k("binding_saturation", "1/nM"), k("binding_linear", "1")

CL = Signal("prednisolone.clearance", "L/h", "apparent clearance of unbound prednisolone (CL/F)", "CL_P")
volume = Signal("prednisolone.volume", "L", "apparent volume of unbound prednisolone (V/F)", "V_P")
body = Compartment("prednisolone_space", volume)
gut = Species("prednisolone_gut", "mg", "prednisolone in the gut", "A_P", (0, 60))
unbound = Species("prednisolone_unbound", "nM", "unbound prednisolone in plasma", "P", (0, 1000), body)
taken = Species("prednisolone_taken", "mg", "prednisolone absorbed so far", r"\Sigma_P", (0, 4000))
part = Part("prednisolone.glucocorticoid_dose", "nM", "unbound prednisolone", "C_P", glucocorticoid_dose)


def absorbed(k_a: Any, A: Any) -> Any:
    r"""Absorption from the gut, :math:`v = k_a A_P`"""
    return k_a * A


def arrives(k_a: Any, A: Any, m: Any) -> Any:
    r"""Absorption into plasma, :math:`v = k_a A_P/m_P`"""
    return k_a * A / m


def total(P: Any, N: Any, b: Any, a: Any) -> Any:
    r"""Bound and unbound, :math:`P (1 + N/(1 + b P) + a)`"""
    return P * (1 + N / (1 + b * P) + a)


module = assembled(
    "prednisolone",
    "Prednisolone",
    "An oral glucocorticoid; it is absorbed within hours, and its effect lasts a day.",
    k,
    (
        ModuleParts(
            (
                AssignmentRule(CL, by_weight, CL_ref, body_weight, w_ref, x_CL),
                AssignmentRule(volume, by_weight, V_ref, body_weight, w_ref, x_V),
                AssignmentRule(part, itself, unbound),
            ),
            (
                Transfer(NOTHING >> unbound, arrives, k_a, gut, m_P),
                Transfer(unbound >> NOTHING, linear, unbound, CL),
                Flux(gut >> taken, absorbed, k_a, gut),
            ),
            (gut, unbound, taken),
            (
                Observable(
                    "prednisolone", "nmol/L", "prednisolone in plasma, bound and unbound", total,
                    unbound, N, b, a,
                ),
                Observable(
                    "prednisolone_unbound", "nmol/L", "unbound prednisolone in plasma", itself, unbound
                ),
                Observable(
                    "prednisolone_cumulative", "mg/kg", "prednisolone absorbed since day 0", per_weight,
                    taken, body_weight,
                ),
            ),
        ),
    ),
)  # fmt: skip
drug = Drug(
    module,
    group="Glucocorticoids",
    preparations=(
        Preparation(
            "prednisolone",
            "oral",
            oral("1 mg/kg", of="prednisolone").at_most("60 mg").every("1 day"),
            "licensed",
            "customary, each morning",
            enters="gut",
            lag_h=k("lag", "h").value,
        ),
    ),
    most_per_day=k("most_per_day", "mg/kg/day").value,
)
