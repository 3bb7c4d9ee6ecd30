"""Tofacitinib: an inhibitor of Janus kinases 1 and 3, by mouth twice a day.

It stops the signal behind gp130 and that of interferon-gamma; IL-6 is made and cleared as before.
"""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.network import Parameters
from quotidian.vocabulary import ifn_block, jak_block

k = Parameters(__file__)
moves = disposition(k, "tofacitinib", usual=150.0, tag="tofa", depot="in the gut")
module = assembled(
    "tofacitinib",
    "Tofacitinib",
    "It blocks signals, not receptors, so IL-6 does not rise for want of uptake.",
    k,
    (
        moves.pieces,
        effect(k, moves.plasma, jak_block, "IC50_il6"),
        effect(k, moves.plasma, ifn_block, "IC50_ifn"),
    ),
)
