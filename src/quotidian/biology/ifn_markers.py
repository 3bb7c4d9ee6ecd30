"""Markers of IFN-gamma in blood: CXCL9 and soluble IL-2 receptor, each partly independent of IFN-gamma."""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Flux, InitialCondition, Module, Observable, Parameters, Species
from quotidian.network.flux import itself
from quotidian.network.laws import first_order
from quotidian.vocabulary import ifn_signal, initial_ifn

k = Parameters(__file__)
k_c, C_1, d_c = k("k_cxcl9", "1/h"), k("cxcl9_full", "ng/L"), k("cxcl9_dependence", "1")
k_s, S_1, d_s = k("k_sil2r", "1/h"), k("sil2r_full", "ng/L"), k("sil2r_dependence", "1")
cxcl9 = Species("cxcl9", "ng/L", "CXCL9", r"\mathrm{CXCL9}", (100, 20000))
sil2r = Species("sil2r", "ng/L", "soluble IL-2 receptor alpha", r"\mathrm{sIL2R}", (500, 20000))


def made(k: Any, x_1: Any, d: Any, y_e: Any) -> Any:
    r"""Production, in part dependent on IFN-gamma, :math:`v = k x_1 (1 - d + d\, \gamma_e)`"""
    return k * x_1 * (1 - d + d * y_e)


def balanced(x_1: Any, d: Any, y_0: Any) -> Any:
    r"""Starts in steady state, :math:`x_1 (1 - d + d\, \gamma_0)`"""
    return x_1 * (1 - d + d * y_0)


module = Module(
    "ifn_markers",
    "Markers of IFN-gamma",
    about="An IFN-gamma blocker lowers the IFN-gamma-dependent part of each marker as fast as it is lost.",
    ledger=k.ledger,
    fluxes=(
        Flux(NOTHING >> cxcl9, made, k_c, C_1, d_c, ifn_signal),
        Flux(cxcl9 >> NOTHING, first_order, cxcl9, k_c),
        Flux(NOTHING >> sil2r, made, k_s, S_1, d_s, ifn_signal),
        Flux(sil2r >> NOTHING, first_order, sil2r, k_s),
    ),
    starts=(
        InitialCondition(cxcl9, balanced, C_1, d_c, initial_ifn),
        InitialCondition(sil2r, balanced, S_1, d_s, initial_ifn),
    ),
    observables=(
        Observable("cxcl9", "pg/mL", "CXCL9", itself, cxcl9),
        Observable("sil2r", "pg/mL", "soluble IL-2 receptor alpha", itself, sil2r),
    ),
)
