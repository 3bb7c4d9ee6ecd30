"""Expressions as a shared graph: equal expressions are one node, so nothing is computed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from typing import TypeAlias

from quotidian.engine.expressions.operations import RULES, VALUES

Operand: TypeAlias = "Node | float | int"
LARGEST_PRODUCT = 8  # a whole power up to this is a product


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

    def apply_operation(self, name: str, *args: Operand) -> Node:
        """An operation of :mod:`.operations` on any operands, of which this node is one."""
        return self.graph.function(name, *args)

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

    def function(self, name: str, *operands: Operand) -> Node:
        """An elementary function, a comparison or a selection, one of those that the emitter knows."""
        args = [self.lift(x) for x in operands]
        if name == "select" and (args[0].number is not None or args[1] is args[2]):
            return args[1] if args[0].number != 0.0 else args[2]
        numbers = [a.number for a in args if a.number is not None]
        if len(numbers) < len(args):
            return self._node(name, *args)
        try:
            return self.number(VALUES[name](*numbers))
        except (ValueError, OverflowError):
            return self._node(name, *args)  # the machine code shows it as not-a-number or infinity


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
        return self._differential(node, d)

    def _differential(self, node: Node, d: list[Node]) -> Node:
        derivative: Operand = RULES[node.op](node, *d)
        return self.graph.lift(derivative)
