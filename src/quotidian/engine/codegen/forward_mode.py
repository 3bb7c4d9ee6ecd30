"""Forward-mode differentiation in vector code: each value is emitted as a dual number with its tangents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from llvmlite import ir

from quotidian.engine.codegen.emitter import Emitter, needed, parted, products_within_sums
from quotidian.engine.expressions.graph import Node
from quotidian.engine.expressions.operations import STEEPEST, TINY

Tangents: TypeAlias = "tuple[ir.Value, ...] | None"
Kept: TypeAlias = (
    "Mapping[int, Callable[[], ir.Value]]"  # values of nodes that need not be computed, by serial
)


class Dual(NamedTuple):
    """A value and its derivative in each direction; None where all are 0 in any direction."""

    value: ir.Value
    tangents: Tangents = None


class DualEmitter(Emitter):
    r"""Emits :math:`v` and, for ``width`` directions, :math:`\dot v` of graph nodes.

    No code is emitted for tangents that are always 0, and values are computed once for all directions.
    Values may differ from the plain emitter's in the last place: a quotient is a product with a reciprocal.
    """

    def __init__(self, builder: ir.IRBuilder, lanes: int, width: int) -> None:
        super().__init__(builder, lanes)
        self.width = width

    def duals(
        self,
        roots: Sequence[Node],
        known: Mapping[int, Dual | Callable[[], Dual]],
        kept: Kept | None = None,
    ) -> list[Dual]:
        """Values and tangents of ``roots``; ``known`` gives symbols and hoisted nodes by serial.

        ``kept`` gives values of nodes of which only the tangents are still to be computed.
        """
        read = self.dual_reader(roots, known, kept or {})
        return [read(root) for root in roots]

    def dual_reader(
        self, roots: Sequence[Node], known: Mapping[int, Dual | Callable[[], Dual]], kept: Kept
    ) -> Callable[[Node], Dual]:
        """A function that evaluates one of ``roots`` after another, and no node twice."""
        inner = products_within_sums(needed(roots, known.keys()), roots, frozenset())
        within = set(inner.values())
        duals: dict[int, Dual] = {}
        inverse: dict[int, ir.Value] = {}

        def dual(node: Node) -> Dual:
            if node.serial not in duals:
                given = known[node.serial]
                duals[node.serial] = given() if callable(given) else given
            return duals[node.serial]

        def inverted(divisor: Node) -> ir.Value:
            if divisor.serial not in inverse:
                value = duals[divisor.serial].value
                inverse[divisor.serial] = self.b.fdiv(self.const(1.0), value)
            return inverse[divisor.serial]

        def computed(node: Node) -> Dual:
            if node.serial in inner:
                product, rest, first = parted(node, inner[node.serial])
                return self._sum_of(node.op, tuple(map(dual, product.args)), dual(rest), first)
            args = [dual(a) for a in node.args]
            if node.op == "/":
                return self._quotient(args[0], args[1], inverted(node.args[1]))
            given = kept.get(node.serial)
            value = given() if given else self._operate(node, [a.value for a in args])
            return self._dual(node, args, value, kept)

        def read(root: Node) -> Dual:
            for node in needed([root], known.keys() | duals.keys()):
                if node.serial not in within:
                    duals[node.serial] = computed(node)
            return dual(root)

        return read

    def _dual(self, node: Node, args: list[Dual], value: ir.Value, kept: Kept) -> Dual:
        match node.op:
            case "*":
                (x, x_dot), (y, y_dot) = args
                return Dual(value, self.add_scaled(self.scaled(x_dot, y), x, y_dot))
            case "+":
                return Dual(value, self.sum(args[0].tangents, args[1].tangents))
            case "-":
                return Dual(value, self.difference(args[0].tangents, args[1].tangents))
            case "select":
                return Dual(value, self.selected(*args))
            case "less" | "at_most" | "equal" | "floor":
                return Dual(value)
            case "held_log":
                return Dual(value, self.scaled(args[0].tangents, self._held_slope(*args)))
        if not args or args[0].tangents is None:
            return Dual(value)
        return Dual(value, self.scaled(args[0].tangents, self._slope(node, value, args[0].value, kept)))

    def _sum_of(self, op: str, factors: tuple[Dual, ...], rest: Dual, first: bool) -> Dual:
        r""":math:`v = c \pm a x`, :math:`\dot v = \dot c \pm x \dot a \pm a \dot x`; or :math:`a x - c`."""
        a, x = factors
        less = op == "-" and not first
        total = self.difference(None, rest.tangents) if op == "-" and first else rest.tangents
        for factor, tangents in ((x.value, a.tangents), (a.value, x.tangents)):
            if tangents is not None:
                total = self.add_scaled(total, self.b.fneg(factor) if less else factor, tangents)
        return Dual(self.sum_with(op, (a.value, x.value), rest.value, first), total)

    def _quotient(self, x: Dual, y: Dual, per_y: ir.Value) -> Dual:
        r""":math:`v = x / y`, :math:`\dot v = (\dot x - v \dot y) / y`."""
        v = self.b.fmul(x.value, per_y)
        change = self.add_scaled(x.tangents, self.b.fneg(v), y.tangents)
        return Dual(v, self.scaled(change, per_y))

    def _slope(self, node: Node, v: ir.Value, x: ir.Value, kept: Kept) -> ir.Value:
        r""":math:`f'(x)` of :math:`v = f(x)`; 0 for a base that is held at the smallest."""
        b, one, zero = self.b, self.const(1.0), self.const(0.0)
        held = b.fcmp_ordered("<=", x, self.const(TINY))
        match node.op:
            case "exp":
                return v
            case "log":
                return b.fdiv(one, x)
            case "at_least_tiny":
                return b.select(held, zero, one)
            case "safe_log":
                return b.select(held, zero, b.fdiv(one, x))
            case "sqrt":
                return b.fdiv(self.const(0.5), v)
            case "cos":
                return b.fsub(zero, self._other("sin", node, x, kept))
            case "sin":
                return self._other("cos", node, x, kept)
            case "held_exp":
                return self.minimum(v, self.const(STEEPEST))
            case "arctan":
                return b.fdiv(one, self.fma(x, x, one))
        raise ValueError(f"{node.op} has no derivative")

    def _held_slope(self, x: Dual, least: Dual) -> ir.Value:
        r""":math:`1 / \max(x, d)`."""
        return self.b.fdiv(self.const(1.0), self.maximum(x.value, least.value))

    def _other(self, function: str, node: Node, x: ir.Value, kept: Kept) -> ir.Value:
        """The other circular function of a node's angle, kept or computed."""
        given = kept.get(node.graph.function(function, node.args[0]).serial)
        return given() if given else self.function(function)(x)

    # ---- buffers
    def pairs(
        self, values: ir.Value, tangents: ir.Value, count: int, apart: int | None = None
    ) -> list[Callable[[], Dual]]:
        """A buffer ``[item][lane]`` and that of its tangents ``[direction][item][lane]``, loaded where used.

        Directions are ``apart`` items apart, ``count`` by default.
        """

        def pair(i: int) -> Dual:
            return Dual(self.load(values, i), self.load_tangents(tangents, apart or count, i))

        return [partial(pair, i) for i in range(count)]

    def unmoved(self, values: ir.Value, item: int) -> Callable[[], Dual]:
        """One item of a buffer whose tangents are always 0, loaded where used."""
        return lambda: Dual(self.load(values, item))

    def load_tangents(self, base: ir.Value, count: int, item: int) -> tuple[ir.Value, ...]:
        """Tangents of one item of ``count``."""
        return tuple(self.load(base, w * count + item) for w in range(self.width))

    def store_tangents(self, tangents: Tangents, base: ir.Value, count: int, item: int) -> None:
        """Write tangents of one item of ``count``."""
        for w, tangent in enumerate(self.dense(tangents)):
            self.store(tangent, base, w * count + item)

    # ---- tangents that may be absent
    def dense(self, tangents: Tangents) -> tuple[ir.Value, ...]:
        """Tangents as values, 0 where they are absent."""
        return (self.const(0.0),) * self.width if tangents is None else tangents

    def scaled(self, tangents: Tangents, factor: ir.Value) -> Tangents:
        r""":math:`a \dot x`."""
        return None if tangents is None else tuple(self.b.fmul(factor, x) for x in tangents)

    def selected(self, test: Dual, one: Dual, other: Dual) -> Tangents:
        """The tangents of the branch in force."""
        if one.tangents is None and other.tangents is None:
            return None
        both = zip(self.dense(one.tangents), self.dense(other.tangents), strict=True)
        return tuple(self.select(test.value, x, y) for x, y in both)

    def sum(self, one: Tangents, other: Tangents) -> Tangents:
        r""":math:`\dot x + \dot y`."""
        if one is None or other is None:
            return other if one is None else one
        return tuple(self.b.fadd(x, y) for x, y in zip(one, other, strict=True))

    def difference(self, one: Tangents, other: Tangents) -> Tangents:
        r""":math:`\dot x - \dot y`."""
        if other is None:
            return one
        both = zip(self.dense(one), other, strict=True)
        return tuple(self.b.fsub(x, y) for x, y in both)

    def add_scaled(self, total: Tangents, factor: ir.Value, tangents: Tangents) -> Tangents:
        r""":math:`\dot s + a \dot x`, rounded once."""
        if total is None or tangents is None:
            return self.scaled(tangents, factor) if total is None else total
        return tuple(self.fma(factor, x, s) for x, s in zip(tangents, total, strict=True))
