"""A transgene that makes IL-6 from birth, in the place of disease: no loop, no clock, no restraint."""

from __future__ import annotations

from quotidian.network import Definition, Module, Parameters
from quotidian.network.flux import itself
from quotidian.vocabulary import il6_production, initial_activity

k = Parameters(__file__)
expression = k("expression", "1")

module = Module(
    "transgene",
    "Transgene of IL-6",
    about="Neurons make human IL-6 under their own promoter (NSE/hIL-6 mice); a littermate has expression 0.",
    ledger=k.ledger,
    definitions=(
        Definition(il6_production, itself, expression),
        Definition(initial_activity, itself, expression),
    ),
)
