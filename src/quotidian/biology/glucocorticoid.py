"""Glucocorticoid holds back the making of inflammation, not what is made already (Horton 2010)."""

from __future__ import annotations

from typing import Any

from quotidian.network import Definition, Module, Observable, Parameters
from quotidian.network.flux import itself
from quotidian.vocabulary import glucocorticoid_dose, restraint

k = Parameters(__file__)
E_max, IC50 = k("E_max", "1"), k("IC50", "nM")


def left(E_max: Any, C: Any, IC50: Any) -> Any:
    r"""What is left of production, :math:`f = 1 - E_{max} C_g/(IC_{50} + C_g)`"""
    return 1 - E_max * C / (IC50 + C)


module = Module(
    "glucocorticoid",
    "Glucocorticoid effect",
    about="Acts on recruitment of innate cells and on the production of IL-6.",
    ledger=k.ledger,
    definitions=(Definition(restraint, left, E_max, glucocorticoid_dose, IC50),),
    observables=(
        Observable(
            "restraint", "1", "what glucocorticoid leaves of inflammatory production", itself, restraint
        ),
    ),
)
