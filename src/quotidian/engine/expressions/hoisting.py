r"""Rewrites that move work out of the step: expressions of constants are computed once a subject.

.. math::
    x / c = x \cdot (1/c) \qquad (c_1 x) c_2 = (c_1 c_2) x \qquad \ln(x c) = \ln x + \ln c \qquad
    \cos c_1 (x - c_2) = \cos c_1 x \cos c_1 c_2 + \sin c_1 x \sin c_1 c_2

with x varying (a function of time, a state or an input) and c constant. A division costs about ten
multiplications; two logarithms of the same concentration become one, and so do the sines and cosines of
one angle with different phases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from quotidian.engine.expressions.graph import Graph, Node, reachable


def hoist(graph: Graph, roots: Sequence[Node], moving: Iterable[Node]) -> list[Node]:
    """``roots`` rewritten; ``moving`` are the symbols of time, states and inputs."""
    rewriter = _Rewriter(graph, {node.serial for node in moving})
    rewriter.all(roots)  # the first pass finds shared angles, the second uses them
    return rewriter.all(roots)


class _Rewriter:
    def __init__(self, graph: Graph, moving: set[int]) -> None:
        self.graph = graph
        self._moves: dict[int, bool] = dict.fromkeys(moving, True)
        self._clocks: defaultdict[int, set[int]] = defaultdict(set)

    def all(self, roots: Sequence[Node]) -> list[Node]:
        """Rewrite the roots, arguments first."""
        new: dict[int, Node] = {}
        for node in reachable(roots):
            new[node.serial] = self.rewritten(node, [new[a.serial] for a in node.args])
        return [new[root.serial] for root in roots]

    def moves(self, node: Node) -> bool:
        """Whether the node depends on time, a state or an input."""
        if node.serial not in self._moves:
            self._moves[node.serial] = any(self.moves(a) for a in node.args)
        return self._moves[node.serial]

    def rewritten(self, node: Node, args: list[Node]) -> Node:
        """One node on its rewritten arguments."""
        g = self.graph
        match node.op:
            case "number" | "symbol":
                return node
            case "+":
                return g.add(*args)
            case "-":
                return g.subtract(*args)
            case "*":
                return self.product(*args)
            case "/":
                return self.quotient(*args)
            case "safe_log":
                return self.logarithm(args[0])
            case "cos" | "sin":
                return self.circular(node.op, args[0])
            case function:
                return g.function(function, *args)

    def product(self, a: Node, b: Node) -> Node:
        """Combine the constants of nested products, so that they are hoisted as one."""
        if not self.moves(a):
            a, b = b, a
        if self.moves(a) and not self.moves(b):
            constant, rest = self.split(a)
            if constant is not None:
                return self.graph.multiply(self.graph.multiply(constant, b), rest)
        return self.graph.multiply(a, b)

    def quotient(self, a: Node, b: Node) -> Node:
        if self.moves(a) and not self.moves(b) and b.number is None:
            return self.product(a, self.graph.divide(1.0, b))
        return self.graph.divide(a, b)

    def logarithm(self, x: Node) -> Node:
        constant, rest = self.split(x)
        if constant is None or not self.moves(rest):
            return self.graph.function("safe_log", x)
        return self.graph.add(
            self.graph.function("safe_log", rest), self.graph.function("safe_log", constant)
        )

    def circular(self, name: str, x: Node) -> Node:
        """Separate the varying angle from a constant phase, so that several terms can share it."""
        g = self.graph
        constant, shifted = self.split(x)
        if shifted.op != "-" or not self.moves(shifted.args[0]) or self.moves(shifted.args[1]):
            return g.function(name, x)
        angle, less = (a if constant is None else g.multiply(constant, a) for a in shifted.args)
        self._clocks[angle.serial].add(less.serial)
        if len(self._clocks[angle.serial]) < 2:
            return g.function(name, x)
        cos, sin = (g.function(f, angle) for f in ("cos", "sin"))
        cos_0, sin_0 = (g.function(f, less) for f in ("cos", "sin"))
        if name == "cos":
            return cos * cos_0 + sin * sin_0
        return sin * cos_0 - cos * sin_0

    def split(self, node: Node) -> tuple[Node | None, Node]:
        """A product as its constant factor, if it has one, and the rest."""
        if node.op == "*":
            a, b = node.args
            for constant, rest in ((a, b), (b, a)):
                if not self.moves(constant):
                    return constant, rest
        return None, node
