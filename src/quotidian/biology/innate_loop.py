"""Innate activity: driven by the disease, by IL-1 and by IL-6 in the joint; it produces IL-6 every afternoon.

The loop gain ``b_1 + b_6`` stays below 1, so the loop settles. IL-1beta is latent: it acts where it
is made and plasma assays do not see it.
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
from quotidian.network.laws import cos, exp, first_order, log
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
    innate_activity,
    joint_signal,
    restraint,
    severity,
    signal_at_start,
)

k = Parameters(__file__)
k_m, k_i = k("k_innate", "1/h"), k("k_il1", "1/h")
drive, b_1, b_6 = k("drive", "1"), k("gain_il1", "1"), k("gain_il6", "1")
kappa, peak_hour, day = k("kappa", "1"), k("peak_hour", "h"), k("day", "h")
a_1, smoothing = k("il1_share", "1"), k("smoothing", "1")

turn = Signal("innate_loop.turn", "1", "angle of the day", r"\vartheta")
mean_drive = Signal("innate_loop.mean_drive", "1", "mean of the unscaled clock", r"\bar{I}_0")
TWO_PI = 6.283185307179586


def angle(t: Any, t_p: Any, T: Any) -> Any:
    r"""Angle from the daily peak, :math:`\vartheta = 2\pi (t - t_p)/T_{24}`"""
    return TWO_PI * (t - t_p) / T


def bessel_i0(kappa: Any) -> Any:
    r"""Mean of the unscaled clock, :math:`I_0(\kappa) = \sum_m (\kappa^2/4)^m / m!^2`

    A modified Bessel function, the mean of :math:`e^{\kappa\cos\vartheta}`.
    The first 24 terms, exact to rounding for :math:`\kappa \le 8` (Abramowitz and Stegun 9.6.12).
    """
    q = kappa * kappa / 4
    total: Any = 1.0
    for m in range(24, 0, -1):
        total = 1 + q * total / (m * m)
    return total


def daily(kappa: Any, theta: Any, mean: Any) -> Any:
    r"""Clock with mean 1, :math:`c = e^{\kappa \cos\vartheta} / I_0(\kappa)`"""
    return exp(kappa * cos(theta) - log(mean))


def smoothed(kappa: Any, z: Any) -> Any:
    r"""Sharpness that clearance leaves in plasma, :math:`\kappa_L = z \kappa`"""
    return kappa * z


def innate_drive(
    k_m: Any, f: Any, s_0: Any, s: Any, xi: Any, i: Any, b_1: Any, I_e: Any, b_6: Any, e_j: Any
) -> Any:
    r"""Recruitment of innate cells, :math:`v = k_M f (s_0 s \xi + \iota + b_1 I_e + b_6 e_j)`"""
    return k_m * f * (s_0 * s * xi + i + b_1 * I_e + b_6 * e_j)


def il1_made(k_i: Any, M: Any, c: Any) -> Any:
    r"""IL-1beta follows innate activity by the clock, :math:`v = k_I M c`"""
    return k_i * M * c


def unblocked(IL1: Any, B: Any) -> Any:
    r"""Active IL-1, :math:`I_e = I / (1 + B_1)`"""
    return IL1 / (1 + B)


def il6_drive(f: Any, b: Any, a_1: Any, I_e: Any, M: Any, c: Any) -> Any:
    r"""IL-6 production, :math:`p = f b_L (a_1 I_e + (1 - a_1) M c)`"""
    return f * b * (a_1 * I_e + (1 - a_1) * M * c)


def set_point(s_0: Any, s: Any, b_1: Any, b_6: Any) -> Any:
    r"""Where the loop settles, :math:`M_0 = s_0 s / (1 - b_1 - b_6)`"""
    return s_0 * s / (1 - b_1 - b_6)


def severity_under_restraint(f: Any, b_1: Any, b_6: Any) -> Any:
    r"""Factor on severity that keeps innate activity under a restraint of production f, in closed form.

    With restraint f innate activity settles where :math:`M = f (s_0 s' + b_1 M + b_6 e_j)`, and IL-6 is
    :math:`e_j = f M`, so at :math:`M = f s_0 s'/(1 - f b_1 - f^2 b_6)`. For an unchanged
    :math:`M = s_0 s/(1 - b_1 - b_6)` that gives
    :math:`s'/s = (1 - f b_1 - f^2 b_6)/(f (1 - b_1 - b_6))`; IL-6 is lower by f.
    """
    return (1.0 - f * b_1 - f * f * b_6) / (f * (1.0 - b_1 - b_6))


def at_start(L_0: Any, M_0: Any) -> Any:
    r"""Daily mean at the start, undrugged, :math:`e_0 = L_0 M_0`"""
    return L_0 * M_0


module = Module(
    "innate_loop",
    "Innate loop and daily clock",
    about="IL-6 and fever peak together late in the day, by one daily drive.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(initial_activity, set_point, drive, severity, b_1, b_6),
        AssignmentRule(signal_at_start, at_start, il6_reference, initial_activity),
        AssignmentRule(turn, angle, TIME, peak_hour, day),
        AssignmentRule(mean_drive, bessel_i0, kappa),
        AssignmentRule(il6_rhythm, smoothed, kappa, smoothing),
        AssignmentRule(clock, daily, kappa, turn, mean_drive),
        AssignmentRule(il1_signal, unblocked, il1, il1_block),
        AssignmentRule(
            il6_production, il6_drive, restraint, il6_brake, a_1, il1_signal, innate_activity, clock
        ),
    ),
    fluxes=(
        Flux(
            NOTHING >> innate_activity,
            innate_drive,
            k_m,
            restraint,
            drive,
            severity,
            course,
            infection,
            b_1,
            il1_signal,
            b_6,
            joint_signal,
        ),
        Flux(innate_activity >> NOTHING, first_order, innate_activity, k_m),
        Flux(NOTHING >> il1, il1_made, k_i, innate_activity, clock),
        Flux(il1 >> NOTHING, first_order, il1, k_i),
    ),
    starts=(
        InitialCondition(innate_activity, itself, initial_activity),
        InitialCondition(il1, itself, initial_activity),
    ),
    observables=(
        Observable(
            "innate_activity", "1", "innate activity, 1 in typical active disease", itself, innate_activity
        ),
        Observable(
            "il1", "1", "IL-1beta at its site of action, relative (not measurable in plasma)", itself, il1
        ),
    ),
)
