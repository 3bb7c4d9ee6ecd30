"""Emapalumab: an antibody to interferon-gamma, given in macrophage activation syndrome."""

from __future__ import annotations

from quotidian.drugs.disposition import disposition
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters
from quotidian.vocabulary import ifn_block

k = Parameters(__file__)
infusion = Input("emapalumab_infusion", "mg/h", "rate of infusion of emapalumab", r"\dot{a}_{ema}")
moves = disposition(k, "emapalumab", usual=2000.0, tag="ema", infusion=infusion)
module = assembled(
    "emapalumab",
    "Emapalumab",
    "It holds interferon-gamma. Clearance by its target, large in severe disease, is not modelled.",
    k,
    (moves.pieces, effect(k, moves.plasma, ifn_block, "IC50")),
)
