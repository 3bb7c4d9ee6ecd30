"""Clinical scores: global assessments and functional ability, from joints and malaise."""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Flux, InitialCondition, Module, Observable, Parameters
from quotidian.network.flux import itself
from quotidian.network.laws import first_order
from quotidian.vocabulary import il6_reference, il6_signal, initial_activity, joint_activity, malaise

k = Parameters(__file__)
k_b = k("k_malaise", "1/h")
g_p, w_p = k("physician_steepness", "1"), k("physician_joint_weight", "1")
g_f, w_f = k("parent_steepness", "1"), k("parent_joint_weight", "1")
g_c, w_c = k("chaq_steepness", "1"), k("chaq_joint_weight", "1")
lasting = k("lasting_disability", "1")


def felt(k_b: Any, e: Any, L_0: Any) -> Any:
    r"""Development of malaise, :math:`v = k_B\, e / L_0`"""
    return k_b * e / L_0


def visual_scale(g: Any, w: Any, J: Any, B: Any) -> Any:
    r"""A 0-to-10 scale, :math:`10\, z/(1 + z)` with :math:`z = g (w J^{3/2} + (1 - w) B^{3/2})`

    By the power 3/2 the mark of little disease comes near the end of the scale.
    """
    z = g * (w * J**1.5 + (1 - w) * B**1.5)
    return 10 * z / (1 + z)


def disability(g: Any, w: Any, J: Any, B: Any, old: Any) -> Any:
    r"""A 0-to-3 score, :math:`3\, z/(1 + z)` with :math:`z = g (w J + (1 - w) B) + d`"""
    z = g * (w * J + (1 - w) * B) + old
    return 3 * z / (1 + z)


module = Module(
    "clinical_scores",
    "Clinical scores",
    about="Scores saturate, so that very ill children cannot score beyond the scale.",
    ledger=k.ledger,
    fluxes=(
        Flux(NOTHING >> malaise, felt, k_b, il6_signal, il6_reference),
        Flux(malaise >> NOTHING, first_order, malaise, k_b),
    ),
    starts=(InitialCondition(malaise, itself, initial_activity),),
    observables=(
        Observable(
            "physician_global", "1", "physician's global assessment, 0 to 10", visual_scale,
            g_p, w_p, joint_activity, malaise,
        ),
        Observable(
            "parent_global", "1", "parent's or patient's global assessment, 0 to 10", visual_scale,
            g_f, w_f, joint_activity, malaise,
        ),
        Observable(
            "chaq", "1", "childhood health assessment questionnaire, 0 to 3", disability,
            g_c, w_c, joint_activity, malaise, lasting,
        ),
        Observable("malaise", "1", "malaise, 1 in typical active disease", itself, malaise),
    ),
)  # fmt: skip
