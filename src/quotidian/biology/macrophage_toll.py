"""Effects of activated macrophages: loss of blood cells and fibrinogen, ferritin, continuous fever."""

from __future__ import annotations

from typing import Any

from quotidian.network import AssignmentRule, Module, Observable, Parameters, Part, Signal
from quotidian.network.flux import itself
from quotidian.network.laws import rhythmic_hill
from quotidian.vocabulary import (
    ferritin_drive,
    fibrinogen_consumption,
    ifn_signal,
    il6_rhythm,
    il6_signal,
    initial_activation,
    initial_ferritin_drive,
    initial_ifn,
    macrophage_activation,
    macrophage_pyrogen,
    neutrophil_loss,
    platelet_consumption,
    red_cell_consumption,
    signal_at_start,
)

k = Parameters(__file__)
g_p, g_h, g_f = k("platelet_loss", "1"), k("red_cell_loss", "1"), k("fibrinogen_loss", "1")
g_N = k("neutrophil_loss", "1")
F_1, ell, a = k("ferritin_full", "1"), k("ferritin_direct", "1"), k("ferritin_alone", "1")
x_1, e_h, i = k("pyrogen_full", "degC"), k("half_signal", "pg/mL"), k("pyrogen_alone", "1")

toll = Signal("macrophage_toll.haemophagocytosis", "1", "haemophagocytosis, 1 in full MAS", "Z")
gate = Signal(
    "macrophage_toll.il6_gate",
    "1",
    "IL-6-dependent part of fever and ferritin, relative to saturating IL-6",
    "G",
)
initial_gate = Signal("macrophage_toll.initial_gate", "1", "daily mean of that part at the start", "G_0")


def part(name: str, unit: str, meaning: str, symbol: str, of: Any) -> Part:
    """The contribution of this mechanism to a sum."""
    return Part(f"macrophage_toll.{name}", unit, meaning, symbol, of)


platelets = part(
    "platelet_consumption", "1", "platelet loss due to macrophages", r"\chi_P", platelet_consumption
)
red_cells = part(
    "red_cell_consumption", "1", "red cell loss due to macrophages", r"\chi_H", red_cell_consumption
)
neutrophils = part(
    "neutrophil_consumption", "1", "neutrophil loss due to macrophages", r"\chi_A", neutrophil_loss
)
fibrinogen = part(
    "fibrinogen_consumption", "1", "fibrinogen loss due to macrophages", r"\chi_F", fibrinogen_consumption
)
ferritin = part("ferritin_drive", "1", "ferritin due to macrophages", r"\phi_F", ferritin_drive)
initial_ferritin = part(
    "initial_ferritin_drive",
    "1",
    "ferritin due to macrophages at the start",
    r"\phi_0",
    initial_ferritin_drive,
)
pyrogen = part("macrophage_pyrogen", "degC", "fever due to macrophages", "x_A", macrophage_pyrogen)


def haemophagocytosis(A: Any) -> Any:
    r"""Haemophagocytosis, :math:`Z = A^2`

    It needs an activated cell and a target cell, and the same cytokines change both; hence the square.
    """
    return A * A


def in_proportion(g: Any, Z: Any) -> Any:
    r"""Proportional to haemophagocytosis, :math:`g Z`"""
    return g * Z


def il6_gate(e: Any, e_h: Any) -> Any:
    r"""Gating by IL-6, :math:`G = e/(e_h + e)`"""
    return e / (e_h + e)


def il6_gate_of_a_day(e: Any, e_h: Any, kappa: Any) -> Any:
    r"""Mean gating by initial IL-6 over a day, :math:`\overline{H(e_0 c; e_h, 1)}`"""
    return rhythmic_hill(e, e_h, 1, kappa)


def ferritin_made(F_1: Any, ell: Any, y_e: Any, A: Any, a: Any, G: Any) -> Any:
    r"""Ferritin production, :math:`\phi = F_1 (l\, \gamma_e + (1 - l) A)\, (a + (1 - a) G)`"""
    return F_1 * (ell * y_e + (1 - ell) * A) * (a + (1 - a) * G)


def fever_asked(x_1: Any, Z: Any, i: Any, G: Any) -> Any:
    r"""Requested fever, :math:`x = x_1 Z\, (i + (1 - i)\, G)`

    Most of it needs IL-6 (Nilsberth 2009), so IL-6 blockade masks a part of it.
    """
    return x_1 * Z * (i + (1 - i) * G)


module = Module(
    "macrophage_toll",
    "Effects of activated macrophages",
    about="Macrophages cause fever and loss of blood cells and fibrinogen only at the activation of MAS.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(toll, haemophagocytosis, macrophage_activation),
        AssignmentRule(platelets, in_proportion, g_p, toll),
        AssignmentRule(neutrophils, in_proportion, g_N, toll),
        AssignmentRule(red_cells, in_proportion, g_h, toll),
        AssignmentRule(fibrinogen, in_proportion, g_f, toll),
        AssignmentRule(gate, il6_gate, il6_signal, e_h),
        AssignmentRule(initial_gate, il6_gate_of_a_day, signal_at_start, e_h, il6_rhythm),
        AssignmentRule(ferritin, ferritin_made, F_1, ell, ifn_signal, macrophage_activation, a, gate),
        AssignmentRule(
            initial_ferritin, ferritin_made, F_1, ell, initial_ifn, initial_activation, a, initial_gate
        ),
        AssignmentRule(pyrogen, fever_asked, x_1, toll, i, gate),
    ),
    observables=(Observable("haemophagocytosis", "1", "haemophagocytosis, 1 in full MAS", itself, toll),),
)
