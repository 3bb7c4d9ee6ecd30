"""Tocilizumab (MRA): two-compartment disposition with linear and saturable clearance, binding to sIL-6R.

Bound sIL-6R leaves about sixteen times more slowly than free, so total sIL-6R rises under the drug.
The saturable path is counted once, here, as Michaelis-Menten clearance.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    Definition,
    Flux,
    Module,
    Observable,
    Parameters,
    Signal,
    Start,
    Transfer,
)
from quotidian.network.flux import itself
from quotidian.vocabulary import (
    body_weight,
    central_volume,
    peripheral_volume,
    sil6r,
    sil6r_occupancy,
    tocilizumab,
    tocilizumab_depot,
    tocilizumab_infusion,
    tocilizumab_peripheral,
    tocilizumab_sil6r,
)

k = Parameters(__file__)
m_D = k("molar_mass", "mg/nmol")
w_ref = k("reference_weight", "kg")
V_c_ref, V_p_ref, CL_ref, Q_ref = k("V_c", "L"), k("V_p", "L"), k("CL", "L/h"), k("Q", "L/h")
x_V, x_CL = k("volume_exponent", "1"), k("clearance_exponent", "1")
V_m_ref, K_m = k("V_m", "nmol/h"), k("K_m", "nM")
k_a, F = k("k_a", "1/h"), k("bioavailability", "1")
k_on, k_off, k_ds = k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")

CL = Signal("tocilizumab.clearance", "L/h", "linear clearance of the child", "CL")
Q = Signal("tocilizumab.exchange", "L/h", "exchange between compartments", "Q")
V_m = Signal("tocilizumab.capacity", "nmol/h", "capacity of the saturable path", "V_m")


def scaled(x: Any, w: Any, w_ref: Any, a: Any) -> Any:
    r"""Scaled by body weight, :math:`x_{ref} (w / w_{ref})^{a}`"""
    return x * (w / w_ref) ** a


def infused(rate: Any, m_D: Any) -> Any:
    r"""Infusion, :math:`v = \dot a_{iv} / m_D`"""
    return rate / m_D


def absorbed(k_a: Any, A: Any) -> Any:
    r"""Leaves the depot, :math:`v = k_a A_{sc}`"""
    return k_a * A


def arrives(F: Any, k_a: Any, A: Any, m_D: Any) -> Any:
    r"""Reaches plasma, :math:`v = F k_a A_{sc} / m_D`"""
    return F * k_a * A / m_D


def linear(CL: Any, D: Any) -> Any:
    r"""Linear clearance, :math:`v = CL\, D`"""
    return CL * D


def saturable(V_m: Any, D: Any, K_m: Any) -> Any:
    r"""Saturable clearance, :math:`v = V_m D / (K_m + D)`"""
    return V_m * D / (K_m + D)


def exchange(Q: Any, D: Any, D_p: Any) -> Any:
    r"""Exchange with the periphery, :math:`v = Q (D - D_p)`"""
    return Q * (D - D_p)


def binding(D: Any, S: Any, DS: Any, k_on: Any, k_off: Any) -> Any:
    r"""Net binding to sIL-6R, :math:`v = k_{on} D S - k_{off} DS`"""
    return k_on * D * S - k_off * DS


def bound_lost(DS: Any, k_ds: Any) -> Any:
    r"""Loss of bound sIL-6R, :math:`v = k_{DS} DS`"""
    return k_ds * DS


def none() -> Any:
    """Starts at 0"""
    return 0.0


def by_mass(D: Any, m_D: Any) -> Any:
    r"""Concentration by mass, :math:`D m_D`"""
    return D * m_D


def held(DS: Any, S: Any) -> Any:
    r"""Share of sIL-6R held by the drug, :math:`\phi = DS/(S + DS)`"""
    return DS / (S + DS)


module = Module(
    "tocilizumab",
    "Tocilizumab",
    about="An antibody to the IL-6 receptor, membrane-bound and soluble.",
    ledger=k.ledger,
    definitions=(
        Definition(central_volume, scaled, V_c_ref, body_weight, w_ref, x_V),
        Definition(peripheral_volume, scaled, V_p_ref, body_weight, w_ref, x_V),
        Definition(CL, scaled, CL_ref, body_weight, w_ref, x_CL),
        Definition(Q, scaled, Q_ref, body_weight, w_ref, x_CL),
        Definition(V_m, scaled, V_m_ref, body_weight, w_ref, x_CL),
        Definition(sil6r_occupancy, held, tocilizumab_sil6r, sil6r),
    ),
    fluxes=(
        Transfer(NOTHING >> tocilizumab, infused, tocilizumab_infusion, m_D),
        Flux(tocilizumab_depot >> NOTHING, absorbed, k_a, tocilizumab_depot),
        Transfer(NOTHING >> tocilizumab, arrives, F, k_a, tocilizumab_depot, m_D),
        Transfer(tocilizumab >> NOTHING, linear, CL, tocilizumab),
        Transfer(tocilizumab >> NOTHING, saturable, V_m, tocilizumab, K_m),
        Transfer(tocilizumab >> tocilizumab_peripheral, exchange, Q, tocilizumab, tocilizumab_peripheral),
        Flux(
            tocilizumab + sil6r >> tocilizumab_sil6r,
            binding,
            tocilizumab,
            sil6r,
            tocilizumab_sil6r,
            k_on,
            k_off,
        ),
        Flux(tocilizumab_sil6r >> NOTHING, bound_lost, tocilizumab_sil6r, k_ds),
    ),
    starts=tuple(
        Start(species, none)
        for species in (tocilizumab_depot, tocilizumab, tocilizumab_peripheral, tocilizumab_sil6r)
    ),
    observables=(
        Observable("tocilizumab", "ug/mL", "free tocilizumab in plasma", by_mass, tocilizumab, m_D),
        Observable("sil6r_occupancy", "1", "share of sIL-6R held by tocilizumab", itself, sil6r_occupancy),
    ),
)
