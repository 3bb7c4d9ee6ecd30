"""Serum proteins beside CRP: amyloid A rises a thousandfold, albumin and transferrin fall."""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Flux, InitialCondition, Module, Observable, Parameters, Species
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, hill, rhythmic_hill
from quotidian.vocabulary import albumin, il6_rhythm, il6_signal, serum_iron, signal_at_start

k = Parameters(__file__)
A_top, A_floor, A_ec, A_n = (
    k("saa_top", "mg/L"), k("saa_floor", "mg/L"), k("saa_ec50", "pg/mL"), k("saa_hill", "1"),
)  # fmt: skip
k_i, k_a = k("k_saa_induction", "1/h"), k("k_saa", "1/h")
Alb_0, Alb_g, Alb_ec = k("albumin_baseline", "g/L"), k("albumin_fall", "1"), k("albumin_ec50", "pg/mL")
k_alb = k("k_albumin", "1/h")
T_0, T_g, T_ec = k("transferrin_baseline", "g/L"), k("transferrin_fall", "1"), k("transferrin_ec50", "pg/mL")
k_t, T_capacity = k("k_transferrin", "1/h"), k("iron_capacity", "umol/g")

saa_synthesis = Species("serum_proteins.saa_synthesis", "mg/L", "SAA synthesis", "A_1", (0, 1500))
saa = Species("serum_proteins.saa", "mg/L", "serum amyloid A", r"\mathrm{SAA}", (0, 1500))
transferrin = Species("serum_proteins.transferrin", "g/L", "transferrin", r"\mathrm{Tf}", (1, 4))


def saa_induced(k: Any, top: Any, e: Any, EC: Any, n: Any, floor: Any) -> Any:
    r"""SAA induction, :math:`v = k (A_{max} H(e; EC_A, n_A) + A_{min})`"""
    return k * (top * hill(e, EC, n) + floor)


def made_less(k: Any, x_0: Any, g: Any, e: Any, EC: Any) -> Any:
    r"""Production inhibited by IL-6, :math:`v = k x_0 (1 - g\, e/(EC + e))`"""
    return k * x_0 * (1 - g * e / (EC + e))


def start_saa(top: Any, e: Any, EC: Any, n: Any, floor: Any, kappa: Any) -> Any:
    r"""Daily mean of serum amyloid A in steady state, :math:`top \overline{H(e_0 c; EC, n)} + floor`"""
    return top * rhythmic_hill(e, EC, n, kappa) + floor


def start_lowered(x_0: Any, g: Any, e: Any, EC: Any, kappa: Any) -> Any:
    r"""Daily mean in steady state, :math:`x_0 (1 - g \overline{H(e_0 c; EC, 1)})`"""
    return x_0 * (1 - g * rhythmic_hill(e, EC, 1, kappa))


def binding_capacity(Tf: Any, b: Any) -> Any:
    r"""Total iron-binding capacity, :math:`b\, \mathrm{Tf}`"""
    return b * Tf


def saturation(Fe: Any, Tf: Any, b: Any) -> Any:
    r"""Transferrin saturation, :math:`\mathrm{Fe}/(b\, \mathrm{Tf})`"""
    return Fe / (b * Tf)


module = Module(
    "serum_proteins",
    "Serum proteins",
    about="IL-6 induces serum amyloid A like CRP, and inhibits albumin and transferrin production.",
    ledger=k.ledger,
    fluxes=(
        Flux(NOTHING >> saa_synthesis, saa_induced, k_i, A_top, il6_signal, A_ec, A_n, A_floor),
        Flux(saa_synthesis >> NOTHING, first_order, saa_synthesis, k_i),
        Flux(NOTHING >> saa, first_order, saa_synthesis, k_a),
        Flux(saa >> NOTHING, first_order, saa, k_a),
        Flux(NOTHING >> albumin, made_less, k_alb, Alb_0, Alb_g, il6_signal, Alb_ec),
        Flux(albumin >> NOTHING, first_order, albumin, k_alb),
        Flux(NOTHING >> transferrin, made_less, k_t, T_0, T_g, il6_signal, T_ec),
        Flux(transferrin >> NOTHING, first_order, transferrin, k_t),
    ),
    starts=(
        InitialCondition(saa_synthesis, start_saa, A_top, signal_at_start, A_ec, A_n, A_floor, il6_rhythm),
        InitialCondition(saa, start_saa, A_top, signal_at_start, A_ec, A_n, A_floor, il6_rhythm),
        InitialCondition(albumin, start_lowered, Alb_0, Alb_g, signal_at_start, Alb_ec, il6_rhythm),
        InitialCondition(transferrin, start_lowered, T_0, T_g, signal_at_start, T_ec, il6_rhythm),
    ),
    observables=(
        Observable("saa", "mg/L", "serum amyloid A", itself, saa),
        Observable("albumin", "g/L", "albumin", itself, albumin),
        Observable(
            "tibc", "umol/L", "total iron-binding capacity", binding_capacity, transferrin, T_capacity,
        ),
        Observable(
            "transferrin_saturation", "1", "share of iron-binding capacity that is occupied",
            saturation, serum_iron, transferrin, T_capacity,
        ),
    ),
)  # fmt: skip
