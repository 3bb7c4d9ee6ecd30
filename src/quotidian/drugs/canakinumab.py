"""Canakinumab: an antibody to IL-1beta, injected under the skin every four weeks."""

from __future__ import annotations

from quotidian.dosing import subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.network import Parameters
from quotidian.vocabulary import il1_block

k = Parameters(__file__)
moves = disposition(k, "canakinumab", usual=300.0, tag="cana")
module = assembled(
    "canakinumab",
    "Canakinumab",
    "It binds IL-1beta at its site of production; IL-1beta in plasma is not modelled.",
    k,
    (moves.parts, effect(k, moves.plasma, il1_block, "K_d", "tissue_ratio")),
)
drug = Drug(
    module,
    group="Blockers of IL-1",
    preparations=(
        Preparation(
            "canakinumab",
            "subcutaneous",
            subcutaneous("4 mg/kg", of="canakinumab").at_most("300 mg").every("28 day"),
            "licensed",
            "label, systemic JIA",
        ),
    ),
)
