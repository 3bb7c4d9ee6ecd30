"""Satralizumab: an antibody to the IL-6 receptor that dissociates in the endosome and returns to plasma.

Binding that depends on pH spares the drug but not the receptor.
"""

from __future__ import annotations

from quotidian.dosing import subcutaneous
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.safety import above_normal, below
from quotidian.drugs.target_binding import receptor_binding
from quotidian.network import Parameters

k = Parameters(__file__)
moves = disposition(k, "satralizumab", usual=400.0, tag="satra")
module = assembled(
    "satralizumab",
    "Satralizumab",
    "A recycling antibody to the IL-6 receptor: most internalised complexes return the drug to plasma.",
    k,
    (moves.parts, *receptor_binding(k, moves.plasma, "satra")),
)
_DOSE = subcutaneous("2.4 mg/kg", of="satralizumab").at_most("120 mg")
drug = Drug(
    module,
    group="Antibodies to the IL-6 receptor",
    preparations=(
        Preparation(
            "satralizumab",
            "subcutaneous",
            _DOSE.every("14 day").times(2).then(_DOSE.every("28 day"), after="14 day"),
            "scaled",
            "120 mg at weeks 0, 2, 4 and every 4 weeks",
        ),
    ),
    safety=(
        *below(k, "neutrophils", "1e9/L"),
        *below(k, "platelets", "1e9/L"),
        *above_normal(k, "alt", "U/L"),
    ),
)
