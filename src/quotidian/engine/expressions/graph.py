"""Expressions as a shared graph: equal expressions are one node, so nothing is computed twice."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import TypeAlias

Operand: TypeAlias = "Node | float | int"
TINY = 1e-300  # a smaller base counts as this, so that 0 ** n is 0 and never a logarithm of zero
LARGEST_PRODUCT = 8  # a whole power up to this is a product
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "safe_log": lambda x: math.log(max(x, TINY)),
    "at_least_tiny": lambda x: max(x, TINY),
    "sqrt": math.sqrt,
    "cos": math.cos,
    "sin": math.sin,
}


@dataclass(eq=False, slots=True, repr=False)
class Node:
    """One operation on other nodes. Build with arithmetic; compare with ``is``."""

    graph: Graph
    serial: int
    op: str
    args: tuple[Node, ...]
    value: float | str = 0.0

    def __add__(self, other: Operand) -> Node:
        return self.graph.add(self, other)

    __radd__ = __add__

    def __sub__(self, other: Operand) -> Node:
        return self.graph.subtract(self, other)

    def __rsub__(self, other: Operand) -> Node:
        return self.graph.subtract(other, self)

    def __mul__(self, other: Operand) -> Node:
        return self.graph.multiply(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Operand) -> Node:
        return self.graph.divide(self, other)

    def __rtruediv__(self, other: Operand) -> Node:
        return self.graph.divide(other, self)

    def __neg__(self) -> Node:
        return self.graph.subtract(0.0, self)

    def __pow__(self, other: Operand) -> Node:
        return self.graph.power(self, other)

    def apply_function(self, name: str) -> Node:
        return self.graph.function(name, self)

    @property
    def number(self) -> float | None:
        """The value if this is a literal number."""
        return float(self.value) if self.op == "number" else None


@dataclass
class Graph:
    """The nodes of one system: equal nodes are interned, and constants are folded."""

    nodes: list[Node] = field(default_factory=list)
    _known: dict[tuple[object, ...], Node] = field(default_factory=dict)

    def _node(self, op: str, *args: Node, value: float | str = 0.0) -> Node:
        key = (op, value, *(a.serial for a in args))
        if key not in self._known:
            node = Node(self, len(self.nodes), op, args, value)
            self._known[key] = node
            self.nodes.append(node)
        return self._known[key]

    def number(self, value: float) -> Node:
        """A literal."""
        return self._node("number", value=float(value))

    def symbol(self, name: str) -> Node:
        """A symbol, whose value is given at evaluation."""
        return self._node("symbol", value=name)

    def lift(self, x: Operand) -> Node:
        """A node as it is, a plain number as a node."""
        return x if isinstance(x, Node) else self.number(x)

    def add(self, a: Operand, b: Operand) -> Node:
        """:math:`a + b`; as in all operations, constants are folded."""
        a, b = self.lift(a), self.lift(b)
        if a.number is not None and b.number is not None:
            return self.number(a.number + b.number)
        if a.number == 0.0:
            return b
        if b.number == 0.0:
            return a
        return self._node("+", *sorted((a, b), key=lambda n: n.serial))

    def subtract(self, a: Operand, b: Operand) -> Node:
        """:math:`a - b`"""
        a, b = self.lift(a), self.lift(b)
        if a.number is not None and b.number is not None:
            return self.number(a.number - b.number)
        if b.number == 0.0:
            return a
        return self.number(0.0) if a is b else self._node("-", a, b)

    def multiply(self, a: Operand, b: Operand) -> Node:
        """:math:`a b`"""
        a, b = self.lift(a), self.lift(b)
        if a.number is not None and b.number is not None:
            return self.number(a.number * b.number)
        if 0.0 in (a.number, b.number):
            return self.number(0.0)
        if a.number == 1.0:
            return b
        if b.number == 1.0:
            return a
        return self._node("*", *sorted((a, b), key=lambda n: n.serial))

    def divide(self, a: Operand, b: Operand) -> Node:
        """:math:`a / b`"""
        a, b = self.lift(a), self.lift(b)
        if a.number is not None and b.number:
            return self.number(a.number / b.number)
        if a.number == 0.0:
            return a
        if b.number:
            return self.multiply(a, 1.0 / b.number)
        return self._node("/", a, b)

    def power(self, a: Operand, b: Operand) -> Node:
        """A product for a whole power; else :math:`e^{b \\ln a}`, which is 0 for a base of 0 or below."""
        a, b = self.lift(a), self.lift(b)
        n = b.number
        if n is not None and n.is_integer() and abs(n) <= LARGEST_PRODUCT:
            whole = self._integer_power(a, abs(int(n)))
            return whole if n >= 0 else self.divide(1.0, whole)
        if n == 0.5:
            return self.function("sqrt", self.function("at_least_tiny", a))
        return self.function("exp", self.multiply(b, self.function("safe_log", a)))

    def _integer_power(self, a: Node, n: int) -> Node:
        if n == 0:
            return self.number(1.0)
        half = self._integer_power(a, n // 2)
        square = self.multiply(half, half)
        return self.multiply(square, a) if n % 2 else square

    def function(self, name: str, a: Node) -> Node:
        """An elementary function, one of those that :class:`VectorMath` emits."""
        if a.number is None:
            return self._node(name, a)
        try:
            return self.number(_FUNCTIONS[name](a.number))
        except (ValueError, OverflowError):
            return self._node(name, a)  # the machine code shows it as not-a-number or infinity


def reachable(roots: Iterable[Node], known: Set[int] = frozenset()) -> list[Node]:
    """Every node on which the roots depend, arguments before users; arguments of ``known`` nodes left out."""
    seen: set[int] = set()
    order: list[Node] = []
    stack: list[tuple[Node, Iterator[Node]]] = []
    for root in roots:
        if root.serial in seen:
            continue
        seen.add(root.serial)
        stack.append((root, iter(() if root.serial in known else root.args)))
        while stack:
            node, rest = stack[-1]
            argument = next(rest, None)
            if argument is None:
                order.append(node)
                stack.pop()
            elif argument.serial not in seen:
                seen.add(argument.serial)
                stack.append((argument, iter(() if argument.serial in known else argument.args)))
    return order


@dataclass
class Derivatives:
    """Forward-mode derivatives of a graph's nodes with respect to one symbol, memoised."""

    graph: Graph
    by: Node
    _known: dict[int, Node] = field(default_factory=dict)

    def of(self, root: Node) -> Node:
        """Derivative of ``root``."""
        zero = self.graph.number(0.0)
        for node in reachable([root], self._known.keys()):
            if node.serial not in self._known:
                self._known[node.serial] = self._chain(node, zero)
        return self._known[root.serial]

    def _chain(self, node: Node, zero: Node) -> Node:
        if node is self.by:
            return self.graph.number(1.0)
        d = [self._known[a.serial] for a in node.args]
        if all(x is zero for x in d):
            return zero
        return _RULES[node.op](node, *d)


def _quotient(v: Node, da: Node, db: Node) -> Node:
    _, b = v.args
    return (da - v * db) * (1.0 / b)  # one reciprocal for the derivatives by every symbol


# d/dx of each operation, from the node itself and the derivatives of its arguments
_RULES: dict[str, Callable[..., Node]] = {
    "+": lambda v, da, db: da + db,
    "-": lambda v, da, db: da - db,
    "*": lambda v, da, db: da * v.args[1] + v.args[0] * db,
    "/": _quotient,
    "exp": lambda v, da: v * da,
    "log": lambda v, da: da / v.args[0],
    "safe_log": lambda v, da: da / v.graph.function("at_least_tiny", v.args[0]),
    "at_least_tiny": lambda v, da: da,
    "sqrt": lambda v, da: da * 0.5 / v,
    "cos": lambda v, da: -(v.graph.function("sin", v.args[0]) * da),
    "sin": lambda v, da: v.graph.function("cos", v.args[0]) * da,
}
