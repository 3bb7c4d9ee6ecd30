"""Lymph nodes that overproduce IL-6, as in Castleman's disease: a source in place of the innate loop.

Production follows the drive of the disease, over weeks. IL-1 and the daily rhythm of systemic disease have
no part in it.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Module,
    Observable,
    Parameters,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order
from quotidian.vocabulary import (
    course,
    il1_signal,
    il6_brake,
    il6_production,
    il6_reference,
    il6_rhythm,
    initial_activity,
    severity,
    signal_at_start,
)

k = Parameters(__file__)
k_n, kappa, none = k("k_node", "1/h"), k("rhythm", "1"), k("il1", "1")
production = Species(
    "lymph_node.production", "1", "IL-6 production in lymph nodes, relative to typical disease", "N", (0, 3)
)


def driven(k_n: Any, s: Any, xi: Any) -> Any:
    r"""Production follows the drive of the disease, :math:`v = k_N s \xi`"""
    return k_n * s * xi


def braked(b: Any, N: Any) -> Any:
    r"""IL-6 production, :math:`p = b_L N`"""
    return b * N


def typical_times(L_0: Any, s: Any) -> Any:
    r"""IL-6 in steady state without drug, :math:`e_0 = L_0 s`"""
    return L_0 * s


module = Module(
    "lymph_node",
    "IL-6 from lymph nodes",
    about="The disease is a lasting overproduction of IL-6 in enlarged lymph nodes.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(initial_activity, itself, severity),
        AssignmentRule(signal_at_start, typical_times, il6_reference, severity),
        AssignmentRule(il6_rhythm, itself, kappa),
        AssignmentRule(il1_signal, itself, none),
        AssignmentRule(il6_production, braked, il6_brake, production),
    ),
    fluxes=(
        Flux(NOTHING >> production, driven, k_n, severity, course),
        Flux(production >> NOTHING, first_order, production, k_n),
    ),
    starts=(InitialCondition(production, itself, initial_activity),),
    observables=(
        Observable(
            "lymph_node_production",
            "1",
            "IL-6 production in lymph nodes, relative to typical disease",
            itself,
            production,
        ),
    ),
)
