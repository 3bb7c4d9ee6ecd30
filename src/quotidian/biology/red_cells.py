"""Haemoglobin: production of red cells is limited by iron and inflammation; red cells have a fixed life span.

The life span is a chain of four age classes; extra loss affects every age class alike. Low haemoglobin
stimulates production, through erythropoietin, which is not a state of the model.
"""

from __future__ import annotations

from itertools import pairwise
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
from quotidian.network.laws import rhythmic_hill
from quotidian.vocabulary import (
    age_at_start,
    haemoglobin,
    haemoglobin_in_health,
    il6_rhythm,
    il6_signal,
    iron_share,
    iron_share_at_start,
    red_cell_consumption,
    signal_at_start,
)

k = Parameters(__file__)
Hb_6, beta, six = k("haemoglobin_at_six", "g/dL"), k("haemoglobin_rise", "1/year"), k("six", "year")
life, call = k("life_span", "h"), k("call", "1")
half_iron = k("half_iron", "1")
m, EC = k("marrow_inhibition", "1"), k("marrow_ec50", "pg/mL")

AGES = 4
ages = tuple(
    Species(
        f"red_cells.age_{i}", "g/dL", f"haemoglobin in red cells, age class {i} of {AGES}", f"B_{i}", (0, 4)
    )
    for i in range(1, AGES + 1)
)
birth = Signal("red_cells.birth", "g/dL", "haemoglobin in steady state at the present production", "b")
Hb_0 = haemoglobin_in_health
start = Signal("red_cells.at_start", "g/dL", "haemoglobin in steady state at the start", r"Hb_s")


def by_age(Hb_6: Any, beta: Any, a_0: Any, six: Any) -> Any:
    r"""In health, :math:`Hb_0 = Hb_6 (1 + \beta (a_0 - a_6))`; of boys and girls together"""
    return Hb_6 * (1 + beta * (a_0 - six))


def together(a: Any, b: Any, c: Any, d: Any) -> Any:
    r"""Haemoglobin, :math:`\mathrm{Hb} = B_1 + B_2 + B_3 + B_4`"""
    return a + b + c + d


def sustained(Hb_0: Any, Hb: Any, a: Any, x: Any, K: Any, m: Any, e: Any, EC: Any) -> Any:
    r"""With this production, :math:`b = Hb_0 (Hb_0/Hb)^a \frac{x (1 + K)}{x + K} (1 - m\, e/(EC + e))`"""
    return Hb_0 * (Hb_0 / Hb) ** a * (x * (1 + K) / (x + K)) * (1 - m * e / (EC + e))


def born(b: Any, tau: Any) -> Any:
    r"""New red cells, :math:`v = b/\tau`"""
    return b / tau


def grow_older(B: Any, tau: Any) -> Any:
    r"""Ageing through four age classes, :math:`v = 4 B/\tau`"""
    return 4 * B / tau


def consumed(B: Any, tau: Any, chi: Any) -> Any:
    r"""Loss at any age, :math:`v = \chi_H B/\tau`"""
    return chi * B / tau


def start_haemoglobin(Hb_0: Any, a: Any, x: Any, K: Any, m: Any, e: Any, EC: Any, kappa: Any) -> Any:
    r"""Haemoglobin in steady state, :math:`Hb_0 (y z)^{1/(1 + a)} \quad\text{with}\quad
    y = \frac{x (1 + K)}{x + K},\quad z = 1 - m \overline{H(e_0 c; EC, 1)}`

    y is the effect of iron, z that of IL-6.
    """
    y, z = x * (1 + K) / (x + K), 1 - m * rhythmic_hill(e, EC, 1, kappa)
    return Hb_0 * (y * z) ** (1 / (1 + a))


def quarter(Hb: Any) -> Any:
    r"""A quarter in each age class, :math:`Hb_s/4`"""
    return Hb / 4


module = Module(
    "red_cells",
    "Red cells",
    about="Low iron and an inhibited marrow cause anaemia, which recovers as red cells are replaced.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(Hb_0, by_age, Hb_6, beta, age_at_start, six),
        AssignmentRule(haemoglobin, together, *ages),
        AssignmentRule(birth, sustained, Hb_0, haemoglobin, call, iron_share, half_iron, m, il6_signal, EC),
        AssignmentRule(
            start, start_haemoglobin,
            Hb_0, call, iron_share_at_start, half_iron, m, signal_at_start, EC, il6_rhythm,
        ),
    ),
    fluxes=(
        Flux(NOTHING >> ages[0], born, birth, life),
        *(Flux(young >> old, grow_older, young, life) for young, old in pairwise(ages)),
        Flux(ages[-1] >> NOTHING, grow_older, ages[-1], life),
        *(Flux(age >> NOTHING, consumed, age, life, red_cell_consumption) for age in ages),
    ),
    starts=tuple(InitialCondition(age, quarter, start) for age in ages),
    observables=(Observable("haemoglobin", "g/dL", "haemoglobin", itself, haemoglobin),),
)  # fmt: skip
