"""Daily prednisolone over months, represented by its mean level: one number per child, changed by tapers.

The effect follows plasma with a half-time of 9 h, so that little but the mean of a daily dose matters. Where
the hours of a dose matter, give prednisolone by mouth instead. Both together add up.
"""

from __future__ import annotations

from typing import Any

from quotidian.drugs.drug import Drug
from quotidian.drugs.module_parts import ModuleParts, assembled
from quotidian.network import AssignmentRule, Input, Observable, Parameters, Part
from quotidian.network.flux import itself
from quotidian.vocabulary import body_weight, glucocorticoid_dose

k = Parameters(__file__)
CL_ref, w_ref, x_CL = k("CL", "L/h"), k("reference_weight", "kg"), k("clearance_exponent", "1")
m_P = k("molar_mass", "mg/nmol")

rate = Input("background_steroid", "mg/kg/h", "rate of daily prednisolone", r"\dot{a}_B")
part = Part(
    "background_steroid.glucocorticoid_dose", "nM", "mean unbound prednisolone", "C_B", glucocorticoid_dose
)


def mean_level(D: Any, w: Any, m: Any, CL_ref: Any, w_ref: Any, x: Any) -> Any:
    r"""Mean unbound level, :math:`C_B = \dot{a}_B w / (m_P CL_{ref} (w/w_{ref})^{x})`"""
    return D * w / (m * CL_ref * (w / w_ref) ** x)


module = assembled(
    "background_steroid",
    "Background steroid",
    "Daily prednisolone as its mean concentration, for trials that last years.",
    k,
    (
        ModuleParts(
            (AssignmentRule(part, mean_level, rate, body_weight, m_P, CL_ref, w_ref, x_CL),),
            observables=(
                Observable(
                    "background_steroid",
                    "nmol/L",
                    "mean unbound prednisolone of the background dose",
                    itself,
                    part,
                ),
            ),
        ),
    ),
)
drug = Drug(module)
