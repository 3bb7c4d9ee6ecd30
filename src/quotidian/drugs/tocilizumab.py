"""Tocilizumab (MRA): two-compartment disposition with linear and saturable clearance, binding to sIL-6R.

Bound sIL-6R leaves about sixteen times more slowly than free, so total sIL-6R rises under the drug.
The saturable path is counted once, here, as Michaelis-Menten clearance.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    Compartment,
    Definition,
    Flux,
    Module,
    Observable,
    Parameters,
    Part,
    Signal,
    Species,
    Start,
    Transfer,
)
from quotidian.network.flux import itself
from quotidian.vocabulary import (
    body_weight,
    joint,
    joint_block,
    mil6r,
    mil6r_held,
    mil6r_renewal,
    plasma,
    sil6r,
    sil6r_held,
    tocilizumab_infusion,
)

k = Parameters(__file__)
m_D = k("molar_mass", "mg/nmol")
w_ref = k("reference_weight", "kg")
V_c_ref, V_p_ref, CL_ref, Q_ref = k("V_c", "L"), k("V_p", "L"), k("CL", "L/h"), k("Q", "L/h")
x_V, x_CL = k("volume_exponent", "1"), k("clearance_exponent", "1")
V_m_ref, K_m = k("V_m", "nmol/h"), k("K_m", "nM")
k_a, F = k("k_a", "1/h"), k("bioavailability", "1")
k_on, k_off, k_ds = k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")
k_on_m, k_off_m = k("k_on_membrane", "1/nM/h"), k("k_off_membrane", "1/h")
k_d, rho, K_d = k("k_entry", "1/h"), k("joint_ratio", "1"), k("K_d", "nM")

central_volume = Signal("central_volume", "L", "central volume of tocilizumab", "V_c")
peripheral_volume = Signal("peripheral_volume", "L", "peripheral volume of tocilizumab", "V_p")
central = Compartment("central", central_volume)
peripheral = Compartment("peripheral", peripheral_volume)
tocilizumab_depot = Species("tocilizumab_depot", "mg", "tocilizumab under the skin", "A_{sc}", (0, 160))
tocilizumab = Species("tocilizumab", "nM", "free tocilizumab in plasma", "D", (0, 2000), central)
tocilizumab_peripheral = Species(
    "tocilizumab_peripheral", "nM", "tocilizumab in the periphery", "D_p", (0, 800), peripheral
)
joint_tocilizumab = Species("joint_tocilizumab", "nM", "tocilizumab in the joint", "D_j", (0, 400), joint)
tocilizumab_sil6r = Species("tocilizumab_sil6r", "nM", "tocilizumab with sIL-6R", "DS", (0, 40), plasma)
tocilizumab_mil6r = Species("tocilizumab_mil6r", "1", "membrane receptor with tocilizumab", "DR", (0, 1))
sil6r_part = Part("tocilizumab.sil6r_held", "nM", "sIL-6R it holds", "S_D", sil6r_held)
mil6r_part = Part("tocilizumab.mil6r_held", "1", "membrane receptor it holds", "R_D", mil6r_held)
joint_part = Part("tocilizumab.joint_block", "1", "drug in the joint over its K_d", "B_j", joint_block)

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


def taken(DR: Any, kr: Any) -> Any:
    r"""Bound membrane receptor is taken in like free, :math:`v = k_r DR`"""
    return kr * DR


def entry(k_d: Any, rho: Any, D: Any, D_j: Any) -> Any:
    r"""Drug in the joint follows plasma, :math:`v = k_D (\rho D - D_j)`"""
    return k_d * (rho * D - D_j)


def over(D_j: Any, K_d: Any) -> Any:
    r"""Strength of the block, :math:`B_j = D_j / K_d`"""
    return D_j / K_d


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
        Definition(sil6r_part, itself, tocilizumab_sil6r),
        Definition(mil6r_part, itself, tocilizumab_mil6r),
        Definition(joint_part, over, joint_tocilizumab, K_d),
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
        Flux(mil6r >> tocilizumab_mil6r, binding, tocilizumab, mil6r, tocilizumab_mil6r, k_on_m, k_off_m),
        Flux(tocilizumab_mil6r >> NOTHING, taken, tocilizumab_mil6r, mil6r_renewal),
        Flux(NOTHING >> joint_tocilizumab, entry, k_d, rho, tocilizumab, joint_tocilizumab),
    ),
    starts=tuple(
        Start(species, none)
        for species in (
            tocilizumab_depot,
            tocilizumab,
            tocilizumab_peripheral,
            joint_tocilizumab,
            tocilizumab_sil6r,
            tocilizumab_mil6r,
        )
    ),
    observables=(
        Observable("tocilizumab", "ug/mL", "free tocilizumab in plasma", by_mass, tocilizumab, m_D),
    ),
)
