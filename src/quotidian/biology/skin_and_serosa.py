"""Rash, which comes and goes with the fever, and serositis, which lasts for days.

IL-1 and IL-6 drive both, as they drive fever. But either cytokine suffices, so rash persists without fever
where IL-6 alone is blocked. Children differ widely in their susceptibility to each.
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
    Signal,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, hill, zero
from quotidian.vocabulary import (
    il1_signal,
    il6_reference,
    il6_signal,
    initial_activity,
    rash,
    serosal_inflammation,
)

k = Parameters(__file__)
k_rash, q_r, p_r = k("k_rash", "1/h"), k("rash_il6_share", "1"), k("rash_proneness", "1")
extent, n = k("rash_extent", "1"), k("rash_steepness", "1")
k_s, q_s, p_s = k("k_serositis", "1/h"), k("serositis_il6_share", "1"), k("serositis_proneness", "1")
skin = Signal("skin_and_serosa.skin_drive", "1", "drive of the rash", "x_r")


def driven(p: Any, q: Any, e: Any, L_0: Any, I_e: Any) -> Any:
    r"""Drive, :math:`x = p\, (q\, e/L_0 + (1 - q) I_e)`"""
    return p * (q * e / L_0 + (1 - q) * I_e)


def appears(k: Any, S: Any, x: Any, n: Any) -> Any:
    r"""Development of the rash, :math:`v = k_\rho S_{max} H(x; 1, n)`"""
    return k * S * hill(x, 1.0, n)


def inflamed(k: Any, q: Any, e: Any, L_0: Any, I_e: Any) -> Any:
    r"""Development of serosal inflammation, :math:`v = k_\sigma (q\, e/L_0 + (1 - q) I_e)`"""
    return k * (q * e / L_0 + (1 - q) * I_e)


def evident(p: Any, s: Any) -> Any:
    r"""Serositis, :math:`p_s \sigma`"""
    return p * s


module = Module(
    "skin_and_serosa",
    "Rash and serositis",
    about="A rash counts as present on 1 % of body surface or more, serositis at an observable of 1 or more.",
    ledger=k.ledger,
    definitions=(AssignmentRule(skin, driven, p_r, q_r, il6_signal, il6_reference, il1_signal),),
    fluxes=(
        Flux(NOTHING >> rash, appears, k_rash, extent, skin, n),
        Flux(rash >> NOTHING, first_order, rash, k_rash),
        Flux(NOTHING >> serosal_inflammation, inflamed, k_s, q_s, il6_signal, il6_reference, il1_signal),
        Flux(serosal_inflammation >> NOTHING, first_order, serosal_inflammation, k_s),
    ),
    starts=(InitialCondition(rash, zero), InitialCondition(serosal_inflammation, itself, initial_activity)),
    observables=(
        Observable("rash", "1", "share of body surface with rash; visible from 0.01 on", itself, rash),
        Observable(
            "serositis", "1", "pericarditis and pleuritis, clinically evident from 1 on",
            evident, p_s, serosal_inflammation,
        ),
    ),
)  # fmt: skip
