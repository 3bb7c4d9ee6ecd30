"""Sirukumab: an antibody to IL-6, tried in rheumatoid arthritis."""

from __future__ import annotations

from quotidian.dosing import subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.ligand_binding import ligand_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion_rate = Input("sirukumab_infusion", "mg/h", "rate of infusion of sirukumab", r"\dot{a}_{siru}")
moves = disposition(k, "sirukumab", usual=400.0, tag="siru", infusion=infusion_rate)
module = assembled(
    "sirukumab",
    "Sirukumab",
    "It binds free IL-6 and thereby prevents its binding to the receptor.",
    k,
    (moves.parts, *ligand_binding(k, moves.plasma, "siru")),
)
drug = Drug(
    module,
    group="Antibodies to IL-6",
    preparations=(
        Preparation(
            "sirukumab",
            "subcutaneous",
            subcutaneous("2 mg/kg", of="sirukumab").at_most("100 mg").every("14 day"),
            "scaled",
            "100 mg every 2 weeks, as tried in rheumatoid arthritis",
        ),
        Preparation("sirukumab-iv", "infusion", None, "scaled", "as in its trials", over_h=0.5),
    ),
)
