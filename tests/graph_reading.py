"""The value of an expression graph, operation by operation: a reading independent of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from quotidian.engine.expressions.graph import Node, reachable

Operations: TypeAlias = Mapping[str, Callable[..., Any]]

ARITHMETIC: Operations = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def value(root: Node, names: Mapping[str, Any], operations: Operations) -> Any:
    """What a graph stands for at these values of its symbols, with these operations."""
    done: dict[int, Any] = {}
    for node in reachable([root]):
        if node.op == "number":
            done[node.serial] = float(node.value)
        elif node.op == "symbol":
            done[node.serial] = names[str(node.value)]
        else:
            done[node.serial] = operations[node.op](*(done[arg.serial] for arg in node.args))
    return done[root.serial]
