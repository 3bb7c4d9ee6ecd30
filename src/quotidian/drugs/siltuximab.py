"""Siltuximab: an antibody to IL-6, into a vein; licensed for multicentric Castleman disease."""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.ligand_binding import ligand_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion = Input("siltuximab_infusion", "mg/h", "rate of infusion of siltuximab", r"\dot{a}_{silt}")
moves = disposition(k, "siltuximab", usual=1500.0, tag="silt", infusion=infusion)
module = assembled(
    "siltuximab",
    "Siltuximab",
    "It takes free IL-6 and keeps it from its receptor.",
    k,
    (moves.pieces, *ligand_binding(k, moves.plasma, "silt")),
)
