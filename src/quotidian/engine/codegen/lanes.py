"""Lanes: buffers of the subjects being solved, and the control flow of the code that works on them.

Each quantity has a buffer ``[item][lane]``: straight-line code reads it as vectors of all lanes,
service code as scalars of one lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llvmlite import ir

from quotidian.engine.abi import Kind, arguments
from quotidian.engine.codegen.emitter import POINTER, Emitter
from quotidian.engine.codegen.memory_layout import apart, increments
from quotidian.engine.codegen.number_format import DOUBLE, DOUBLE_FORMAT, I64, NumberFormat
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.stages import Plan
from quotidian.engine.codegen.step import NARROW
from quotidian.engine.expressions.ode_system import OdeSystem

TYPES = {
    Kind.INTEGER: I64,
    Kind.DOUBLE: DOUBLE,
    Kind.INTEGERS: I64.as_pointer(),
    Kind.DOUBLES: POINTER,
}
TRUTH = ir.IntType(1)
DOUBLES = ("t", "h", "stop", "finish", "t_new", "error", "rtol", "out_t", "due", "theta")
WITH_TANGENT = ("y", "new", "mid", "k", "c", "u", "out")
INTEGERS = ("subject", "event", "event_end", "row", "taken", "refused", "fresh", "call", "failed")


def part_of(lanes: int, number: NumberFormat) -> int:
    """Lanes whose outputs are computed together: a register of doubles."""
    return max(1, lanes * number.size // DOUBLE_FORMAT.size)


class Lanes(Emitter):
    """The body of the integrator while it is emitted: its arguments, lane buffers, loops and branches."""

    def __init__(
        self, module: ir.Module, system: OdeSystem, method: Method, lanes: int,
        directions: int = 0, triggers: bool = False, number: NumberFormat = DOUBLE_FORMAT,
    ) -> None:  # fmt: skip
        self.ode_system, self.method, self.directions, self.triggers = system, method, directions, triggers
        takes = arguments(directions > 0, triggers)
        kind = ir.FunctionType(ir.VoidType(), [TYPES[k] for k in takes.values()])
        function = ir.Function(module, kind, "integrate")
        super().__init__(ir.IRBuilder(function.append_basic_block("entry")), lanes)
        self.arg: dict[str, ir.Value] = dict(zip(takes, function.args, strict=True))
        self.stages = Emitter(self.b, lanes, number)  # reads and writes what the stages of a step do
        self.part = part_of(lanes, number)
        n = len(system.states)
        plan = Plan(system)
        counts = dict.fromkeys(DOUBLES, 1) | {"y": n, "new": n, "mid": n, "atol": n}
        counts["k"] = increments(n, self.stages.size) * method.stages
        counts |= {"c": len(system.hoisted), "u": len(system.inputs), "out": len(system.observables)}
        counts["w"] = plan.factors.plan.entries
        if directions:
            counts |= {
                "argument": apart(n, self.size) * method.stages,
                "costly": plan.kept_before(method.stages),
                "timely": len(plan.timely) * len(set(method.c)),
                "before": n,
                "after": n,
            }
            counts |= {f"{name}_dot": counts[name] * directions for name in WITH_TANGENT}
        if self.single:
            counts["c_single"] = counts["c"]
        self.sizes = {name: counts[name] for name in WITH_TANGENT} | {"cut_y": n}
        self.buf = {
            name: (self.stages if name in NARROW else self).buffer(count, name.removesuffix("_dot"))
            for name, count in counts.items()
        }
        self.buf |= {name: self._integer_buffer() for name in INTEGERS}
        if triggers:
            self.buf |= {name: self.buffer(1) for name in ("lower", "upper", "middle")}
            self.buf["cut_y"] = self.buffer(n)
            self.buf |= {name: self._integer_buffer() for name in ("cut", "hit", "full", "grazed")}
        if triggers and directions:
            self.buf["cut_y_dot"] = self.buffer(n * directions)
            self.buf |= {name: self.buffer(counts["out"]) for name in ("out_before", "out_after")}
        self.next: ir.Value = self.b.alloca(I64)
        self.b.store(self.arg["first"], self.next)

    @property
    def single(self) -> bool:
        """Whether stages compute in single precision."""
        return self.stages.number is not DOUBLE_FORMAT

    def _integer_buffer(self) -> ir.Value:
        array = self.b.alloca(I64, size=I64(self.lanes))
        array.align = 64
        return array

    # ---- one lane (scalar)
    def _place(self, name: str, lane: ir.Value, item: ir.Value | int) -> ir.Value:
        item = I64(item) if isinstance(item, int) else item
        return self.b.gep(self.buf[name], [self.b.add(self.b.mul(item, I64(self.lanes)), lane)])

    def get(self, name: str, lane: ir.Value, item: ir.Value | int = 0) -> ir.Value:
        """A lane's value."""
        value = self.b.load(self._place(name, lane, item))
        return self.b.fpext(value, DOUBLE) if self.single and name in NARROW else value

    def put(self, value: ir.Value, name: str, lane: ir.Value, item: ir.Value | int = 0) -> None:
        """Set a lane's value."""
        if self.single and name in NARROW:
            value = self.b.fptrunc(value, self.stages.number.type)
        self.b.store(value, self._place(name, lane, item))

    def is_set(self, name: str, lane: ir.Value) -> ir.Value:
        """Whether a lane's integer is not 0."""
        return self.b.icmp_signed("!=", self.get(name, lane), I64(0))

    def tangents(self, name: str, direction: ir.Value) -> ir.Value:
        """The buffer of a quantity's tangents in one direction."""
        return self.b.gep(
            self.buf[f"{name}_dot"], [self.b.mul(direction, I64(self.sizes[name] * self.lanes))]
        )

    def of_values_and_tangents(self, emit: Callable[..., None], *names: str) -> None:
        """Emit code over the buffers of these names, then in a loop over those of their tangents."""
        emit(*(self.buf[name] for name in names))
        if self.directions:
            with self.count_to(self.directions) as w:
                emit(*(self.tangents(name, w) for name in names))

    # ---- the caller's arrays
    def at(self, name: str, index: ir.Value) -> ir.Value:
        """Element of an array argument."""
        return self.b.load(self.b.gep(self.arg[name], [index]))

    def set_at(self, value: ir.Value, name: str, index: ir.Value) -> None:
        """Set an element of an array argument."""
        self.b.store(value, self.b.gep(self.arg[name], [index]))

    # ---- all lanes (vector)
    def doubles(self, name: str) -> ir.Value:
        """A double of every lane."""
        return self.load(self.buf[name])

    def set_doubles(self, value: ir.Value, name: str) -> None:
        """Set a double of every lane."""
        self.store(value, self.buf[name])

    def integers(self, name: str) -> ir.Value:
        """An integer of every lane."""
        return self.b.load(self._integer_place(name))

    def set_integers(self, value: ir.Value, name: str) -> None:
        """Set an integer of every lane; a truth value becomes 0 or 1."""
        if value.type != self.itype:
            value = self.b.zext(value, self.itype)
        self.b.store(value, self._integer_place(name))

    def _integer_place(self, name: str) -> ir.Value:
        return self.b.bitcast(self.buf[name], self.itype.as_pointer())

    def flags(self, name: str) -> ir.Value:
        """Integers of every lane as truth values."""
        return self.b.icmp_signed("!=", self.integers(name), self.iconst(0))

    def active(self) -> ir.Value:
        """Which lanes hold a subject."""
        return self.b.icmp_signed(">=", self.integers("subject"), self.iconst(0))

    def any(self, mask: ir.Value, lanes: int = 0) -> ir.Value:
        """Whether a truth value holds in some lane, of so many."""
        bits = ir.IntType(lanes or self.lanes)
        return self.b.icmp_unsigned("!=", self.b.bitcast(mask, bits), bits(0))

    def spread(self, scalar: ir.Value) -> ir.Value:
        """The same value in every lane."""
        if self.lanes == 1:
            return scalar
        kind = ir.VectorType(scalar.type, self.lanes)
        one = self.b.insert_element(ir.Constant(kind, ir.Undefined), scalar, I64(0))
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.b.shuffle_vector(one, one, everywhere)

    # ---- some lanes
    @contextmanager
    def parts(self) -> Iterator[ir.Value]:
        """A loop over the parts of the lanes; yields the first lane of each."""
        if self.part == self.lanes:
            yield I64(0)
        else:
            with self.count_to(self.lanes // self.part) as i:
                yield self.b.mul(i, I64(self.part))

    def emitter_of_part(self, number: NumberFormat = DOUBLE_FORMAT) -> Emitter:
        """Reads and writes one part of the lanes, in buffers from its first lane on."""
        return Emitter(self.b, self.part, number, stride=self.lanes)

    def beginning(self, name: str, first: ir.Value) -> ir.Value:
        """A buffer from a lane on."""
        return self.b.gep(self.buf[name], [first])

    def any_in_part(self, name: str, first: ir.Value) -> ir.Value:
        """Whether an integer is not 0 in some lane of a part."""
        e = self.emitter_of_part()
        integers = self.b.load(self.b.bitcast(self.beginning(name, first), e.itype.as_pointer()))
        return self.any(self.b.icmp_signed("!=", integers, e.iconst(0)), self.part)

    # ---- control flow
    @contextmanager
    def count_to(self, limit: ir.Value | int) -> Iterator[ir.Value]:
        """A loop over 0 .. limit - 1."""
        limit = I64(limit) if isinstance(limit, int) else limit
        b, before = self.b, self.b.block
        head, body, after = (b.append_basic_block(x) for x in ("head", "body", "after"))
        b.branch(head)
        b.position_at_end(head)
        i = b.phi(I64)
        i.add_incoming(I64(0), before)
        b.cbranch(b.icmp_signed("<", i, limit), body, after)
        b.position_at_end(body)
        yield i
        i.add_incoming(b.add(i, I64(1)), b.block)
        b.branch(head)
        b.position_at_end(after)

    @contextmanager
    def while_(self, condition: Callable[[], ir.Value]) -> Iterator[None]:
        """A loop for as long as ``condition`` holds before it."""
        b = self.b
        head, body, after = (b.append_basic_block(x) for x in ("while", "do", "done"))
        b.branch(head)
        b.position_at_end(head)
        b.cbranch(condition(), body, after)
        b.position_at_end(body)
        yield
        b.branch(head)
        b.position_at_end(after)

    def if_known(
        self, condition: ir.Value, value: Callable[[], ir.Value], otherwise: ir.Constant
    ) -> ir.Value:
        """``value()`` where the condition holds (it is evaluated only there), else ``otherwise``."""
        b = self.b
        with b.if_else(condition) as (some, none):
            with some:
                found = value()
                some_end = b.block
            with none:
                none_end = b.block
        answer = b.phi(otherwise.type)
        answer.add_incoming(found, some_end)
        answer.add_incoming(otherwise, none_end)
        return answer
