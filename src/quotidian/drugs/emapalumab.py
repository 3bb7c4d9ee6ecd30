"""Emapalumab: an antibody to interferon-gamma, given in macrophage activation syndrome."""

from __future__ import annotations

from quotidian.dosing import infusion
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters
from quotidian.vocabulary import ifn_block

k = Parameters(__file__)
infusion_rate = Input("emapalumab_infusion", "mg/h", "rate of infusion of emapalumab", r"\dot{a}_{ema}")
moves = disposition(k, "emapalumab", usual=2000.0, tag="ema", infusion=infusion_rate)
module = assembled(
    "emapalumab",
    "Emapalumab",
    "It binds interferon-gamma. Target-mediated clearance, large in severe disease, is not modelled.",
    k,
    (moves.parts, effect(k, moves.plasma, ifn_block, "IC50")),
)
_DOSE = infusion("3 mg/kg", of="emapalumab", over="1 hour")
drug = Drug(
    module,
    group="Antibodies to interferon-gamma",
    preparations=(
        Preparation(
            "emapalumab",
            "infusion",
            infusion("6 mg/kg", of="emapalumab", over="1 hour")
            .then(_DOSE.every("3 day").times(5), after="3 day")
            .then(_DOSE.every("84 hour"), after="84 hour")
            .until("28 day"),
            "licensed",
            "label, macrophage activation syndrome in Still's disease; 28 days",
            over_h=1.0,
        ),
    ),
)
