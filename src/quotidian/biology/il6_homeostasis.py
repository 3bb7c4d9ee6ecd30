"""IL-6 in plasma: production, clearance by its receptor and otherwise, binding to sIL-6R and sgp130.

Production rates are computed from the reference concentrations by balance, so that the typical child with
active disease starts at the measured values. Form: Dwivedi 2014; constants from the ledger.
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
from quotidian.network.laws import first_order
from quotidian.vocabulary import (
    il6,
    il6_concentration,
    il6_held,
    il6_production,
    il6_reference,
    il6_sil6r,
    il6_sil6r_reference,
    il6_sil6r_sgp130,
    mil6r,
    sgp130,
    signal_at_start,
    sil6r,
    sil6r_held,
)

k = Parameters(__file__)
molar_mass = k("il6_molar_mass", "g/mol")
sil6r_molar_mass = k("sil6r_molar_mass", "kg/mol")
sgp130_molar_mass = k("sgp130_molar_mass", "kg/mol")
reference = k("il6_reference", "pg/mL")
sil6r_baseline = k("sil6r_baseline", "nM")
sgp130_baseline = k("sgp130_baseline", "nM")
k_1, k_m1 = k("k_1", "1/nM/h"), k("k_minus1", "1/h")
k_2, k_m2 = k("k_2", "1/nM/h"), k("k_minus2", "1/h")
k_other, k_receptor = k("k_other", "1/h"), k("k_receptor", "1/h")
k_sil6r, k_sgp130 = k("k_sil6r", "1/h"), k("k_sgp130", "1/h")
k_ls, k_lsg = k("k_complex", "1/h"), k("k_ternary", "1/h")

L_0 = Signal("il6_homeostasis.il6_reference_molar", "nM", "reference IL-6, molar", r"L_0^{m}")
LSG_0 = Signal("il6_homeostasis.ternary_reference", "nM", "ternary complex in steady state", "LSG_0")
made_il6 = Signal("il6_homeostasis.il6_made", "nM/h", "IL-6 production at reference", "p_L")
made_sil6r = Signal("il6_homeostasis.sil6r_made", "nM/h", "sIL-6R production", "p_S")
made_sgp130 = Signal("il6_homeostasis.sgp130_made", "nM/h", "sgp130 production", "p_G")


def per_molar_mass(c: Any, m: Any) -> Any:
    r"""Molar concentration, :math:`L_0^m = c / m`"""
    return c / m


def complex_in_balance(
    L: Any, S: Any, G: Any, k1: Any, km1: Any, k2: Any, km2: Any, kls: Any, klsg: Any
) -> Any:
    r"""IL-6:sIL-6R in steady state, :math:`LS_0 = k_1 L_0 S_0 / (k_{-1} + k_{LS} + k_2 G_0 f)`

    with :math:`f = k_{LSG}/(k_{-2} + k_{LSG})`, the share of ternary complex that is lost and does not
    dissociate.
    """
    f = klsg / (km2 + klsg)
    return k1 * L * S / (km1 + kls + k2 * G * f)


def ternary_in_balance(LS: Any, G: Any, k2: Any, km2: Any, klsg: Any) -> Any:
    r"""Ternary complex in steady state, :math:`LSG_0 = k_2 LS_0 G_0 / (k_{-2} + k_{LSG})`"""
    return k2 * LS * G / (km2 + klsg)


def production_of_il6(L: Any, LS: Any, LSG: Any, ko: Any, kr: Any, kls: Any, klsg: Any) -> Any:
    r"""Balance of IL-6, :math:`p_L = (k_o + k_R) L_0 + k_{LS} LS_0 + k_{LSG} LSG_0`"""
    return (ko + kr) * L + kls * LS + klsg * LSG


def production_of_sil6r(S: Any, LS: Any, LSG: Any, ks: Any, kls: Any, klsg: Any) -> Any:
    r"""Balance of sIL-6R, :math:`p_S = k_S S_0 + k_{LS} LS_0 + k_{LSG} LSG_0`"""
    return ks * S + kls * LS + klsg * LSG


def production_of_sgp130(G: Any, LSG: Any, kg: Any, klsg: Any) -> Any:
    r"""Balance of sgp130, :math:`p_G = k_G G_0 + k_{LSG} LSG_0`"""
    return kg * G + klsg * LSG


def by_mass(L: Any, m: Any) -> Any:
    r"""Free IL-6 by mass, :math:`\ell = L m`"""
    return L * m


def il6_made(p: Any, p_L: Any) -> Any:
    r"""Production, :math:`v = p\, p_L`"""
    return p * p_L


def made(p: Any) -> Any:
    r"""Production, :math:`v = p`"""
    return p


def cleared_through_receptor(L: Any, R: Any, kr: Any) -> Any:
    r"""Uptake by the membrane receptor, :math:`v = k_R L R`"""
    return kr * L * R


def binding(a: Any, b: Any, ab: Any, on: Any, off: Any) -> Any:
    r"""Net association, mass action, :math:`v = k_{on} a b - k_{off} ab`"""
    return on * a * b - off * ab


def given(x: Any) -> Any:
    r"""Starts at :math:`x`"""
    return x


def times(x: Any, e_0: Any, L_ref: Any) -> Any:
    r"""Starts in proportion to IL-6, :math:`x\, e_0/L_{ref}`"""
    return x * e_0 / L_ref


def total_il6(L: Any, L_D: Any, LS: Any, LSG: Any, m: Any) -> Any:
    r"""All IL-6 in plasma, :math:`(L + L_D + LS + LSG) m`"""
    return (L + L_D + LS + LSG) * m


def total_sil6r(S: Any, S_D: Any, LS: Any, LSG: Any, m: Any) -> Any:
    r"""All sIL-6R in plasma, :math:`(S + S_D + LS + LSG) m`"""
    return (S + S_D + LS + LSG) * m


def held(S_D: Any, S: Any) -> Any:
    r"""Share of sIL-6R bound to drugs, :math:`S_D/(S + S_D)`"""
    return S_D / (S + S_D)


module = Module(
    "il6_homeostasis",
    "IL-6 homeostasis",
    about="IL-6 is eliminated mostly through its membrane receptor; receptor blockade therefore raises IL-6.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(il6_reference, given, reference),
        AssignmentRule(L_0, per_molar_mass, reference, molar_mass),
        AssignmentRule(
            il6_sil6r_reference,
            complex_in_balance,
            L_0,
            sil6r_baseline,
            sgp130_baseline,
            k_1,
            k_m1,
            k_2,
            k_m2,
            k_ls,
            k_lsg,
        ),
        AssignmentRule(LSG_0, ternary_in_balance, il6_sil6r_reference, sgp130_baseline, k_2, k_m2, k_lsg),
        AssignmentRule(
            made_il6, production_of_il6, L_0, il6_sil6r_reference, LSG_0, k_other, k_receptor, k_ls, k_lsg
        ),
        AssignmentRule(
            made_sil6r, production_of_sil6r, sil6r_baseline, il6_sil6r_reference, LSG_0, k_sil6r, k_ls, k_lsg
        ),
        AssignmentRule(made_sgp130, production_of_sgp130, sgp130_baseline, LSG_0, k_sgp130, k_lsg),
        AssignmentRule(il6_concentration, by_mass, il6, molar_mass),
    ),
    fluxes=(
        Flux(NOTHING >> il6, il6_made, il6_production, made_il6),
        Flux(il6 >> NOTHING, first_order, il6, k_other),
        Flux(il6 >> NOTHING, cleared_through_receptor, il6, mil6r, k_receptor),
        Flux(NOTHING >> sil6r, made, made_sil6r),
        Flux(sil6r >> NOTHING, first_order, sil6r, k_sil6r),
        Flux(NOTHING >> sgp130, made, made_sgp130),
        Flux(sgp130 >> NOTHING, first_order, sgp130, k_sgp130),
        Flux(il6 + sil6r >> il6_sil6r, binding, il6, sil6r, il6_sil6r, k_1, k_m1),
        Flux(il6_sil6r + sgp130 >> il6_sil6r_sgp130, binding, il6_sil6r, sgp130, il6_sil6r_sgp130, k_2, k_m2),
        Flux(il6_sil6r >> NOTHING, first_order, il6_sil6r, k_ls),
        Flux(il6_sil6r_sgp130 >> NOTHING, first_order, il6_sil6r_sgp130, k_lsg),
    ),
    starts=(
        InitialCondition(il6, times, L_0, signal_at_start, reference),
        InitialCondition(sil6r, given, sil6r_baseline),
        InitialCondition(sgp130, given, sgp130_baseline),
        InitialCondition(il6_sil6r, times, il6_sil6r_reference, signal_at_start, reference),
        InitialCondition(il6_sil6r_sgp130, times, LSG_0, signal_at_start, reference),
    ),
    observables=(
        Observable("il6", "pg/mL", "free IL-6 in plasma", given, il6_concentration),
        Observable(
            "il6_total",
            "pg/mL",
            "IL-6 free and in complexes",
            total_il6,
            il6,
            il6_held,
            il6_sil6r,
            il6_sil6r_sgp130,
            molar_mass,
        ),
        Observable("sil6r_free", "ng/mL", "free soluble IL-6 receptor", by_mass, sil6r, sil6r_molar_mass),
        Observable(
            "sil6r_total",
            "ng/mL",
            "soluble IL-6 receptor, free and in complexes",
            total_sil6r,
            sil6r,
            sil6r_held,
            il6_sil6r,
            il6_sil6r_sgp130,
            sil6r_molar_mass,
        ),
        Observable("sil6r_occupancy", "1", "share of sIL-6R bound to drugs", held, sil6r_held, sil6r),
        Observable("sgp130", "ng/mL", "free soluble gp130", by_mass, sgp130, sgp130_molar_mass),
    ),
)
