"""Anakinra: recombinant antagonist of the IL-1 receptor, injected under the skin once a day."""

from __future__ import annotations

from quotidian.dosing import subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.safety import below
from quotidian.network import Parameters
from quotidian.vocabulary import il1_block

k = Parameters(__file__)
moves = disposition(k, "anakinra", usual=100.0, tag="ana")
module = assembled(
    "anakinra",
    "Anakinra",
    "It competes with IL-1 for its receptor and is eliminated within hours.",
    k,
    (moves.parts, effect(k, moves.plasma, il1_block, "EC50")),
)
drug = Drug(
    module,
    group="Blockers of IL-1",
    preparations=(
        Preparation(
            "anakinra",
            "subcutaneous",
            subcutaneous("2 mg/kg", of="anakinra").at_most("100 mg").every("1 day"),
            "licensed",
            "2 mg/kg a day, trial ANAJIS; label in Europe for Still's disease: 1 to 2 mg/kg below 50 kg",
        ),
    ),
    most_per_day=k("most_per_day", "mg/kg/day").value,
    safety=below(k, "neutrophils", "1e9/L"),
)
