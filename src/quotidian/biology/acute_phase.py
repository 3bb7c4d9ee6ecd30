"""Acute phase in plasma: CRP with two transit compartments, fibrinogen, and the sedimentation rate."""

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
from quotidian.network.laws import exp, first_order, hill, rhythmic_hill
from quotidian.vocabulary import (
    crp,
    crp_induction,
    crp_synthesis,
    esr,
    fibrinogen,
    fibrinogen_consumption,
    il6_rhythm,
    il6_signal,
    signal_at_start,
)

k = Parameters(__file__)
top, floor, EC, n = k("crp_top", "mg/L"), k("crp_floor", "mg/L"), k("crp_ec50", "pg/mL"), k("crp_hill", "1")
k_tr, k_c = k("k_transit", "1/h"), k("k_crp", "1/h")
F_0, F_gain, F_ec = k("fibrinogen_baseline", "g/L"), k("fibrinogen_gain", "1"), k("fibrinogen_ec50", "pg/mL")
k_f = k("k_fibrinogen", "1/h")
esr_0, esr_top, esr_slope = k("esr_baseline", "mm/h"), k("esr_top", "mm/h"), k("esr_slope", "L/g")

induced = Signal("acute_phase.crp_target", "mg/L", "CRP in steady state at the present signal", "C^*")
induced_at_start = Signal("acute_phase.crp_at_start", "mg/L", "CRP in steady state at the start", "C_0")


def crp_target(top: Any, e: Any, EC: Any, n: Any, floor: Any) -> Any:
    r"""CRP in steady state, :math:`C^* = C_{max} H(e; EC, n) + C_{min}`"""
    return top * hill(e, EC, n) + floor


def fibrinogen_made(k_f: Any, F_0: Any, g: Any, e: Any, EC: Any) -> Any:
    r"""Fibrinogen production, :math:`v = k_F F_0 (1 + g\, e/(EC + e))`"""
    return k_f * F_0 * (1 + g * e / (EC + e))


def sedimentation(E_0: Any, E_max: Any, b: Any, F: Any, F_0: Any) -> Any:
    r"""Sedimentation rate, :math:`E_0 z / (1 + (z - 1) E_0 / E_{max})` with :math:`z = e^{b (F - F_0)}`"""
    z = exp(b * (F - F_0))
    return E_0 * z / (1 + (z - 1) * E_0 / E_max)


def consumed(x: Any, k: Any, chi: Any) -> Any:
    r"""Loss and consumption, :math:`v = k (1 + \chi_F) x`"""
    return k * (1 + chi) * x


def start_crp(top: Any, e: Any, EC: Any, n: Any, floor: Any, kappa: Any) -> Any:
    r"""Daily mean in steady state, :math:`C_{max} \overline{H(e_0 c; EC, n)} + C_{min}`"""
    return top * rhythmic_hill(e, EC, n, kappa) + floor


def start_fibrinogen(F_0: Any, g: Any, e: Any, EC: Any, kappa: Any) -> Any:
    r"""Daily mean in steady state, :math:`F_0 (1 + g\, \overline{H(e_0 c; EC_F, 1)})`"""
    return F_0 * (1 + g * rhythmic_hill(e, EC, 1, kappa))


module = Module(
    "acute_phase",
    "Acute phase",
    about="CRP lags its drive by the time to induce and secrete it; its elimination rate is constant.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(induced, crp_target, top, il6_signal, EC, n, floor),
        AssignmentRule(induced_at_start, start_crp, top, signal_at_start, EC, n, floor, il6_rhythm),
        AssignmentRule(esr, sedimentation, esr_0, esr_top, esr_slope, fibrinogen, F_0),
    ),
    fluxes=(
        Flux(NOTHING >> crp_induction, first_order, induced, k_tr),
        Flux(crp_induction >> NOTHING, first_order, crp_induction, k_tr),
        Flux(NOTHING >> crp_synthesis, first_order, crp_induction, k_tr),
        Flux(crp_synthesis >> NOTHING, first_order, crp_synthesis, k_tr),
        Flux(NOTHING >> crp, first_order, crp_synthesis, k_c),
        Flux(crp >> NOTHING, first_order, crp, k_c),
        Flux(NOTHING >> fibrinogen, fibrinogen_made, k_f, F_0, F_gain, il6_signal, F_ec),
        Flux(fibrinogen >> NOTHING, consumed, fibrinogen, k_f, fibrinogen_consumption),
    ),
    starts=(
        InitialCondition(crp_induction, itself, induced_at_start),
        InitialCondition(crp_synthesis, itself, induced_at_start),
        InitialCondition(crp, itself, induced_at_start),
        InitialCondition(fibrinogen, start_fibrinogen, F_0, F_gain, signal_at_start, F_ec, il6_rhythm),
    ),
    observables=(
        Observable("crp", "mg/L", "C-reactive protein", itself, crp),
        Observable("esr", "mm/h", "erythrocyte sedimentation rate", itself, esr),
        Observable("fibrinogen", "g/L", "fibrinogen", itself, fibrinogen),
    ),
)
