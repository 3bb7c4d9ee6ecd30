"""Sums: signals to which several modules add, such as the effect of all drugs on one target."""

from __future__ import annotations

from typing import Any

from quotidian.network.flux import AssignmentRule
from quotidian.network.module import Module
from quotidian.network.names import Part, Sum


def total(*parts: Any) -> Any:
    r"""Sum of the contributions, :math:`x = \sum_i x_i`"""
    if not parts:
        return 0.0
    first, *others = parts
    return first if not others else first + total(*others)


def sum_module(modules: tuple[Module, ...], name: str = "sums", title: str = "Sums") -> Module:
    """Build the module that defines every sum which ``modules`` read, from the parts they define.

    A part whose sum is not read has no effect.
    """
    read = {a: None for m in modules for a in m.arguments.values() if isinstance(a, Sum)}
    parts = [d.of for m in modules for d in m.definitions if isinstance(d.of, Part)]
    definitions = [AssignmentRule(s, total, *(p for p in parts if p.of == s)) for s in read]
    return Module(
        name,
        title,
        "Totals of the contributions of several mechanisms or drugs. A contribution with a prime on the "
        "right-hand side has no prime in its own section.",
        definitions=tuple(definitions),
    )
