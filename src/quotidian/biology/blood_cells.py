"""Platelets and neutrophils: IL-6 raises the production of one and the release of the other.

Platelets pass through four age classes; their production follows IL-6 with a delay in the marrow.
Neutrophils leave blood within hours: their number follows production and margination, so that loss of the
IL-6 signal lowers it. Turnover is that of Ma 2020, where the effect of the antibody is a loss. IL-1 raises
production, up to a maximum. A share of production needs IL-6 that the marrow makes itself; blockade
removes this share, which differs between children. This IL-6 is distinct from IL-6 in serum, which rises
under an antibody to the receptor.
"""

from __future__ import annotations

from itertools import pairwise
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
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, rhythmic_hill, sqrt
from quotidian.vocabulary import (
    il1_signal,
    il6,
    il6_held,
    il6_rhythm,
    il6_signal,
    initial_activity,
    jak_block,
    mil6r,
    neutrophil_loss,
    neutrophil_mobilisation,
    neutrophils,
    platelet_consumption,
    platelets,
    signal_at_start,
)

k = Parameters(__file__)
P_0, P_g, P_ec = k("platelet_baseline", "1e9/L"), k("platelet_gain", "1"), k("platelet_ec50", "pg/mL")
life, k_m = k("platelet_life_span", "h"), k("k_marrow", "1/h")
N_0, N_6, N_ec = k("neutrophil_floor", "1e9/L"), k("neutrophil_gain_il6", "1"), k("neutrophil_ec50", "pg/mL")
N_1, k_n = k("neutrophil_gain_il1", "1"), k("k_neutrophil", "1/h")
d, r_h, N_max = k("marrow_share", "1"), k("marrow_half", "1"), k("neutrophil_ceiling", "1e9/L")
L_0 = k("il6_trace", "nM")

AGES = 4
marrow = Species(
    "blood_cells.marrow", "1e9/L", "platelet count that current production sustains", "P_m", (0, 1000)
)
ages = tuple(
    Species(f"blood_cells.age_{i}", "1e9/L", f"platelets, age class {i} of {AGES}", f"P_{i}", (0, 250))
    for i in range(1, AGES + 1)
)
left = Signal("blood_cells.marrow_signal", "1", "share of marrow IL-6 signal that remains under drugs", "r")
supply = Signal("blood_cells.supply", "1e9/L", "neutrophils in steady state without the ceiling", "N^*")
start = Signal("blood_cells.platelets_at_start", "1e9/L", "platelets in steady state at the start", "P_s")


def together(a: Any, b: Any, c: Any, d: Any) -> Any:
    r"""Platelets, :math:`\mathrm{Plt} = P_1 + P_2 + P_3 + P_4`"""
    return a + b + c + d


def megakaryopoiesis(k: Any, P_0: Any, g: Any, e: Any, EC: Any) -> Any:
    r"""Production follows the IL-6 signal, :math:`v = k_m P_0 (1 + g_P\, e/(EC_P + e))`"""
    return k * P_0 * (1 + g * e / (EC + e))


def shed(P: Any, tau: Any) -> Any:
    r"""New platelets, :math:`v = P_m/\tau_P`"""
    return P / tau


def grow_older(P: Any, tau: Any) -> Any:
    r"""Ageing through four age classes, :math:`v = 4 P/\tau_P`"""
    return 4 * P / tau


def consumed(P: Any, tau: Any, chi: Any) -> Any:
    r"""Loss at any age, :math:`v = \chi_P P/\tau_P`"""
    return chi * P / tau


def signal_left(R: Any, L: Any, L_0: Any, L_D: Any, B_J: Any) -> Any:
    r"""Signal of the marrow's own IL-6 relative to no drug,
    :math:`r = \frac{R}{1 + B_J}\frac{L + L_0}{L + L_0 + L_D}`

    The share of receptor that is free, times the share of IL-6 that no drug has bound. The trace
    :math:`L_0` defines that share where there is no IL-6 at all.
    """
    return R / (1 + B_J) * (L + L_0) / (L + L_0 + L_D)


def supplied(
    N_0: Any, p: Any, I_e: Any, d: Any, r: Any, r_h: Any, g: Any, e: Any, EC: Any, m: Any
) -> Any:  # fmt: skip
    r"""Production and margination,
    :math:`N^* = N_0 (1 + p \frac{I_e}{1 + I_e})(1 - d\, r_h \frac{1 - r}{r_h + r})(1 + g_6 \frac{e}{EC_N + e})(1 + m_N)`

    IL-1 raises production. A share d of production needs the signal of the marrow's own IL-6. IL-6 and steroid
    keep a larger part of the neutrophils in the circulating blood.
    """  # noqa: E501
    made = N_0 * (1 + p * I_e / (1 + I_e)) * (1 - d * r_h * (1 - r) / (r_h + r))
    return made * (1 + g * e / (EC + e)) * (1 + m)


def bounded(N: Any, N_max: Any) -> Any:
    r"""Production up to the maximum of the marrow, :math:`N^*/\sqrt{1 + (N^*/N_{max})^2}`"""
    return N / sqrt(1 + (N / N_max) ** 2)


def released(k: Any, N: Any, N_max: Any) -> Any:
    r"""Release into blood, :math:`v = k_N N^*/\sqrt{1 + (N^*/N_{max})^2}`"""
    return k * bounded(N, N_max)


def leave(N: Any, k: Any, chi: Any) -> Any:
    r"""Loss from blood, :math:`v = k_N (1 + \chi_N) N`"""
    return k * (1 + chi) * N


def start_platelets(P_0: Any, g: Any, e: Any, EC: Any, kappa: Any) -> Any:
    r"""Daily mean in steady state, :math:`P_0 (1 + g \overline{H(e_0 c; EC, 1)})`"""
    return P_0 * (1 + g * rhythmic_hill(e, EC, 1, kappa))


def quarter(P: Any) -> Any:
    r"""A quarter in each age class, :math:`P_s/4`"""
    return P / 4


def start_neutrophils(
    N_0: Any, g: Any, e: Any, EC: Any, kappa: Any, p: Any, M_0: Any, N_max: Any
) -> Any:  # fmt: skip
    r"""Daily mean without drugs, :math:`N^*/\sqrt{1 + (N^*/N_{max})^2} \quad\text{with}\quad
    N^* = N_0 (1 + p \overline{H(M_0 c; 1, 1)}) (1 + g \overline{H(e_0 c; EC, 1)})`
    """
    made = N_0 * (1 + p * rhythmic_hill(M_0, 1, 1, kappa))
    return bounded(made * (1 + g * rhythmic_hill(e, EC, 1, kappa)), N_max)


module = Module(
    "blood_cells",
    "Platelets and neutrophils",
    about="Blockade of IL-6 lowers both; neutrophils fall because the signal is absent, not by toxicity.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(platelets, together, *ages),
        AssignmentRule(left, signal_left, mil6r, il6, L_0, il6_held, jak_block),
        AssignmentRule(
            supply, supplied,
            N_0, N_1, il1_signal, d, left, r_h, N_6, il6_signal, N_ec, neutrophil_mobilisation,
        ),
        AssignmentRule(start, start_platelets, P_0, P_g, signal_at_start, P_ec, il6_rhythm),
    ),
    fluxes=(
        Flux(NOTHING >> marrow, megakaryopoiesis, k_m, P_0, P_g, il6_signal, P_ec),
        Flux(marrow >> NOTHING, first_order, marrow, k_m),
        Flux(NOTHING >> ages[0], shed, marrow, life),
        *(Flux(young >> old, grow_older, young, life) for young, old in pairwise(ages)),
        Flux(ages[-1] >> NOTHING, grow_older, ages[-1], life),
        *(Flux(age >> NOTHING, consumed, age, life, platelet_consumption) for age in ages),
        Flux(NOTHING >> neutrophils, released, k_n, supply, N_max),
        Flux(neutrophils >> NOTHING, leave, neutrophils, k_n, neutrophil_loss),
    ),
    starts=(
        InitialCondition(marrow, itself, start),
        *(InitialCondition(age, quarter, start) for age in ages),
        InitialCondition(
            neutrophils, start_neutrophils,
            N_0, N_6, signal_at_start, N_ec, il6_rhythm, N_1, initial_activity, N_max,
        ),
    ),
    observables=(
        Observable("platelets", "1e9/L", "platelets", itself, platelets),
        Observable("neutrophils", "1e9/L", "neutrophils", itself, neutrophils),
    ),
)  # fmt: skip
