"""IGF-1 and its carrier: IL-6 accelerates the loss of IGFBP-3, and unbound IGF-1 is cleared fast.

Production does not change: in mice with human IL-6 growth hormone is normal, and IGF-1 is low because
IGFBP-3 is broken down and the complex that holds it fails (De Benedetti 1997, 2001).
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
from quotidian.network.laws import log
from quotidian.vocabulary import (
    age,
    bone_age,
    igf1_relative,
    il6_signal,
    puberty,
    puberty_of_age,
    signal_at_start,
)

k = Parameters(__file__)
k_b, k_i = k("k_igfbp3", "1/h"), k("k_igf1", "1/h")
kappa, EC = k("proteolysis", "1"), k("proteolysis_ec50", "pg/mL")
c_0, c_1 = k("igf1_infant", "ng/mL"), k("igf1_rise", "ng/mL/year")
adult, surge, sigma = k("igf1_adult", "ng/mL"), k("igf1_surge", "ng/mL"), k("igf1_spread", "1")
f_I = k("own_level", "1")

igfbp3 = Species("igfbp3", "1", "IGFBP-3 relative to health", "B_3", (0, 2))
attack = Signal("igf_axis.loss_factor", "1", "loss of IGFBP-3 relative to health", r"\rho")
attack_at_start = Signal(
    "igf_axis.loss_factor_at_start",
    "1",
    "loss of IGFBP-3 at the start, relative to health",
    r"\rho_0",
)
level = Signal("igf_axis.igf1", "ng/mL", "IGF-1", "I_1")
of_maturity = Signal("igf_axis.normal_of_maturity", "ng/mL", "IGF-1 in health at the bone age", "N_b")
of_age = Signal("igf_axis.normal_of_age", "ng/mL", "IGF-1 in health at the age", "N_a")


def hastened(kappa: Any, e: Any, EC: Any) -> Any:
    r"""Relative loss, accelerated by IL-6, :math:`\rho = 1 + \kappa e/(EC + e)`"""
    return 1 + kappa * e / (EC + e)


def made(k: Any) -> Any:
    r"""Production as in health, :math:`v = k`"""
    return k


def broken_down(k_b: Any, rho: Any, B: Any) -> Any:
    r"""Loss of IGFBP-3, :math:`v = k_B \rho B_3`"""
    return k_b * rho * B


def cleared(k_i: Any, x: Any, B: Any) -> Any:
    r"""Loss of IGF-1, faster with less carrier, :math:`v = k_I x / B_3`"""
    return k_i * x / B


def in_balance(rho: Any) -> Any:
    r"""Starts in steady state, :math:`1/\rho_0`"""
    return 1 / rho


def normal(c_0: Any, c_1: Any, b: Any, p: Any, A: Any, P: Any) -> Any:
    r"""IGF-1 in health, :math:`N = (c_0 + c_1 b)(1 - p) + A p + 4 P p (1 - p)`"""
    return (c_0 + c_1 * b) * (1 - p) + A * p + 4 * P * p * (1 - p)


def shown(x: Any, N: Any, f: Any) -> Any:
    r"""IGF-1, :math:`I_1 = f_I\, x N_b` with :math:`f_I = e^{\sigma z_I}` of the child, ill or well"""
    return f * x * N


def log_score(level: Any, N: Any, sigma: Any) -> Any:
    r"""SD score for age, :math:`\ln(I_1/N_a)/\sigma`"""
    return log(level / N) / sigma


module = Module(
    "igf_axis",
    "IGF-1 and IGFBP-3",
    about="Growth hormone is normal; IL-6 increases the loss of IGFBP-3 and changes no production.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(attack, hastened, kappa, il6_signal, EC),
        AssignmentRule(attack_at_start, hastened, kappa, signal_at_start, EC),
        AssignmentRule(of_maturity, normal, c_0, c_1, bone_age, puberty, adult, surge),
        AssignmentRule(of_age, normal, c_0, c_1, age, puberty_of_age, adult, surge),
        AssignmentRule(level, shown, igf1_relative, of_maturity, f_I),
    ),
    fluxes=(
        Flux(NOTHING >> igfbp3, made, k_b),
        Flux(igfbp3 >> NOTHING, broken_down, k_b, attack, igfbp3),
        Flux(NOTHING >> igf1_relative, made, k_i),
        Flux(igf1_relative >> NOTHING, cleared, k_i, igf1_relative, igfbp3),
    ),
    starts=(
        InitialCondition(igfbp3, in_balance, attack_at_start),
        InitialCondition(igf1_relative, in_balance, attack_at_start),
    ),
    observables=(
        Observable("igf1", "ng/mL", "IGF-1", itself, level),
        Observable("igf1_sds", "1", "SD score of IGF-1 for age and sex", log_score, level, of_age, sigma),
        Observable("igfbp3", "1", "IGFBP-3, relative to health", itself, igfbp3),
    ),
)
