"""Sarilumab: an antibody to the IL-6 receptor with 15 to 22 times the affinity of tocilizumab."""

from __future__ import annotations

from quotidian.dosing import Bands, subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.safety import above_normal, below
from quotidian.drugs.target_binding import receptor_binding
from quotidian.network import Parameters

k = Parameters(__file__)
moves = disposition(k, "sarilumab", usual=400.0, tag="sari")
module = assembled(
    "sarilumab",
    "Sarilumab",
    "An antibody to the IL-6 receptor, membrane-bound and soluble.",
    k,
    (moves.parts, *receptor_binding(k, moves.plasma, "sari")),
)
drug = Drug(
    module,
    group="Antibodies to the IL-6 receptor",
    preparations=(
        Preparation(
            "sarilumab",
            "subcutaneous",
            subcutaneous(Bands({"below 30 kg": "4 mg/kg", "30 kg and above": "3 mg/kg"}), of="sarilumab")
            .at_most("200 mg")
            .every("14 day"),
            "tried",
            "dose-finding trials in JIA; adult dose 200 mg",
        ),
    ),
    safety=(
        *below(k, "neutrophils", "1e9/L"),
        *below(k, "platelets", "1e9/L"),
        *above_normal(k, "alt", "U/L"),
    ),
)
