"""Methylprednisolone, infused: one compartment, constant unbound fraction, expressed as prednisolone."""

from __future__ import annotations

from typing import Any

from quotidian.dosing import infusion
from quotidian.drugs.disposition import infused, linear, per_weight
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.module_parts import ModuleParts, assembled
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Compartment,
    Flux,
    Input,
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
CL_ref, V_ref, w_ref = k("CL", "L/h"), k("V", "L"), k("reference_weight", "kg")
x_CL, x_V = k("clearance_exponent", "1"), k("volume_exponent", "1")
m_M, f_u, potency = k("molar_mass", "mg/nmol"), k("unbound_share", "1"), k("potency", "1")

infusion_rate = Input("methylprednisolone_infusion", "mg/h", "rate of infusion", r"\dot{a}_M")
CL = Signal("methylprednisolone.clearance", "L/h", "clearance of methylprednisolone", "CL_M")
volume = Signal("methylprednisolone.volume", "L", "volume of methylprednisolone", "V_M")
body = Compartment("methylprednisolone_space", volume)
plasma = Species("methylprednisolone", "nM", "methylprednisolone in plasma", "M_P", (0, 20000), body)
given = Species("methylprednisolone_given", "mg", "methylprednisolone given so far", r"\Sigma_M", (0, 2000))
part = Part(
    "methylprednisolone.glucocorticoid_dose",
    "nM",
    "unbound drug, as prednisolone",
    "C_M",
    glucocorticoid_dose,
)


def as_prednisolone(potency: Any, f_u: Any, M: Any) -> Any:
    r"""Unbound and by potency, :math:`C_M = \epsilon f_u M_P`"""
    return potency * f_u * M


module = assembled(
    "methylprednisolone",
    "Methylprednisolone",
    "A glucocorticoid given in intravenous pulses; 4 mg have the effect of 5 mg of prednisolone.",
    k,
    (
        ModuleParts(
            (
                AssignmentRule(CL, by_weight, CL_ref, body_weight, w_ref, x_CL),
                AssignmentRule(volume, by_weight, V_ref, body_weight, w_ref, x_V),
                AssignmentRule(part, as_prednisolone, potency, f_u, plasma),
            ),
            (
                Transfer(NOTHING >> plasma, infused, infusion_rate, m_M),
                Transfer(plasma >> NOTHING, linear, plasma, CL),
                Flux(NOTHING >> given, itself, infusion_rate),
            ),
            (plasma, given),
            (
                Observable(
                    "methylprednisolone", "nmol/L", "methylprednisolone in plasma, bound and unbound", itself,
                    plasma,
                ),
                Observable(
                    "methylprednisolone_cumulative", "mg/kg", "methylprednisolone given since day 0",
                    per_weight, given, body_weight,
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
            "methylprednisolone",
            "infusion",
            infusion("30 mg/kg", of="methylprednisolone", over="1 hour")
            .at_most("1 g")
            .every("1 day")
            .times(3),
            "licensed",
            "customary, pulses on three days",
            over_h=1.0,
        ),
    ),
    most_per_day=k("most_per_day", "mg/kg/day").value,
)
