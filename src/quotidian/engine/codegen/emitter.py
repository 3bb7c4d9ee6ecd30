"""Emit vector instructions from graph nodes; the base of all code generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import TypeAlias

from llvmlite import ir

from quotidian.engine.codegen.memory_layout import PAGE, PHASES, offset
from quotidian.engine.codegen.selection_math import SelectionMath
from quotidian.engine.codegen.vector_math import DOUBLE, I64
from quotidian.engine.expressions.graph import Node, reachable

POINTER = DOUBLE.as_pointer()
Known: TypeAlias = "Mapping[int, ir.Value | Callable[[], ir.Value]]"
FLAGS = ("contract", "nsz", "arcp")  # never nnan or ninf: a failing lane must show itself


class Emitter(SelectionMath):
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

    def item(self, base: ir.Value, index: ir.Value, beyond: int = 0) -> ir.Value:
        """Address of vector number ``index + beyond`` of a buffer, for an index known only at run time."""
        return self.b.gep(base, [self.b.mul(self.b.add(index, I64(beyond)), I64(self.lanes))])

    def later(self, base: ir.Value, index: int) -> Callable[[], ir.Value]:
        """:meth:`load` at the first use of the value, since there are more values than registers."""
        return lambda: self.load(base, index)

    def buffer(self, items: int, name: str = "") -> ir.Value:
        """Allocate a buffer ``[item][lane]``; a name gives it its offset within a page."""
        before = offset(name, self.lanes) if name in PHASES else 0
        place = self.b.alloca(DOUBLE, size=I64((before + max(items, 1)) * self.lanes))
        place.align = PAGE if name in PHASES else 64
        return self.b.gep(place, [I64(before * self.lanes)])

    def evaluate(self, roots: Sequence[Node], known: Known) -> list[ir.Value]:
        """Values of ``roots``; ``known`` gives symbols and hoisted nodes by serial."""
        read = self.reader(roots, known)
        return [read(root) for root in roots]

    def reader(self, roots: Sequence[Node], known: Known) -> Callable[[Node], ir.Value]:
        """A function that evaluates one of ``roots`` after another, and no node twice.

        A divisor shared by several quotients is inverted once.
        """
        shared = _shared_divisors(needed(roots, known.keys()))
        values: dict[int, ir.Value] = {}
        inverse: dict[int, ir.Value] = {}

        def value(node: Node) -> ir.Value:
            if node.serial not in values:
                given = known[node.serial]
                values[node.serial] = given() if callable(given) else given
            return values[node.serial]

        def quotient(a: ir.Value, divisor: int) -> ir.Value:
            if divisor not in inverse:
                inverse[divisor] = self.b.fdiv(self.const(1.0), values[divisor], flags=FLAGS)
            return self.b.fmul(a, inverse[divisor], flags=FLAGS)

        def read(root: Node) -> ir.Value:
            for node in needed([root], known.keys() | values.keys()):
                args = [value(a) for a in node.args]
                if node.op == "/" and node.args[1].serial in shared:
                    values[node.serial] = quotient(args[0], node.args[1].serial)
                else:
                    values[node.serial] = self._operate(node, args)
            return value(root)

        return read

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


def needed(roots: Sequence[Node], known: Set[int]) -> list[Node]:
    """Nodes to compute, arguments before users; the arguments of known nodes are left out."""
    return [node for node in reachable(roots, known) if node.serial not in known]


def _shared_divisors(nodes: Sequence[Node]) -> set[int]:
    uses = Counter(node.args[1].serial for node in nodes if node.op == "/")
    return {serial for serial, count in uses.items() if count > 1}


@contextmanager
def counted(b: ir.IRBuilder, count: ir.Value) -> Iterator[ir.Value]:
    """A loop over 0 .. count - 1."""
    loop, done = b.append_basic_block("loop"), b.append_basic_block("done")
    entry = b.block
    b.cbranch(b.icmp_signed(">", count, I64(0)), loop, done)
    b.position_at_end(loop)
    i = b.phi(I64)
    i.add_incoming(I64(0), entry)
    yield i
    following = b.add(i, I64(1))
    i.add_incoming(following, b.block)
    b.cbranch(b.icmp_signed("<", following, count), loop, done)
    b.position_at_end(done)


def new_function(
    module: ir.Module, name: str, arguments: Sequence[ir.Type]
) -> tuple[ir.Function, ir.IRBuilder]:
    """A function of ``module`` whose pointer arguments do not overlap, and a builder at its entry."""
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), name)
    for argument in function.args:
        if isinstance(argument.type, ir.PointerType):
            argument.add_attribute("noalias")
    return function, ir.IRBuilder(function.append_basic_block("entry"))
