"""Olokizumab: an antibody to the site of IL-6 that binds gp130, injected under the skin.

It binds IL-6 that is free or in its receptor. Bound IL-6 still binds its receptor but does not signal.
"""

from __future__ import annotations

from quotidian.dosing import subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.ligand_binding import ligand_binding_beside_receptor
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion_rate = Input("olokizumab_infusion", "mg/h", "rate of infusion of olokizumab", r"\dot{a}_{olo}")
moves = disposition(k, "olokizumab", usual=200.0, tag="olo", infusion=infusion_rate)
module = assembled(
    "olokizumab",
    "Olokizumab",
    "It binds IL-6 at site 3, free or with sIL-6R, and prevents the binding of both to gp130.",
    k,
    (moves.parts, *ligand_binding_beside_receptor(k, moves.plasma, "olo")),
)
drug = Drug(
    module,
    group="Antibodies to IL-6",
    preparations=(
        Preparation(
            "olokizumab",
            "subcutaneous",
            subcutaneous("1.25 mg/kg", of="olokizumab").at_most("64 mg").every("28 day"),
            "scaled",
            "64 mg every 4 weeks, as tried in rheumatoid arthritis",
        ),
        Preparation("olokizumab-iv", "infusion", None, "scaled", "as in its trials", over_h=0.5),
    ),
)
