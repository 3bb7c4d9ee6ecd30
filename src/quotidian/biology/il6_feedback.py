"""IL-6 inhibits its own production: off by default, since its strength in children is unknown.

Fitted to healthy men after endotoxin (Dobreva 2021). It acts through the IL-6 signal, so that blockade of
the receptor removes it together with the signal.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import AssignmentRule, Module, Observable, Parameters
from quotidian.network.flux import itself
from quotidian.vocabulary import il6_brake, il6_signal

k = Parameters(__file__)
strength, half, e_ref = k("strength", "1"), k("half_signal", "pg/mL"), k("reference_signal", "pg/mL")


def braked(s: Any, a: Any, e: Any, e_ref: Any) -> Any:
    r"""Remaining production, :math:`b_L = (1 + s_b e_{ref}/a_b)/(1 + s_b e/a_b)`

    1 at the reference signal, so that production by balance keeps the typical child where it was measured.
    """
    return (1 + s * e_ref / a) / (1 + s * e / a)


module = Module(
    "il6_feedback",
    "Feedback of IL-6 on its production",
    about="Two other mechanisms limit IL-6: cortisol reduces its production, and its receptor removes it.",
    ledger=k.ledger,
    definitions=(AssignmentRule(il6_brake, braked, strength, half, il6_signal, e_ref),),
    observables=(
        Observable(
            "il6_brake",
            "1",
            "fraction of IL-6 production that remains under negative feedback",
            itself,
            il6_brake,
        ),
    ),
)
