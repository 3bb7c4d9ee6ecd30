"""Sirukumab: an antibody to IL-6, tried in rheumatoid arthritis."""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.ligand_binding import ligand_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion = Input("sirukumab_infusion", "mg/h", "rate of infusion of sirukumab", r"\dot{a}_{siru}")
moves = disposition(k, "sirukumab", usual=400.0, tag="siru", infusion=infusion)
module = assembled(
    "sirukumab",
    "Sirukumab",
    "It takes free IL-6 and keeps it from its receptor.",
    k,
    (moves.pieces, *ligand_binding(k, moves.plasma, "siru")),
)
