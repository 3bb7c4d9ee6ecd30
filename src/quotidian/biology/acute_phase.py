"""Acute phase in plasma: CRP with two transit compartments, fibrinogen, and the sedimentation rate.

Red cells sink faster with more fibrinogen, which follows IL-6 within days, with more globulins, which follow
within weeks, and with fewer red cells. So the rate outlasts CRP, and falls where macrophages consume
fibrinogen. Part of fibrinogen comes from other cytokines of gp130: no drug against IL-6 removes it, a JAK
inhibitor does.
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
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import exp, first_order, hill, rhythmic_hill
from quotidian.vocabulary import (
    crp,
    crp_induction,
    crp_synthesis,
    esr,
    fibrinogen,
    fibrinogen_consumption,
    haemoglobin,
    haemoglobin_in_health,
    il6_rhythm,
    il6_signal,
    jak_block,
    signal_at_start,
)

k = Parameters(__file__)
top, floor, EC, n = k("crp_top", "mg/L"), k("crp_floor", "mg/L"), k("crp_ec50", "pg/mL"), k("crp_hill", "1")
k_tr, k_c = k("k_transit", "1/h"), k("k_crp", "1/h")
F_0, F_gain, F_ec = k("fibrinogen_baseline", "g/L"), k("fibrinogen_gain", "1"), k("fibrinogen_ec50", "pg/mL")
F_x, F_h, k_f = k("fibrinogen_other", "g/L"), k("fibrinogen_health", "g/L"), k("k_fibrinogen", "1/h")
G_gain, G_ec, k_g = k("globulin_gain", "1"), k("globulin_ec50", "pg/mL"), k("k_globulin", "1/h")
esr_0, esr_top, esr_slope = k("esr_baseline", "mm/h"), k("esr_top", "mm/h"), k("esr_slope", "L/g")
b_G, b_H = k("esr_by_globulin", "1"), k("esr_by_anaemia", "1")

globulins = Species("acute_phase.globulins", "1", "globulins relative to health", "G", (0, 3))

induced = Signal("acute_phase.crp_target", "mg/L", "CRP in steady state at the present signal", "C^*")
induced_at_start = Signal("acute_phase.crp_at_start", "mg/L", "CRP in steady state at the start", "C_0")


def crp_target(top: Any, e: Any, EC: Any, n: Any, floor: Any) -> Any:
    r"""CRP in steady state, :math:`C^* = C_{max} H(e; EC, n) + C_{min}`"""
    return top * hill(e, EC, n) + floor


def fibrinogen_made(k_f: Any, F_0: Any, g: Any, e: Any, EC: Any, F_x: Any, B_J: Any) -> Any:
    r"""Fibrinogen production, :math:`v = k_F (F_0 (1 + g\, e/(EC + e)) + F_x/(1 + B_J))`"""
    return k_f * (F_0 * (1 + g * e / (EC + e)) + F_x / (1 + B_J))


def globulins_made(k_g: Any, g: Any, e: Any, EC: Any) -> Any:
    r"""Globulin production, :math:`v = k_G (1 + g_G\, e/(EC + e))`"""
    return k_g * (1 + g * e / (EC + e))


def sedimentation(
    E_0: Any, E_max: Any, b_F: Any, F: Any, F_h: Any, b_G: Any, G: Any, b_H: Any, Hb: Any, Hb_0: Any
) -> Any:
    r"""Sedimentation rate, :math:`E_0 z / (1 + (z - 1) E_0 / E_{max}) \quad\text{with}\quad
    \ln z = b_F (F - F_h) + b_G (G - 1) + b_H (1 - Hb/Hb_0)`
    """
    z = exp(b_F * (F - F_h) + b_G * (G - 1) + b_H * (1 - Hb / Hb_0))
    return E_0 * z / (1 + (z - 1) * E_0 / E_max)


def consumed(x: Any, k: Any, chi: Any) -> Any:
    r"""Loss and consumption, :math:`v = k (1 + \chi_F) x`"""
    return k * (1 + chi) * x


def start_crp(top: Any, e: Any, EC: Any, n: Any, floor: Any, kappa: Any) -> Any:
    r"""Daily mean of CRP in steady state, :math:`top \overline{H(e_0 c; EC, n)} + floor`"""
    return top * rhythmic_hill(e, EC, n, kappa) + floor


def start_fibrinogen(F_0: Any, g: Any, e: Any, EC: Any, F_x: Any, kappa: Any) -> Any:
    r"""Daily mean in steady state, :math:`F_0 (1 + g \overline{H(e_0 c; EC, 1)}) + F_x`"""
    return F_0 * (1 + g * rhythmic_hill(e, EC, 1, kappa)) + F_x


def start_globulins(g: Any, e: Any, EC: Any, kappa: Any) -> Any:
    r"""Daily mean in steady state, :math:`1 + g \overline{H(e_0 c; EC, 1)}`"""
    return 1 + g * rhythmic_hill(e, EC, 1, kappa)


module = Module(
    "acute_phase",
    "Acute phase",
    about="CRP lags the IL-6 signal by induction and secretion; its rate of elimination is constant.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(induced, crp_target, top, il6_signal, EC, n, floor),
        AssignmentRule(induced_at_start, start_crp, top, signal_at_start, EC, n, floor, il6_rhythm),
        AssignmentRule(
            esr, sedimentation, esr_0, esr_top, esr_slope, fibrinogen, F_h, b_G, globulins, b_H, haemoglobin,
            haemoglobin_in_health,
        ),
    ),
    fluxes=(
        Flux(NOTHING >> crp_induction, first_order, induced, k_tr),
        Flux(crp_induction >> NOTHING, first_order, crp_induction, k_tr),
        Flux(NOTHING >> crp_synthesis, first_order, crp_induction, k_tr),
        Flux(crp_synthesis >> NOTHING, first_order, crp_synthesis, k_tr),
        Flux(NOTHING >> crp, first_order, crp_synthesis, k_c),
        Flux(crp >> NOTHING, first_order, crp, k_c),
        Flux(
            NOTHING >> fibrinogen, fibrinogen_made, k_f, F_0, F_gain, il6_signal, F_ec, F_x, jak_block
        ),
        Flux(fibrinogen >> NOTHING, consumed, fibrinogen, k_f, fibrinogen_consumption),
        Flux(NOTHING >> globulins, globulins_made, k_g, G_gain, il6_signal, G_ec),
        Flux(globulins >> NOTHING, first_order, globulins, k_g),
    ),
    starts=(
        InitialCondition(crp_induction, itself, induced_at_start),
        InitialCondition(crp_synthesis, itself, induced_at_start),
        InitialCondition(crp, itself, induced_at_start),
        InitialCondition(fibrinogen, start_fibrinogen, F_0, F_gain, signal_at_start, F_ec, F_x, il6_rhythm),
        InitialCondition(globulins, start_globulins, G_gain, signal_at_start, G_ec, il6_rhythm),
    ),
    observables=(
        Observable("crp", "mg/L", "C-reactive protein", itself, crp),
        Observable("esr", "mm/h", "erythrocyte sedimentation rate", itself, esr),
        Observable("fibrinogen", "g/L", "fibrinogen", itself, fibrinogen),
        Observable("globulins", "1", "globulins, relative to health", itself, globulins),
    ),
)  # fmt: skip
