"""Olamkicept (sgp130Fc): two soluble gp130 molecules on an Fc part; it blocks trans-signalling only.

No data on its disposition in humans were found; it is assumed from other Fc fusion proteins.
"""

from __future__ import annotations

from quotidian.dosing import infusion
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.ligand_binding import complex_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion_rate = Input("olamkicept_infusion", "mg/h", "rate of infusion of olamkicept", r"\dot{a}_{olam}")
moves = disposition(k, "olamkicept", usual=1500.0, tag="olam", infusion=infusion_rate)
module = assembled(
    "olamkicept",
    "Olamkicept (sgp130Fc)",
    "Like sgp130 it binds IL-6 with sIL-6R and not free IL-6, so classic signalling continues.",
    k,
    (moves.parts, *complex_binding(k, moves.plasma, "olam")),
)
drug = Drug(
    module,
    group="Inhibitors of trans-signalling",
    preparations=(
        Preparation(
            "olamkicept",
            "infusion",
            infusion("12 mg/kg", of="olamkicept", over="2 hour").at_most("600 mg").every("14 day"),
            "scaled",
            "600 mg every 2 weeks, as tried in ulcerative colitis",
            over_h=2.0,
        ),
    ),
)
