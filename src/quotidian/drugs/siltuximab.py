"""Siltuximab: an antibody to IL-6, infused; licensed for multicentric Castleman disease."""

from __future__ import annotations

from quotidian.dosing import infusion
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.ligand_binding import ligand_binding
from quotidian.drugs.module_parts import assembled
from quotidian.network import Input, Parameters

k = Parameters(__file__)
infusion_rate = Input("siltuximab_infusion", "mg/h", "rate of infusion of siltuximab", r"\dot{a}_{silt}")
moves = disposition(k, "siltuximab", usual=1500.0, tag="silt", infusion=infusion_rate)
module = assembled(
    "siltuximab",
    "Siltuximab",
    "It binds free IL-6 and thereby prevents its binding to the receptor.",
    k,
    (moves.parts, *ligand_binding(k, moves.plasma, "silt")),
)
drug = Drug(
    module,
    group="Antibodies to IL-6",
    preparations=(
        Preparation(
            "siltuximab",
            "infusion",
            infusion("11 mg/kg", of="siltuximab", over="1 hour").every("21 day"),
            "scaled",
            "11 mg/kg every 3 weeks, kept per kg",
            over_h=1.0,
        ),
    ),
)
