"""Vector instructions from graph nodes: the emitter that every emitted function shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llvmlite import ir

from quotidian.engine.graph import Node, reachable
from quotidian.engine.vector_math import DOUBLE, I64, VectorMath

POINTER = DOUBLE.as_pointer()
FLAGS = ("contract", "nsz", "arcp")  # never nnan or ninf: a failing lane must show itself


class Emitter(VectorMath):
    """Turns graph nodes into vector instructions inside one function."""

    def load(self, base: ir.Value, index: int = 0) -> ir.Value:
        """Vector number ``index`` of a buffer ``[item][lane]``."""
        return self.b.load(self._slot(base, index), align=8 * self.lanes)

    def store(self, value: ir.Value, base: ir.Value, index: int = 0) -> None:
        """Write vector number ``index`` of a buffer ``[item][lane]``."""
        self.b.store(value, self._slot(base, index), align=8 * self.lanes)

    def _slot(self, base: ir.Value, index: int) -> ir.Value:
        place = self.b.gep(base, [ir.Constant(I64, index * self.lanes)])
        return place if self.lanes == 1 else self.b.bitcast(place, self.type.as_pointer())

    def evaluate(self, roots: Sequence[Node], known: Mapping[int, ir.Value]) -> list[ir.Value]:
        """Values of ``roots``; ``known`` gives symbols and hoisted nodes by serial."""
        values = dict(known)
        for node in needed(roots, set(known)):
            values[node.serial] = self._operate(node, [values[a.serial] for a in node.args])
        return [values[r.serial] for r in roots]

    def _operate(self, node: Node, args: list[ir.Value]) -> ir.Value:
        b = self.b
        match node.op:
            case "number":
                return self.const(float(node.value))
            case "+":
                return b.fadd(*args, flags=FLAGS)
            case "-":
                return b.fsub(*args, flags=FLAGS)
            case "*":
                return b.fmul(*args, flags=FLAGS)
            case "/":
                return b.fdiv(*args, flags=FLAGS)
            case "symbol":
                raise ValueError(f"symbol {node.value} has no value here")
            case function:
                return self.function(function)(*args)

    def dot(self, start: ir.Value | None, terms: Sequence[tuple[float, ir.Value]]) -> ir.Value:
        r""":math:`s + \sum_j c_j x_j`, skipping zero coefficients."""
        total = start
        for c, x in terms:
            if c == 0.0:
                continue
            product = x if c == 1.0 else self.b.fmul(self.const(c), x, flags=FLAGS)
            total = product if total is None else self.b.fadd(total, product, flags=FLAGS)
        return self.const(0.0) if total is None else total


def needed(roots: Sequence[Node], known: set[int]) -> list[Node]:
    """Nodes to compute, arguments before users; what is known is not looked behind."""
    wanted: set[int] = set()
    stack = [r for r in roots if r.serial not in known]
    while stack:
        node = stack.pop()
        if node.serial not in wanted:
            wanted.add(node.serial)
            stack.extend(a for a in node.args if a.serial not in known)
    return [n for n in reachable(roots) if n.serial in wanted]


def new_function(
    module: ir.Module, name: str, arguments: Sequence[ir.Type]
) -> tuple[ir.Function, ir.IRBuilder]:
    """A function of ``module`` whose pointer arguments do not overlap, and a builder at its entry."""
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), name)
    for argument in function.args:
        if isinstance(argument.type, ir.PointerType):
            argument.add_attribute("noalias")
    return function, ir.IRBuilder(function.append_basic_block("entry"))
