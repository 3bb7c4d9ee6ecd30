"""A transgene that produces IL-6 from birth, in place of disease: without loop, daily rhythm or
regulation."""

from __future__ import annotations

from typing import Any

from quotidian.network import AssignmentRule, Module, Parameters
from quotidian.network.flux import itself
from quotidian.vocabulary import il6_production, il6_reference, signal_at_start

k = Parameters(__file__)
expression = k("expression", "1")


def at_start(L_0: Any, epsilon: Any) -> Any:
    r"""Effective IL-6 at the start, :math:`e_0 = L_0 \epsilon`"""
    return L_0 * epsilon


module = Module(
    "transgene",
    "Transgene of IL-6",
    about="Neurons express human IL-6 (NSE promoter, NSE/hIL-6 mice); a littermate has expression 0.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(il6_production, itself, expression),
        AssignmentRule(signal_at_start, at_start, il6_reference, expression),
    ),
)
