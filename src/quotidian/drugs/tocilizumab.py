"""Tocilizumab (MRA): two-compartment disposition with linear and saturable clearance, binding to IL-6R.

Bound sIL-6R leaves about sixteen times more slowly than free, so total sIL-6R rises under the drug.
The saturable path is counted once, here, as Michaelis-Menten clearance. Some children make antibodies
against the drug, which hasten its clearance.
"""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.target_binding import receptor_binding
from quotidian.network import Input, Parameters
from quotidian.vocabulary import tocilizumab_infusion

k = Parameters(__file__)
antibodies = Input(
    "tocilizumab_antibodies", "1", "antibodies against tocilizumab, 1 in a child that makes them", "A_D"
)
moves = disposition(k, "tocilizumab", usual=2000.0, infusion=tocilizumab_infusion, against=antibodies)
tocilizumab = moves.plasma
module = assembled(
    "tocilizumab",
    "Tocilizumab",
    "An antibody to the IL-6 receptor, membrane-bound and soluble.",
    k,
    (moves.pieces, *receptor_binding(k, tocilizumab)),
)
