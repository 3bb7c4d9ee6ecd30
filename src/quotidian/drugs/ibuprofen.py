"""Ibuprofen: an antipyretic by mouth; it blocks the prostaglandin through which cytokines cause fever."""

from __future__ import annotations

from quotidian.dosing import oral
from quotidian.drugs.disposition import disposition
from quotidian.drugs.drug import Drug, Preparation
from quotidian.drugs.effect import effect
from quotidian.drugs.module_parts import assembled
from quotidian.network import Parameters
from quotidian.vocabulary import antipyresis

k = Parameters(__file__)
moves = disposition(k, "ibuprofen", usual=150000.0, tag="ibu", depot="in the gut", form="total")
module = assembled(
    "ibuprofen",
    "Ibuprofen",
    "It lowers the set point of temperature and does not affect cytokines.",
    k,
    (moves.parts, effect(k, moves.plasma, antipyresis, "EC50")),
)
drug = Drug(
    module,
    group="Conventional drugs",
    preparations=(
        Preparation(
            "ibuprofen",
            "oral",
            oral("10 mg/kg", of="ibuprofen").at_most("400 mg").every("8 hour"),
            "licensed",
            "label, fever of children",
        ),
    ),
    most_per_day=k("most_per_day", "mg/kg/day").value,
)
