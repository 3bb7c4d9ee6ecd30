"""All drugs by name.

The list is explicit because its order is the order in which a model holds its drugs. That order numbers the
states of the model, and with them fixes the last bits of every result. A drug is found by the name of its
module, so that a new one is one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from quotidian.drugs.drug import Drug

NAMES = (
    "tocilizumab",
    "sarilumab",
    "satralizumab",
    "siltuximab",
    "sirukumab",
    "olokizumab",
    "clazakizumab",
    "olamkicept",
    "anakinra",
    "canakinumab",
    "emapalumab",
    "tofacitinib",
    "methotrexate",
    "prednisolone",
    "methylprednisolone",
    "background_steroid",
    "ibuprofen",
)


def _declared(name: str) -> Drug:
    drug: Drug = import_module(f"quotidian.drugs.{name}").drug
    return drug


DRUGS: Mapping[str, Drug] = {name: _declared(name) for name in NAMES}
"""Every drug by name, in the order in which a model holds them."""
