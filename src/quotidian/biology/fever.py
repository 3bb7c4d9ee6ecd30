"""Body temperature by the hour: a daily rhythm, and a set point that IL-1 and IL-6 raise together.

Neither cytokine causes fever alone. Without IL-6, prostaglandin rises but temperature does not
(Nilsberth 2009); an infusion that raises IL-6 to 140 pg/mL causes no fever (Steensberg 2003).
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
from quotidian.network.laws import cos, hill, sqrt
from quotidian.vocabulary import antipyresis, il1_signal, il6_signal, macrophage_pyrogen, temperature

k = Parameters(__file__)
T_0, A, t_c, day = k("mean", "degC"), k("amplitude", "degC"), k("acrophase", "h"), k("day", "h")
g, half, n = k("gain", "degC"), k("half_signal", "pg/mL"), k("hill", "1")
i_0, K, tau = k("il1_floor", "1"), k("il1_half", "1"), k("tau", "h")
ceiling = k("ceiling", "degC")
clock_part = Signal("fever.daily_rhythm", "degC", "normal temperature at the time of day", "T_n")
drive = Signal("fever.drive", "degC", "rise of the set point due to cytokines", "x")
set_point = Signal("fever.set_point", "degC", "set point", "F")
TWO_PI = 6.283185307179586


def rhythm(T_0: Any, A: Any, t: Any, t_c: Any, day: Any) -> Any:
    r"""Normal course, :math:`T_n = T_0 + A \cos(2\pi (t - t_c)/24\,h)`"""
    return T_0 + A * cos(TWO_PI * (t - t_c) / day)


def asked(g: Any, e: Any, a: Any, n: Any, i_0: Any, K: Any, I_e: Any, x_A: Any, B_T: Any) -> Any:
    r"""Requested rise,
    :math:`x = (g\, H(e; a, n)\, (i_0 + (1 - i_0)(1 + K)\, I_e/(K + I_e)) + x_A) / (1 + B_T)`

    The receptor of IL-1 saturates, so that blockade of IL-6 limits fever however much IL-1 there is.
    """
    return (g * hill(e, a, n) * (i_0 + (1 - i_0) * (1 + K) * I_e / (K + I_e)) + x_A) / (1 + B_T)


def raised(T_n: Any, x: Any, x_max: Any) -> Any:
    r"""Set point, :math:`F = T_n + x / \sqrt[4]{1 + (x/x_{max})^4}`

    Proportional to the requested rise while that is small, and never above the ceiling.
    """
    return T_n + x / sqrt(sqrt(1 + (x / x_max) ** 4))


def approach(F: Any, T: Any, tau: Any) -> Any:
    r"""Change of temperature towards the set point, :math:`v = (F - T)/\tau`"""
    return (F - T) / tau


def normal(T_0: Any) -> Any:
    r"""Starts at :math:`T_0`"""
    return T_0


module = Module(
    "fever",
    "Fever",
    about="One spike a day, late in the afternoon or evening, on top of the normal rhythm.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(clock_part, rhythm, T_0, A, TIME, t_c, day),
        AssignmentRule(
            drive, asked, g, il6_signal, half, n, i_0, K, il1_signal, macrophage_pyrogen, antipyresis
        ),
        AssignmentRule(set_point, raised, clock_part, drive, ceiling),
    ),
    fluxes=(Flux(NOTHING >> temperature, approach, set_point, temperature, tau),),
    starts=(InitialCondition(temperature, normal, T_0),),
    observables=(Observable("temperature", "degC", "body temperature", itself, temperature),),
)
