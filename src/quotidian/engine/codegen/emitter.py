"""Emit vector instructions from graph nodes; the base of all code generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from typing import TypeAlias

from llvmlite import ir

from quotidian.engine.codegen.memory_layout import PAGE, PHASES, offset
from quotidian.engine.codegen.number_format import DOUBLE, DOUBLE_FORMAT, I64, NumberFormat
from quotidian.engine.codegen.selection_math import SelectionMath
from quotidian.engine.expressions.graph import Node, reachable

POINTER = DOUBLE.as_pointer()
Known: TypeAlias = "Mapping[int, ir.Value | Callable[[], ir.Value]]"


class Emitter(SelectionMath):
    """Turns graph nodes into vector instructions inside one function.

    ``stride`` is the number of lanes of a buffer's item where the code works on a part of them.
    """

    def __init__(
        self, builder: ir.IRBuilder, lanes: int, number: NumberFormat = DOUBLE_FORMAT, stride: int = 0
    ) -> None:
        super().__init__(builder, lanes, number)
        self.stride = stride or lanes

    @property
    def size(self) -> int:
        """Bytes of an item, one number of each lane."""
        return self.number.size * self.lanes

    def load(self, base: ir.Value, index: int = 0) -> ir.Value:
        """Vector number ``index`` of a buffer ``[item][lane]``."""
        return self.b.load(self._slot(base, index), align=self.size)

    def store(self, value: ir.Value, base: ir.Value, index: int = 0) -> None:
        """Write vector number ``index`` of a buffer ``[item][lane]``."""
        self.b.store(value, self._slot(base, index), align=self.size)

    def _slot(self, base: ir.Value, index: int) -> ir.Value:
        place = self.b.gep(base, [ir.Constant(I64, index * self.stride)])
        return place if self.lanes == 1 else self.b.bitcast(place, self.type.as_pointer())

    def item(self, base: ir.Value, index: ir.Value, beyond: int = 0) -> ir.Value:
        """Address of vector number ``index + beyond`` of a buffer, for an index known only at run time."""
        return self.b.gep(base, [self.b.mul(self.b.add(index, I64(beyond)), I64(self.stride))])

    def later(self, base: ir.Value, index: int) -> Callable[[], ir.Value]:
        """:meth:`load` at the first use of the value, since there are more values than registers."""
        return lambda: self.load(base, index)

    def buffer(self, items: int, name: str = "") -> ir.Value:
        """Allocate a buffer ``[item][lane]``; a name gives it its offset within a page."""
        before = offset(name, self.size) if name in PHASES else 0
        place = self.b.alloca(self.number.type, size=I64((before + max(items, 1)) * self.lanes))
        place.align = PAGE if name in PHASES else 64
        return self.b.gep(place, [I64(before * self.lanes)])

    def evaluate(self, roots: Sequence[Node], known: Known) -> list[ir.Value]:
        """Values of ``roots``; ``known`` gives symbols and hoisted nodes by serial."""
        read = self.reader(roots, known)
        return [read(root) for root in roots]

    def reader(self, roots: Sequence[Node], known: Known) -> Callable[[Node], ir.Value]:
        """A function that evaluates one of ``roots`` after another, and no node twice.

        A divisor shared by several quotients is inverted once. A product that one sum alone reads is not
        rounded before the sum.
        """
        nodes = needed(roots, known.keys())
        shared = _shared_divisors(nodes)
        inner = products_within_sums(nodes, roots, shared)
        within = set(inner.values())
        values: dict[int, ir.Value] = {}
        inverse: dict[int, ir.Value] = {}

        def value(node: Node) -> ir.Value:
            if node.serial not in values:
                given = known[node.serial]
                values[node.serial] = given() if callable(given) else given
            return values[node.serial]

        def factors(product: Node) -> tuple[ir.Value, ir.Value]:
            a, x = product.args
            if product.op == "*":
                return value(a), value(x)
            if x.serial not in inverse:
                inverse[x.serial] = self.b.fdiv(self.const(1.0), value(x))
            return value(a), inverse[x.serial]

        def computed(node: Node) -> ir.Value:
            if node.serial in inner:
                product, rest, first = parted(node, inner[node.serial])
                return self.sum_with(node.op, factors(product), value(rest), first)
            if node.op == "*" or (node.op == "/" and node.args[1].serial in shared):
                return self.b.fmul(*factors(node))
            return self._operate(node, [value(a) for a in node.args])

        def read(root: Node) -> ir.Value:
            for node in needed([root], known.keys() | values.keys()):
                if node.serial not in within:
                    values[node.serial] = computed(node)
            return value(root)

        return read

    def sum_with(self, op: str, factors: tuple[ir.Value, ir.Value], rest: ir.Value, first: bool) -> ir.Value:
        """:math:`a x + c`; or :math:`a x - c` where the product comes ``first``, else :math:`c - a x`."""
        a, x = factors
        if op == "+":
            return self.fma(a, x, rest)
        return self.fma(a, x, self.b.fneg(rest)) if first else self.less_product(rest, a, x)

    def _operate(self, node: Node, args: list[ir.Value]) -> ir.Value:
        b = self.b
        match node.op:
            case "number":
                return self.const(float(node.value))
            case "+":
                return b.fadd(*args)
            case "-":
                return b.fneg(args[1]) if node.args[0].number == 0.0 else b.fsub(*args)
            case "*":
                return b.fmul(*args)
            case "/":
                return b.fdiv(*args)
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
            if c == 1.0:
                total = x if total is None else self.b.fadd(total, x)
            else:
                a = self.const(c)
                total = self.b.fmul(a, x) if total is None else self.fma(a, x, total)
        return self.const(0.0) if total is None else total


def needed(roots: Sequence[Node], known: Set[int]) -> list[Node]:
    """Nodes to compute, arguments before users; the arguments of known nodes are left out."""
    return [node for node in reachable(roots, known) if node.serial not in known]


def products_within_sums(nodes: Sequence[Node], roots: Sequence[Node], shared: Set[int]) -> dict[int, int]:
    """For each sum the product that it alone reads, by serial; of two, the one that was built later.

    A quotient by a ``shared`` divisor is a product too.
    """
    uses = Counter(a.serial for node in nodes for a in node.args)
    uses.update(root.serial for root in roots)
    products = {
        node.serial
        for node in nodes
        if uses[node.serial] == 1 and (node.op == "*" or (node.op == "/" and node.args[1].serial in shared))
    }
    products -= {root.serial for root in roots}
    return {
        node.serial: max(found)
        for node in nodes
        if node.op in ("+", "-") and (found := {a.serial for a in node.args} & products)
    }


def parted(node: Node, product: int) -> tuple[Node, Node, bool]:
    """A sum as its product, the rest, and whether the product comes first."""
    one, other = node.args
    first = one.serial == product
    return (one, other, first) if first else (other, one, first)


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
