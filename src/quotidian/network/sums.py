"""Sums: signals that several modules add to, such as what all drugs together do to one target."""

from __future__ import annotations

from typing import Any

from quotidian.network.flux import AssignmentRule
from quotidian.network.module import Module
from quotidian.network.names import Part, Sum


def total(*parts: Any) -> Any:
    r"""All that is added, :math:`x = \sum_i x_i`"""
    if not parts:
        return 0.0
    first, *others = parts
    return first if not others else first + total(*others)


def gathered(modules: tuple[Module, ...], name: str = "sums", title: str = "Sums") -> Module:
    """The module that defines every sum which ``modules`` read, from the parts which they define.

    A part whose sum nobody reads has no effect, and is left for the audit to find.
    """
    read = {a: None for m in modules for a in m.arguments.values() if isinstance(a, Sum)}
    parts = [d.of for m in modules for d in m.definitions if isinstance(d.of, Part)]
    definitions = [AssignmentRule(s, total, *(p for p in parts if p.of == s)) for s in read]
    return Module(name, title, "What several mechanisms or drugs add up to.", definitions=tuple(definitions))
