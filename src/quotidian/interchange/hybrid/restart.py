"""A file at another start: what it is at an instant, and with other values there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import Number
from quotidian.interchange.hybrid.balances import balanced
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.lowering import lowered
from quotidian.interchange.hybrid.system import System, system_of


def whole_system(c: Contents) -> System:
    """The hybrid system of a file. Raises InvalidInput for what is not supported."""
    return system_of(balanced(lowered(c)))


def pinned(c: Contents, values: Values) -> Contents:
    """The file with every start a number: what it is at an instant."""
    quantities = {
        name: q if name in c.rules or (q.initial is None and name not in values) else
        replace(q, initial=Number(float(values[name])))
        for name, q in c.quantities.items()
    }  # fmt: skip
    return replace(c, quantities=quantities)


def set_at_start(c: Contents, numbers: Mapping[str, float], what: str) -> Contents:
    """The file with other values at its start, where it is not said whether starts computed from them follow.

    Raises InvalidInput, naming ``what`` sets the values, where that makes a difference.
    """
    fed, held = c.with_values(numbers), pinned(c, whole_system(c).start()).with_values(numbers)
    one, other = whole_system(fed).start(), whole_system(held).start()
    for name in c.quantities:
        a, b = one.get(name), other.get(name)
        if a is not None and b is not None and a != b and not (math.isnan(a) and math.isnan(b)):
            raise InvalidInput(
                f"{what} changes {', '.join(sorted(numbers))}, from which the model computes the start of "
                f"'{name}'.",
                "The format does not define whether that initial value changes too.",
                f"Change '{name}' itself.",
            )
    return fed
