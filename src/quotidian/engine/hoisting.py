r"""Rewrites that move work out of the step: what only constants enter is computed once a child.

.. math:: x / c = x \cdot (1/c) \qquad (c_1 x) c_2 = (c_1 c_2) x \qquad \ln(x c) = \ln x + \ln c

with x moving (time, a state or an input enters it) and c constant. A division costs a processor about
ten multiplications; two logarithms of the same concentration become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quotidian.engine.graph import Graph, Node, reachable


def hoist(graph: Graph, roots: Sequence[Node], moving: Iterable[Node]) -> list[Node]:
    """``roots`` rewritten; ``moving`` are the symbols of time, states and inputs."""
    rewriter = _Rewriter(graph, {node.serial for node in moving})
    new: dict[int, Node] = {}
    for node in reachable(roots):
        new[node.serial] = rewriter.rewritten(node, [new[a.serial] for a in node.args])
    return [new[root.serial] for root in roots]


class _Rewriter:
    def __init__(self, graph: Graph, moving: set[int]) -> None:
        self.graph = graph
        self._moves: dict[int, bool] = dict.fromkeys(moving, True)

    def moves(self, node: Node) -> bool:
        """Whether anything that moves enters the node."""
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
            case function:
                return g.function(function, args[0])

    def product(self, a: Node, b: Node) -> Node:
        """Constants of nested products meet, so that they hoist as one."""
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

    def split(self, node: Node) -> tuple[Node | None, Node]:
        """A product as its constant factor, if it has one, and the rest."""
        if node.op == "*":
            a, b = node.args
            for constant, rest in ((a, b), (b, a)):
                if not self.moves(constant):
                    return constant, rest
        return None, node
