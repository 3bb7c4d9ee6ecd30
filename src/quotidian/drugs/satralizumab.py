"""Satralizumab: an antibody to the IL-6 receptor that lets go of it in the endosome and returns to plasma.

Binding that depends on acidity spares the drug and not the receptor: the complex gives the drug back.
"""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.target_binding import receptor_binding
from quotidian.network import Parameters

k = Parameters(__file__)
moves = disposition(k, "satralizumab", usual=400.0, tag="satra")
module = assembled(
    "satralizumab",
    "Satralizumab",
    "A recycling antibody to the IL-6 receptor: most complexes that are lost give the drug back.",
    k,
    (moves.pieces, *receptor_binding(k, moves.plasma, "satra")),
)
