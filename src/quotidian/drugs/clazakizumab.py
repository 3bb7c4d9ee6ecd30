"""Clazakizumab: an antibody to IL-6 of high affinity; its disposition in children is assumed."""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.ligand_binding import ligand_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion = Input("clazakizumab_infusion", "mg/h", "rate of infusion of clazakizumab", r"\dot{a}_{claza}")
moves = disposition(k, "clazakizumab", usual=50.0, tag="claza", infusion=infusion)
module = assembled(
    "clazakizumab",
    "Clazakizumab",
    "It takes free IL-6 and keeps it from its receptor.",
    k,
    (moves.pieces, *ligand_binding(k, moves.plasma, "claza")),
)
