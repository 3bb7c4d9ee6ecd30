"""Tocilizumab (MRA): two-compartment disposition with linear and saturable clearance, binding to IL-6R.

Bound sIL-6R is cleared about sixteen times more slowly than free, so total sIL-6R rises under the drug.
Target-mediated clearance is counted once, here, as Michaelis-Menten clearance. Some children form antibodies
against the drug, which increase its clearance.
"""

from __future__ import annotations

from quotidian.dosing import Bands, by_band, infusion, subcutaneous
from quotidian.drugs.antidrug_antibodies import antidrug_antibodies
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.safety import above_normal, below
from quotidian.drugs.target_binding import receptor_binding
from quotidian.drugs.variability import log_normal
from quotidian.network import Input, Parameters
from quotidian.vocabulary import tocilizumab_infusion

k = Parameters(__file__)
antibodies = Input(
    "tocilizumab_antibodies", "1", "antibodies against tocilizumab, 1 in a child that makes them", "A_D"
)
moves = disposition(k, "tocilizumab", usual=2000.0, infusion=tocilizumab_infusion, against=antibodies)
tocilizumab = moves.plasma
module = assembled(
    "tocilizumab",
    "Tocilizumab",
    "An antibody to the IL-6 receptor, membrane-bound and soluble.",
    k,
    (moves.parts, *receptor_binding(k, tocilizumab)),
)
IV = Preparation(
    "tocilizumab-iv",
    "infusion",
    infusion(
        Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"}), of="tocilizumab", over="1 hour"
    ).every("14 day"),
    "licensed",
    "label, systemic JIA",  # us_label_actemra
    over_h=1.0,
)
_PEN = subcutaneous("162 mg", of="tocilizumab")
SC = Preparation(
    "tocilizumab-sc",
    "subcutaneous",
    by_band({"below 30 kg": _PEN.every("14 day"), "30 kg and above": _PEN.every("7 day")}),
    "licensed",
    "label, systemic JIA, from trial JIGSAW 118",
)
drug = Drug(
    module,
    group="Antibodies to the IL-6 receptor",
    preparations=(IV, SC),
    safety=(
        *below(k, "neutrophils", "1e9/L"),
        *below(k, "platelets", "1e9/L"),
        *above_normal(k, "alt", "U/L"),
    ),
    variability=log_normal(k, "CL", "V_c", "V_p", "V_m", "strain", stream="disposition"),
    antibodies=antidrug_antibodies(k.ledger, antibodies.name),
)
