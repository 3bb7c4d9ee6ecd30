"""Systemic drive: the disease, IL-1 and IL-6 of the joint recruit innate cells, which have a memory.

The strength of the drive depends on this memory of past activity. After weeks of activity the drive
sustains itself. After months without activity little of it is left, and the disease may remain inactive
without a drug. The loop gain ``b_1 + b_6`` stays below 1, so the loop has a steady state. IL-1beta is not
observed: it acts where it is produced, and plasma assays do not detect it.
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
)
from quotidian.network.flux import itself
from quotidian.network.laws import cos, exp, first_order, hill, log
from quotidian.vocabulary import (
    clock,
    course,
    il1,
    il1_block,
    il1_signal,
    il6_brake,
    il6_production,
    il6_reference,
    il6_rhythm,
    infection,
    initial_activity,
    initial_arthritis,
    innate_activity,
    innate_memory,
    jak_block,
    joint_activity,
    joint_signal,
    restraint,
    severity,
    signal_at_start,
)

k = Parameters(__file__)
k_m, k_i = k("k_innate", "1/h"), k("k_il1", "1/h")
drive, b_1, b_6 = k("drive", "1"), k("gain_il1", "1"), k("gain_il6", "1")
theta, h_T, m_T = k("memory_floor", "1"), k("memory_half", "1"), k("memory_steepness", "1")
tau_T, T_0 = k("memory_time", "h"), k("memory_at_start", "1")
lambda_J = k("jak_recruitment", "1")
kappa, peak_hour, day = k("kappa", "1"), k("peak_hour", "h"), k("day", "h")
a_c, eta = k("clock_share", "1"), k("second_peak", "1")
a_1, smoothing = k("il1_share", "1"), k("smoothing", "1")
sigma_J = k("joint_source", "1")

turn = Signal("innate_loop.turn", "1", "angle of the day", r"\vartheta")
mean_drive = Signal("innate_loop.mean_drive", "1", "mean of the unscaled daily course", r"\bar{I}_0")
gain = Signal("innate_loop.memory_gain", "1", "factor on the systemic drive due to memory", "g")
gain_at_start = Signal(
    "innate_loop.memory_gain_at_start", "1", "factor on the systemic drive due to memory, at the start", "g_0"
)
TWO_PI = 6.283185307179586


def angle(t: Any, t_p: Any, T: Any) -> Any:
    r"""Angle from the daily peak, :math:`\vartheta = 2\pi (t - t_p)/T_{24}`"""
    return TWO_PI * (t - t_p) / T


def bessel_i0(kappa: Any) -> Any:
    r"""Mean of the unscaled daily course, :math:`I_0(\kappa) = \sum_m (\kappa^2/4)^m / m!^2`

    A modified Bessel function, the mean of :math:`e^{\kappa\cos\vartheta}`.
    The first 24 terms, exact to rounding for :math:`\kappa \le 8` (Abramowitz and Stegun 9.6.12).
    """
    q = kappa * kappa / 4
    total: Any = 1.0
    for m in range(24, 0, -1):
        total = 1 + q * total / (m * m)
    return total


def daily(a_c: Any, kappa: Any, theta: Any, mean: Any, eta: Any) -> Any:
    r"""Clock with mean 1,
    :math:`c = 1 - a_c + a_c (e^{\kappa\cos\vartheta} + \eta e^{-\kappa\cos\vartheta})/(I_0 (1 + \eta))`

    With a second peak :math:`\eta` half a day after the first (double-quotidian fever).
    """
    first = exp(kappa * cos(theta) - log(mean))
    second = exp(-kappa * cos(theta) - log(mean))
    return 1 - a_c + a_c * (first + eta * second) / (1 + eta)


def smoothed(z: Any, a_c: Any, kappa: Any) -> Any:
    r"""Sharpness of the rhythm in plasma, reduced by clearance, :math:`\kappa_L = z a_c \kappa`"""
    return z * a_c * kappa


def memory_gain(T: Any, theta: Any, h_T: Any, m: Any) -> Any:
    r"""Factor on the systemic drive due to memory,
    :math:`g = \theta + (1 - \theta)(1 + h_T^m)\, H(T^2; h_T^2, m/2)`

    1 at T = 1. It equals :math:`H(T; h_T, m)`, written with a base that numerical errors cannot make
    negative.
    """
    return theta + (1 - theta) * (1 + h_T**m) * hill(T * T, h_T * h_T, m / 2)


def innate_drive(
    k_m: Any, f: Any, s_0: Any, s: Any, xi: Any, g: Any, i: Any, b_1: Any, I_e: Any, b_6: Any, e_j: Any,
    lambda_J: Any, B_J: Any,
) -> Any:  # fmt: skip
    r"""Recruitment of innate cells,
    :math:`v = k_M f (s_0 s \xi g + \iota + b_1 I_e + b_6 e_j)/(1 + \lambda_J B_J)`
    """
    return k_m * f * (s_0 * s * xi * g + i + b_1 * I_e + b_6 * e_j) / (1 + lambda_J * B_J)


def remembered(M: Any, tau_T: Any) -> Any:
    r"""Gain or loss of the memory, :math:`v = M/\tau_T`"""
    return M / tau_T


def il1_made(k_i: Any, M: Any, c: Any) -> Any:
    r"""Production of IL-1beta by innate cells in their daily rhythm, :math:`v = k_I M c`"""
    return k_i * M * c


def unblocked(IL1: Any, B: Any) -> Any:
    r"""Active IL-1, :math:`I_e = I / (1 + B_1)`"""
    return IL1 / (1 + B)


def il6_drive(
    f: Any, b: Any, a_1: Any, I_e: Any, M: Any, c: Any, sigma_J: Any, J: Any
) -> Any:  # fmt: skip
    r"""IL-6 production by innate cells and by the joints,
    :math:`p = (f b_L (a_1 I_e + (1 - a_1) M c) + \sigma_J J)/(1 + \sigma_J)`
    """
    return (f * b * (a_1 * I_e + (1 - a_1) * M * c) + sigma_J * J) / (1 + sigma_J)


def set_point(s_0: Any, s: Any, g: Any, b_1: Any, b_6: Any) -> Any:
    r"""Steady state of the loop, :math:`M_0 = s_0 s g / (1 - b_1 - b_6)`"""
    return s_0 * s * g / (1 - b_1 - b_6)


def severity_under_restraint(f: Any, b_1: Any, b_6: Any) -> Any:
    r"""Factor on severity that keeps innate activity unchanged when steroid reduces production to f, in
    closed form.

    In steady state :math:`M = f (s_0 s' g + b_1 M + b_6 e_j)` with IL-6 :math:`e_j = f M`, hence :math:`M
    = f s_0 s' g/(1 - f b_1 - f^2 b_6)`. Setting this equal to :math:`M = s_0 s g/(1 - b_1 - b_6)` gives
    :math:`s'/s = (1 - f b_1 - f^2 b_6)/(f (1 - b_1 - b_6))`; IL-6 is lower by f.
    """
    return (1.0 - f * b_1 - f * f * b_6) / (f * (1.0 - b_1 - b_6))


def at_start(L_0: Any, M_0: Any, sigma_J: Any, J_0: Any) -> Any:
    r"""Daily mean at the start without drug, :math:`e_0 = L_0 (M_0 + \sigma_J J_0)/(1 + \sigma_J)`"""
    return L_0 * (M_0 + sigma_J * J_0) / (1 + sigma_J)


module = Module(
    "innate_loop",
    "Systemic drive and daily clock",
    about="IL-6 and fever share a daily rhythm; after months of inactive disease the systemic drive is low.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(gain_at_start, memory_gain, T_0, theta, h_T, m_T),
        AssignmentRule(initial_activity, set_point, drive, severity, gain_at_start, b_1, b_6),
        AssignmentRule(
            signal_at_start, at_start, il6_reference, initial_activity, sigma_J, initial_arthritis
        ),
        AssignmentRule(turn, angle, TIME, peak_hour, day),
        AssignmentRule(mean_drive, bessel_i0, kappa),
        AssignmentRule(il6_rhythm, smoothed, smoothing, a_c, kappa),
        AssignmentRule(clock, daily, a_c, kappa, turn, mean_drive, eta),
        AssignmentRule(gain, memory_gain, innate_memory, theta, h_T, m_T),
        AssignmentRule(il1_signal, unblocked, il1, il1_block),
        AssignmentRule(
            il6_production, il6_drive,
            restraint, il6_brake, a_1, il1_signal, innate_activity, clock, sigma_J, joint_activity,
        ),
    ),
    fluxes=(
        Flux(
            NOTHING >> innate_activity, innate_drive,
            k_m, restraint, drive, severity, course, gain, infection, b_1, il1_signal, b_6, joint_signal,
            lambda_J, jak_block,
        ),
        Flux(innate_activity >> NOTHING, first_order, innate_activity, k_m),
        Flux(NOTHING >> innate_memory, remembered, innate_activity, tau_T),
        Flux(innate_memory >> NOTHING, remembered, innate_memory, tau_T),
        Flux(NOTHING >> il1, il1_made, k_i, innate_activity, clock),
        Flux(il1 >> NOTHING, first_order, il1, k_i),
    ),
    starts=(
        InitialCondition(innate_activity, itself, initial_activity),
        InitialCondition(innate_memory, itself, T_0),
        InitialCondition(il1, itself, initial_activity),
    ),
    observables=(
        Observable(
            "innate_activity", "1", "innate activity, 1 in typical active disease", itself, innate_activity
        ),
        Observable(
            "innate_memory", "1", "memory of innate cells, 1 in typical active disease",
            itself, innate_memory,
        ),
        Observable(
            "il1", "1", "IL-1beta at its site of action, relative (not measurable in plasma)", itself, il1
        ),
    ),
)  # fmt: skip
