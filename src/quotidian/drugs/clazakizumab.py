"""Clazakizumab: an antibody to IL-6 of high affinity; its disposition in children is assumed."""

from __future__ import annotations

from quotidian.dosing import infusion
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.ligand_binding import ligand_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion_rate = Input("clazakizumab_infusion", "mg/h", "rate of infusion of clazakizumab", r"\dot{a}_{claza}")
moves = disposition(k, "clazakizumab", usual=50.0, tag="claza", infusion=infusion_rate)
module = assembled(
    "clazakizumab",
    "Clazakizumab",
    "It binds free IL-6 and thereby prevents its binding to the receptor.",
    k,
    (moves.parts, *ligand_binding(k, moves.plasma, "claza")),
)
drug = Drug(
    module,
    group="Antibodies to IL-6",
    preparations=(
        Preparation(
            "clazakizumab",
            "infusion",
            infusion("0.2 mg/kg", of="clazakizumab", over="30 minute").at_most("10 mg").every("28 day"),
            "scaled",
            "10 mg every 4 weeks, as tried in dialysis",
            over_h=0.5,
        ),
    ),
)
