"""Sarilumab: an antibody to the IL-6 receptor that binds it 15 to 22 times as firmly as tocilizumab does."""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.target_binding import receptor_binding
from quotidian.network import Parameters

k = Parameters(__file__)
moves = disposition(k, "sarilumab", usual=400.0, tag="sari")
module = assembled(
    "sarilumab",
    "Sarilumab",
    "An antibody to the IL-6 receptor, membrane-bound and soluble.",
    k,
    (moves.pieces, *receptor_binding(k, moves.plasma, "sari")),
)
