"""Sizes of compartments that a file computes from its constants, as formulas in text."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from quotidian.interchange.contents import Quantity
from quotidian.interchange.formula import Apply, Formula, Name, Number, names, substituted

SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "**"}
CALLS = ("exp", "log", "sqrt")
LONGEST = 800  # characters of a formula
MOST_STEPS = 20  # of one constant that is computed from another


def computed_sizes(
    spaces: Collection[str], quantities: Mapping[str, Quantity], constants: Collection[str]
) -> dict[str, str]:
    """Formulas of those compartments whose size is no constant of its own, but computed from constants.

    A compartment whose size changes, or whose formula has other operations, is left out.
    """
    found = {}
    for space in dict.fromkeys(s for s in spaces if s and s not in constants):
        formula = _in_constants(space, quantities, constants)
        text = None if formula is None else _text(formula)
        if text is not None and len(text) <= LONGEST:
            found[space] = text
    return found


def _in_constants(
    space: str, quantities: Mapping[str, Quantity], constants: Collection[str]
) -> Formula | None:
    def start(name: str) -> Formula | None:
        own = quantities.get(name)
        return own.initial if name not in constants and own is not None and own.constant else None

    formula: Formula = Name(space)
    for _ in range(MOST_STEPS):
        own = names(formula)
        if all(name in constants for name in own):
            return formula if len({name.upper() for name in own}) == len(own) else None
        if any(name not in constants and start(name) is None for name in own):
            return None
        formula = substituted(formula, start)
    return None


def _text(formula: Formula) -> str | None:
    """The formula in the notation of covariate models; None where that notation cannot state it."""
    match formula:
        case Number(value):
            return f"({value!r})" if math.isfinite(value) else None
        case Name(name):
            return name if name.isidentifier() else None
        case Apply(op, args):
            own = [_text(one) for one in args]
            inner = [text for text in own if text is not None]
            if len(inner) < len(own) or not (op in SIGNS or op in CALLS):
                return None
            if op in CALLS:
                return f"{op}({', '.join(inner)})" if len(inner) == 1 else None
            return f"({f' {SIGNS[op]} '.join(inner)})" if len(inner) > 1 else f"({SIGNS[op]}{inner[0]})"
