"""Tofacitinib: an inhibitor of Janus kinases 1 and 3, by mouth twice a day.

It blocks signalling of gp130 and of interferon-gamma. It has no direct effect on IL-6.
"""

from __future__ import annotations

from quotidian.dosing import Bands, oral
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.drugs.safety import below
from quotidian.network import Parameters
from quotidian.vocabulary import ifn_block, jak_block

k = Parameters(__file__)
moves = disposition(k, "tofacitinib", usual=150.0, tag="tofa", depot="in the gut", form="total")
module = assembled(
    "tofacitinib",
    "Tofacitinib",
    "It inhibits the signal and not the receptor; IL-6 does not rise, because its uptake is not blocked.",
    k,
    (
        moves.parts,
        effect(k, moves.plasma, jak_block, "IC50_il6"),
        effect(k, moves.plasma, ifn_block, "IC50_ifn"),
    ),
)
drug = Drug(
    module,
    group="Inhibitors of Janus kinases",
    preparations=(
        Preparation(
            "tofacitinib",
            "oral",
            oral(
                Bands({"10 kg to 20 kg": "3.2 mg", "20 kg to 40 kg": "4 mg", "40 kg and above": "5 mg"}),
                of="tofacitinib",
            ).every("12 hour"),
            "tried",
            "label, polyarticular JIA; tried in systemic JIA",
        ),
    ),
    most_per_day=k("most_per_day", "mg/kg/day").value,
    safety=below(k, "neutrophils", "1e9/L"),
)
