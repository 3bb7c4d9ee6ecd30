"""Signalling within the cell: JAK1 activates gp130, STAT3 is phosphorylated, SOCS3 inhibits it later.

Rates are those of mouse hepatocytes (Sobotta 2017), the sensitivity is that of human ones. The signal is
the effective IL-6 that would sustain the present pSTAT3; in steady state it equals that of the reduced law.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from quotidian.network import NOTHING, Flux, InitialCondition, Module, Observable, Parameters, Signal, Species
from quotidian.network.flux import AssignmentRule, itself
from quotidian.network.laws import first_order
from quotidian.vocabulary import gp130_drive, il6_reference, il6_signal, initial_activity

k = Parameters(__file__)
k_j, k_a, k_p = k("k_jak", "1/h"), k("k_active", "1/h"), k("k_pstat3", "1/h")
k_d, k_q = k("k_delay", "1/h"), k("k_socs3", "1/h")
E_P, K_Q, h = k("half_signal", "pg/mL"), k("half_socs3", "1"), k("transcription_power", "1")

jak = Species("gp130_signal_detailed.jak", "pg/mL", "active JAK1, as effective IL-6", "J", (0, 1000))
active = Species("gp130_signal_detailed.active", "pg/mL", "active gp130, as effective IL-6", "A", (0, 1000))
pstat3 = Species("gp130_signal_detailed.pstat3", "1", "share of STAT3 that is phosphorylated", "P", (0, 0.9))
stages = tuple(
    Species(f"gp130_signal_detailed.stage_{i}", "1", f"SOCS3 transcript, stage {i}", f"D_{i}", (0, 1))
    for i in range(1, 7)
)
socs3 = Species(
    "gp130_signal_detailed.socs3",
    "1",
    "SOCS3, relative to its level if all STAT3 stayed phosphorylated",
    "Q",
    (0, 1),
)
e_0 = Signal("gp130_signal_detailed.signal_at_start", "pg/mL", "effective IL-6 at the start", "e_0")
P_0 = Signal("gp130_signal_detailed.pstat3_at_start", "1", "pSTAT3 at the start", "P_0")


def follows(k: Any, u: Any, A: Any) -> Any:
    r"""Activation follows the drive, :math:`v = k (u - A)`"""
    return k * (u - A)


def phosphorylation(k: Any, A: Any, E_P: Any, P: Any, Q: Any, K_Q: Any) -> Any:
    r"""Phosphorylation of STAT3, :math:`v = k_P (A/E_P) (1 - P) / (1 + Q/K_Q)`"""
    return k * (A / E_P) * (1 - P) / (1 + Q / K_Q)


def transcription(k: Any, P: Any, h: Any) -> Any:
    r"""Transcription of SOCS3, :math:`v = k_D P^h`"""
    return k * P**h


def equivalent(E_P: Any, P: Any, h: Any, K_Q: Any) -> Any:
    r"""IL-6 that would sustain this pSTAT3, :math:`e = E_P \frac{P}{1 - P} (1 + P^h/K_Q)`"""
    return E_P * P / (1 - P) * (1 + P**h / K_Q)


def signal_at_start(L_0: Any, M_0: Any) -> Any:
    r"""Signal at the start, :math:`e_0 = L_0 M_0`"""
    return L_0 * M_0


def unrestrained(e_0: Any, E_P: Any) -> Any:
    r"""pSTAT3 before SOCS3 appears, :math:`P_0 = e_0/(E_P + e_0)`"""
    return e_0 / (E_P + e_0)


def transcribed(P_0: Any, h: Any) -> Any:
    r"""Starts at the steady state of that pSTAT3, :math:`P_0^h`"""
    return P_0**h


module = Module(
    "gp130_signal_detailed",
    "Signalling within the cell",
    about="pSTAT3 peaks within half an hour of a step of IL-6; SOCS3 reduces it with a delay of 16 min.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(il6_signal, equivalent, E_P, pstat3, h, K_Q),
        AssignmentRule(e_0, signal_at_start, il6_reference, initial_activity),
        AssignmentRule(P_0, unrestrained, e_0, E_P),
    ),
    fluxes=(
        Flux(NOTHING >> jak, follows, k_j, gp130_drive, jak),
        Flux(NOTHING >> active, follows, k_a, jak, active),
        Flux(NOTHING >> pstat3, phosphorylation, k_p, active, E_P, pstat3, socs3, K_Q),
        Flux(pstat3 >> NOTHING, first_order, pstat3, k_p),
        Flux(NOTHING >> stages[0], transcription, k_d, pstat3, h),
        *(Flux(a >> b, first_order, a, k_d) for a, b in pairwise(stages)),
        Flux(stages[-1] >> NOTHING, first_order, stages[-1], k_d),
        Flux(NOTHING >> socs3, first_order, stages[-1], k_q),
        Flux(socs3 >> NOTHING, first_order, socs3, k_q),
    ),
    starts=(
        InitialCondition(jak, itself, e_0),
        InitialCondition(active, itself, e_0),
        InitialCondition(pstat3, itself, P_0),
        *(InitialCondition(x, transcribed, P_0, h) for x in (*stages, socs3)),
    ),
    observables=(
        Observable(
            "il6_signal", "pg/mL", "effective IL-6 that would sustain the present pSTAT3", itself, il6_signal
        ),
        Observable("pstat3", "1", "share of STAT3 in the liver that is phosphorylated", itself, pstat3),
        Observable(
            "socs3",
            "1",
            "SOCS3 in the liver, relative to its level if all STAT3 stayed phosphorylated",
            itself,
            socs3,
        ),
    ),
)
