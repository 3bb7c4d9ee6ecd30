"""Iron: IL-6 induces hepcidin in the liver, hepcidin retains iron; ferritin rises with IL-1 and IL-6.

Hepcidin follows serum iron also, so that both reach their steady state together: the start solves a
quadratic equation. Form of the release: Parmar 2019.
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
from quotidian.network.laws import first_order, hill, rhythmic_hill, sqrt
from quotidian.vocabulary import (
    ferritin,
    ferritin_drive,
    il1_signal,
    il6_rhythm,
    il6_signal,
    initial_activity,
    initial_ferritin_drive,
    iron_share,
    iron_share_at_start,
    serum_iron,
    signal_at_start,
)

k = Parameters(__file__)
h_0, h_g, k_h = k("hepcidin_baseline", "ng/mL"), k("hepcidin_gain", "1"), k("k_hepcidin", "1/h")
h_ec, h_n = k("hepcidin_ec50", "pg/mL"), k("hepcidin_hill", "1")
Fe_0, k_fe, K_i = k("iron_baseline", "umol/L"), k("k_iron", "1/h"), k("hepcidin_ki", "ng/mL")
F_0, F_1, F_6 = k("ferritin_baseline", "ug/L"), k("ferritin_gain_il1", "1"), k("ferritin_gain_il6", "1")
F_ec, k_f = k("ferritin_ec50", "pg/mL"), k("k_ferritin", "1/h")

messenger = Species("iron.hepcidin_synthesis", "ng/mL", "hepcidin synthesis", "h_1", (0, 100))
hepcidin = Species("iron.hepcidin", "ng/mL", "hepcidin-25", "h", (0, 100))
rise = Signal("iron.hepcidin_rise", "1", "hepcidin in steady state at normal iron, at the start", "P")


def share(Fe: Any, Fe_0: Any) -> Any:
    r"""Serum iron relative to normal, :math:`x_{Fe} = \mathrm{Fe}/Fe_0`"""
    return Fe / Fe_0


def hepcidin_induced(k: Any, h_0: Any, g: Any, e: Any, EC: Any, n: Any, x: Any) -> Any:
    r"""Hepcidin induction, :math:`v = k_h h_0 (1 + g_h H(e; EC_h, n_h))\, x_{Fe}`"""
    return k * h_0 * (1 + g * hill(e, EC, n)) * x


def released(k: Any, Fe_0: Any, h_0: Any, h: Any, K: Any) -> Any:
    r"""Iron export through ferroportin, :math:`v = k_{Fe} Fe_0 (1 + h_0/K_i)/(1 + h/K_i)`"""
    return k * Fe_0 * (1 + h_0 / K) / (1 + h / K)


def ferritin_made(k: Any, F_0: Any, g_1: Any, I_e: Any, g_6: Any, e: Any, EC: Any, phi: Any) -> Any:
    r"""Ferritin production, :math:`v = k_f F_0 (1 + f_1 I_e + f_6\, e/(EC_f + e) + \phi_F)`"""
    return k * F_0 * (1 + g_1 * I_e + g_6 * e / (EC + e) + phi)


def start_rise(g: Any, e: Any, EC: Any, n: Any, kappa: Any) -> Any:
    r"""Drive of hepcidin over the day, :math:`1 + g \overline{H(e_0 c; EC, n)}`"""
    return 1 + g * rhythmic_hill(e, EC, n, kappa)


def start_share(P: Any, h_0: Any, K: Any) -> Any:
    r"""Iron in balance with hepcidin, :math:`x_0 = (\sqrt{1 + 4 a P (1 + a)} - 1)/(2 a P)`

    with :math:`a = h_0/K_i`: the positive root of :math:`x (1 + a P x) = 1 + a`.
    """
    a = h_0 / K
    return (sqrt(1 + 4 * a * P * (1 + a)) - 1) / (2 * a * P)


def start_hepcidin(h_0: Any, P: Any, x: Any) -> Any:
    r"""Starts in steady state, :math:`h_0 P x_0`"""
    return h_0 * P * x


def start_iron(Fe_0: Any, x: Any) -> Any:
    r"""Starts in steady state, :math:`Fe_0 x_0`"""
    return Fe_0 * x


def start_ferritin(F_0: Any, g_1: Any, M_0: Any, g_6: Any, e: Any, EC: Any, kappa: Any, phi: Any) -> Any:
    r"""Daily mean in steady state, :math:`F_0 (1 + g_1 M_0 + g_6 \overline{H(e_0 c; EC, 1)} + phi)`"""
    return F_0 * (1 + g_1 * M_0 + g_6 * rhythmic_hill(e, EC, 1, kappa) + phi)


module = Module(
    "iron",
    "Hepcidin, iron, ferritin",
    about="IL-6 is necessary and sufficient for the hypoferraemia of inflammation (Nemeth 2004).",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(iron_share, share, serum_iron, Fe_0),
        AssignmentRule(rise, start_rise, h_g, signal_at_start, h_ec, h_n, il6_rhythm),
        AssignmentRule(iron_share_at_start, start_share, rise, h_0, K_i),
    ),
    fluxes=(
        Flux(NOTHING >> messenger, hepcidin_induced, k_h, h_0, h_g, il6_signal, h_ec, h_n, iron_share),
        Flux(messenger >> NOTHING, first_order, messenger, k_h),
        Flux(NOTHING >> hepcidin, first_order, messenger, k_h),
        Flux(hepcidin >> NOTHING, first_order, hepcidin, k_h),
        Flux(NOTHING >> serum_iron, released, k_fe, Fe_0, h_0, hepcidin, K_i),
        Flux(serum_iron >> NOTHING, first_order, serum_iron, k_fe),
        Flux(
            NOTHING >> ferritin,
            ferritin_made,
            k_f,
            F_0,
            F_1,
            il1_signal,
            F_6,
            il6_signal,
            F_ec,
            ferritin_drive,
        ),
        Flux(ferritin >> NOTHING, first_order, ferritin, k_f),
    ),
    starts=(
        InitialCondition(messenger, start_hepcidin, h_0, rise, iron_share_at_start),
        InitialCondition(hepcidin, start_hepcidin, h_0, rise, iron_share_at_start),
        InitialCondition(serum_iron, start_iron, Fe_0, iron_share_at_start),
        InitialCondition(
            ferritin, start_ferritin,
            F_0, F_1, initial_activity, F_6, signal_at_start, F_ec, il6_rhythm, initial_ferritin_drive,
        ),
    ),
    observables=(
        Observable("hepcidin", "ng/mL", "hepcidin-25", itself, hepcidin),
        Observable("serum_iron", "umol/L", "serum iron", itself, serum_iron),
        Observable("ferritin", "ug/L", "ferritin", itself, ferritin),
    ),
)  # fmt: skip
