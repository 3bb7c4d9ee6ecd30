"""The hypothalamic-pituitary-adrenal axis: cortisol by the hour, with feedback and suppression by drugs.

The laws of Bingzheng 1990 with a daily clock on ACTH. CRH and ACTH (half-life 13 min) are in steady state
with cortisol at every instant. IL-6 raises ACTH at once, and less after exposure for days. Without ACTH the
adrenals atrophy over weeks, and they recover as slowly.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    TIME,
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
from quotidian.network.laws import cos, exp, first_order, hill
from quotidian.vocabulary import (
    cortisol_unbound,
    glucocorticoid_site,
    il6_reference,
    il6_signal,
    initial_activity,
    plasma,
)

k = Parameters(__file__)
day, level = k("day", "h"), k("clock_level", "1")
kappa_1, t_1 = k("clock_first", "1"), k("clock_first_hour", "h")
kappa_2, t_2 = k("clock_second", "1"), k("clock_second_hour", "h")
a_0, a_1, a_2 = k("crh_made", "ng/mL/min"), k("crh_restrained", "ng/mL/min"), k("crh_feedback", "L/ug")
b_1 = k("crh_loss", "1/min")
a_3, a_4, a_5 = k("acth_made", "pg/mL/min"), k("acth_by_crh", "pg/ng/min"), k("acth_feedback", "L/ug")
b_2, K_G = k("acth_loss", "1/min"), k("drug_feedback", "nM")
a_6, a_7 = k("cortisol_floor", "ug/L/h"), k("cortisol_by_acth", "ug*mL/L/pg/h")
b_3, K_A, R = k("cortisol_loss", "1/h"), k("acth_half", "pg/mL"), k("acth_usual", "pg/mL")
k_z, A_0, sigma = k("k_adrenal", "1/h"), k("acth_mean", "pg/mL"), k("reserve", "1")
g, EC, n = k("il6_gain", "1"), k("il6_ec50", "pg/mL"), k("il6_hill", "1")
k_h, h_0 = k("k_habit", "1/h"), k("habit_half", "1")
f_u, m_F = k("unbound_share", "1"), k("molar_mass", "ug/nmol")

cortisol = Species("cortisol", "ug/L", "cortisol in plasma, bound and unbound", "F", (10, 250), plasma)
adrenal_mass = Species(
    "adrenal_mass", "1", "adrenal mass, as the mean ACTH of past weeks, 1 in health", "Z", (0, 2)
)
habit = Species("il6_habit", "1", "habituation to IL-6, as its mean stimulus of past days", "h", (0, 1))
clock_c = Signal("hpa_axis.clock", "1", "daily drive of ACTH", "c_A")
stimulus = Signal("hpa_axis.il6_stimulus", "1", "IL-6 signal at the adrenal axis", "H_A")
stress = Signal("hpa_axis.stress", "1", "drive of ACTH by IL-6", "r")
crh = Signal("hpa_axis.crh", "ng/mL", "corticotropin-releasing hormone", r"\mathrm{CRH}")
acth = Signal("hpa_axis.acth", "pg/mL", "corticotropin", r"\mathrm{ACTH}")
capacity = Signal("hpa_axis.capacity", "1", "capacity of the adrenals, 1 in health", "q_Z")
TWO_PI = 6.283185307179586


def daily(level: Any, k1: Any, t1: Any, k2: Any, t2: Any, t: Any, T: Any) -> Any:
    r"""Clock, :math:`c_A = c_0 e^{\kappa_1 \cos\omega (t - t_1) + \kappa_2 \cos 2\omega (t - t_2)}`

    with :math:`\omega = 2\pi/T_{24}`.
    """
    return level * exp(k1 * cos(TWO_PI * (t - t1) / T) + k2 * cos(2 * TWO_PI * (t - t2) / T))


def crh_in_balance(a0: Any, a1: Any, a2: Any, F: Any, b1: Any) -> Any:
    r"""Steady state, :math:`\mathrm{CRH} = (a_0 + a_1/(1 + a_2 F))/b_1`"""
    return (a0 + a1 / (1 + a2 * F)) / b1


def stirred(g: Any, H: Any, h: Any, h_0: Any) -> Any:
    r"""Stimulation by IL-6, weaker when it lasts, :math:`r = g H_A / (1 + (h/h_0)^2)`"""
    return g * H / (1 + (h / h_0) ** 2)


def acth_in_balance(
    a3: Any, c: Any, r: Any, a4: Any, CRH: Any, b2: Any, a5: Any, F: Any, G: Any, K_G: Any
) -> Any:
    r"""Steady state, :math:`\mathrm{ACTH} = (a_3 (c_A + r) + a_4 \mathrm{CRH})/(b_2 (1 + a_5 F + G/K_G))`"""
    return (a3 * (c + r) + a4 * CRH) / (b2 * (1 + a5 * F + G / K_G))


def able(sigma: Any, Z: Any) -> Any:
    r"""Capacity, :math:`q_Z = (1 + \sigma) Z/(\sigma + Z)`"""
    return (1 + sigma) * Z / (sigma + Z)


def cortisol_made(q: Any, a6: Any, a7: Any, ACTH: Any, K_A: Any, R: Any) -> Any:
    r"""Secretion, :math:`v = q_Z (a_6 + a_7 \mathrm{ACTH} (K_A + R)/(K_A + \mathrm{ACTH}))`

    Equal to the linear law of the source at its usual ACTH, :math:`R`, but bounded at high ACTH.
    """
    return q * (a6 + a7 * ACTH * (K_A + R) / (K_A + ACTH))


def nourished(k_z: Any, ACTH: Any, A_0: Any) -> Any:
    r"""Growth of the adrenals under ACTH, :math:`v = k_Z \mathrm{ACTH}/\overline{\mathrm{ACTH}}`"""
    return k_z * ACTH / A_0


def remembered(k_h: Any, H: Any) -> Any:
    r"""Habituation of the axis to IL-6, :math:`v = k_h H_A`"""
    return k_h * H


def start_of_habit(L_0: Any, M_0: Any, EC: Any, n: Any) -> Any:
    r"""Starts habituated to the child's own disease, :math:`H(L_0 M_0; EC, n)`"""
    return hill(L_0 * M_0, EC, n)


def start_of_cortisol(a6: Any, a7: Any, A_0: Any, b3: Any) -> Any:
    r"""Starts at the steady state for mean ACTH, :math:`(a_6 + a_7 \overline{\mathrm{ACTH}})/b_3`"""
    return (a6 + a7 * A_0) / b3


def whole() -> Any:
    """Starts at 1: adrenals of a healthy child"""
    return 1.0


def unbound(f_u: Any, F: Any, m: Any) -> Any:
    r"""Unbound cortisol, :math:`F_u = f_u F/m_F`"""
    return f_u * F / m


def molar(F: Any, m: Any) -> Any:
    r"""Molar concentration, :math:`F/m_F`"""
    return F / m


module = Module(
    "hpa_axis",
    "Adrenal axis",
    about="Cortisol peaks in the morning; a glucocorticoid drug suppresses ACTH, and the adrenals atrophy.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(clock_c, daily, level, kappa_1, t_1, kappa_2, t_2, TIME, day),
        AssignmentRule(stimulus, hill, il6_signal, EC, n),
        AssignmentRule(stress, stirred, g, stimulus, habit, h_0),
        AssignmentRule(crh, crh_in_balance, a_0, a_1, a_2, cortisol, b_1),
        AssignmentRule(
            acth, acth_in_balance, a_3, clock_c, stress, a_4, crh, b_2, a_5, cortisol,
            glucocorticoid_site, K_G,
        ),
        AssignmentRule(capacity, able, sigma, adrenal_mass),
        AssignmentRule(cortisol_unbound, unbound, f_u, cortisol, m_F),
    ),
    fluxes=(
        Flux(NOTHING >> cortisol, cortisol_made, capacity, a_6, a_7, acth, K_A, R),
        Flux(cortisol >> NOTHING, first_order, cortisol, b_3),
        Flux(NOTHING >> adrenal_mass, nourished, k_z, acth, A_0),
        Flux(adrenal_mass >> NOTHING, first_order, adrenal_mass, k_z),
        Flux(NOTHING >> habit, remembered, k_h, stimulus),
        Flux(habit >> NOTHING, first_order, habit, k_h),
    ),
    starts=(
        InitialCondition(cortisol, start_of_cortisol, a_6, a_7, A_0, b_3),
        InitialCondition(adrenal_mass, whole),
        InitialCondition(habit, start_of_habit, il6_reference, initial_activity, EC, n),
    ),
    observables=(
        Observable("acth", "pg/mL", "corticotropin in plasma", itself, acth),
        Observable("cortisol", "nmol/L", "cortisol in plasma, bound and unbound", molar, cortisol, m_F),
        Observable(
            "adrenal_capacity", "1", "capacity of the adrenals for cortisol, 1 in health", itself, capacity
        ),
    ),
)  # fmt: skip
