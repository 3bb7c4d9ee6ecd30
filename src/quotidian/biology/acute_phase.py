"""Acute phase in plasma: CRP through two transits, fibrinogen, and the sedimentation rate they make."""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Definition, Flux, Module, Observable, Parameters, Signal, Start
from quotidian.network.flux import itself
from quotidian.network.laws import exp, hill
from quotidian.vocabulary import (
    crp,
    crp_induction,
    crp_synthesis,
    esr,
    fibrinogen,
    il6_reference,
    il6_signal,
    initial_activity,
)

k = Parameters(__file__)
top, floor, EC, n = k("crp_top", "mg/L"), k("crp_floor", "mg/L"), k("crp_ec50", "pg/mL"), k("crp_hill", "1")
k_tr, k_c = k("k_transit", "1/h"), k("k_crp", "1/h")
F_0, F_gain, F_ec = k("fibrinogen_baseline", "g/L"), k("fibrinogen_gain", "1"), k("fibrinogen_ec50", "pg/mL")
k_f = k("k_fibrinogen", "1/h")
esr_0, esr_top, esr_slope = k("esr_baseline", "mm/h"), k("esr_top", "mm/h"), k("esr_slope", "L/g")

induced = Signal("acute_phase.crp_target", "mg/L", "CRP that the present signal would sustain", "C^*")
typical = Signal("acute_phase.typical_signal", "pg/mL", "signal at the start", "e_0")


def crp_target(top: Any, e: Any, EC: Any, n: Any, floor: Any) -> Any:
    r"""CRP in balance, :math:`C^* = C_{max} H(e; EC, n) + C_{min}`"""
    return top * hill(e, EC, n) + floor


def passed_on(x: Any, k: Any) -> Any:
    r"""Passed on, :math:`v = k x`"""
    return k * x


def fibrinogen_made(k_f: Any, F_0: Any, g: Any, e: Any, EC: Any) -> Any:
    r"""Fibrinogen production, :math:`v = k_F F_0 (1 + g\, e/(EC + e))`"""
    return k_f * F_0 * (1 + g * e / (EC + e))


def sedimentation(E_0: Any, E_max: Any, b: Any, F: Any, F_0: Any) -> Any:
    r"""Sedimentation rate, :math:`E_0 z / (1 + (z - 1) E_0 / E_{max})` with :math:`z = e^{b (F - F_0)}`"""
    z = exp(b * (F - F_0))
    return E_0 * z / (1 + (z - 1) * E_0 / E_max)


def start_of_signal(L_0: Any, M_0: Any) -> Any:
    r"""Signal at the start, :math:`e_0 = L_0 M_0`"""
    return L_0 * M_0


def start_fibrinogen(F_0: Any, g: Any, e: Any, EC: Any) -> Any:
    r"""Starts in balance, :math:`F_0 (1 + g\, e_0/(EC + e_0))`"""
    return F_0 * (1 + g * e / (EC + e))


module = Module(
    "acute_phase",
    "Acute phase",
    about="CRP lags its drive by the time to induce and secrete it; its loss is always the same.",
    ledger=k.ledger,
    definitions=(
        Definition(induced, crp_target, top, il6_signal, EC, n, floor),
        Definition(typical, start_of_signal, il6_reference, initial_activity),
        Definition(esr, sedimentation, esr_0, esr_top, esr_slope, fibrinogen, F_0),
    ),
    fluxes=(
        Flux(NOTHING >> crp_induction, passed_on, induced, k_tr),
        Flux(crp_induction >> NOTHING, passed_on, crp_induction, k_tr),
        Flux(NOTHING >> crp_synthesis, passed_on, crp_induction, k_tr),
        Flux(crp_synthesis >> NOTHING, passed_on, crp_synthesis, k_tr),
        Flux(NOTHING >> crp, passed_on, crp_synthesis, k_c),
        Flux(crp >> NOTHING, passed_on, crp, k_c),
        Flux(NOTHING >> fibrinogen, fibrinogen_made, k_f, F_0, F_gain, il6_signal, F_ec),
        Flux(fibrinogen >> NOTHING, passed_on, fibrinogen, k_f),
    ),
    starts=(
        Start(crp_induction, crp_target, top, typical, EC, n, floor),
        Start(crp_synthesis, crp_target, top, typical, EC, n, floor),
        Start(crp, crp_target, top, typical, EC, n, floor),
        Start(fibrinogen, start_fibrinogen, F_0, F_gain, typical, F_ec),
    ),
    observables=(
        Observable("crp", "mg/L", "C-reactive protein", itself, crp),
        Observable("esr", "mm/h", "erythrocyte sedimentation rate", itself, esr),
        Observable("fibrinogen", "g/L", "fibrinogen", itself, fibrinogen),
    ),
)
