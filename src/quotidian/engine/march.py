"""Emission of the march: children flow through lanes, each with its own time, step and schedule.

A lane takes a child, steps it from discontinuity to discontinuity, records due outputs from the
dense polynomial, and takes the next child when done. No lane waits for another, and no value
crosses lanes, so a child's numbers do not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llvmlite import ir

from quotidian.engine.emit import FLAGS, POINTER, Emitter, emit_attempt, emit_observe, emit_prepare
from quotidian.engine.method import Method
from quotidian.engine.problem import Problem
from quotidian.engine.vector_math import DOUBLE, I64

INT_POINTER = I64.as_pointer()
# the arguments of march, in order; the driver in machine.py passes the same
ARGUMENTS: tuple[tuple[str, ir.Type], ...] = (
    ("first", I64),
    ("last", I64),
    ("constants", POINTER),  # [child][hoisted]
    ("inputs", POINTER),  # [child][input], overwritten with the values at the end
    ("states", POINTER),  # [child][state], overwritten with the state at the end
    ("begin", POINTER),  # [child] h
    ("end", POINTER),  # [child] h
    ("event_offset", INT_POINTER),  # [child + 1]
    ("event_time", POINTER),  # [event] h, ascending within a child
    ("event_kind", INT_POINTER),  # [event] 0: add to a state, 1: set an input, 2: set a state
    ("event_index", INT_POINTER),
    ("event_value", POINTER),
    ("n_times", I64),
    ("times", POINTER),  # [time] h, ascending, shared by all children
    ("n_chosen", I64),
    ("chosen", INT_POINTER),  # observables to record
    ("output", POINTER),  # [child][time][chosen]
    ("status", INT_POINTER),  # [child]
    ("reached", POINTER),  # [child] h
    ("accepted", INT_POINTER),  # [child]
    ("rejected", INT_POINTER),  # [child]
    ("rtol", DOUBLE),
    ("atol", POINTER),  # [state]
    ("first_step", DOUBLE),
    ("longest_step", DOUBLE),
    ("max_steps", I64),
)
DONE, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3
SAFETY, SHRINK, GROW = 0.9, 0.1, 6.0
SMALLEST = 1e-13  # of the time reached, plus the same in hours: below this a step is lost to rounding


class March(Emitter):
    """Emits the march of one problem; lane variables live in ``[lane]`` buffers."""

    def __init__(self, module: ir.Module, problem: Problem, method: Method, lanes: int) -> None:
        self.prepare = emit_prepare(module, problem)
        self.attempt = emit_attempt(module, problem, method, lanes)
        self.observe = emit_observe(module, problem, lanes)
        for inner in (self.attempt, self.observe):
            inner.linkage = "internal"
        self.problem, self.method = problem, method
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), [t for _, t in ARGUMENTS]), "march")
        super().__init__(ir.IRBuilder(function.append_basic_block("entry")), lanes)
        self.arg = dict(zip((n for n, _ in ARGUMENTS), function.args, strict=True))
        self._allocate()

    def _allocate(self) -> None:
        n, s = len(self.problem.states), self.method.stages
        doubles = {"t": 1, "h": 1, "stop": 1, "finish": 1, "t_new": 1, "y": n, "new": n, "mid": n, "k": n * s}
        doubles |= {"error": 1, "rtol": 1, "out_t": 1, "due": 1, "atol": n, "out": len(self.problem.observables)}
        doubles |= {"c": len(self.problem.hoisted), "u": len(self.problem.inputs)}
        self.buf = {name: self._buffer(DOUBLE, count) for name, count in doubles.items()}
        lane_integers = ("child", "event", "event_end", "row", "taken", "refused", "fresh", "call", "failed")
        self.buf |= {name: self._buffer(I64, 1) for name in lane_integers}
        self.next = self.b.alloca(I64)
        self.b.store(self.arg["first"], self.next)

    def _buffer(self, kind: ir.Type, count: int) -> ir.Value:
        array = self.b.alloca(kind, size=I64(max(count, 1) * self.lanes))
        array.align = 64
        return array

    # ---- access to one lane (scalar) and to all lanes (vector)
    def lane(self, name: str, lane: ir.Value, item: ir.Value | int = 0) -> ir.Value:
        item = I64(item) if isinstance(item, int) else item
        return self.b.gep(self.buf[name], [self.b.add(self.b.mul(item, I64(self.lanes)), lane)])

    def get(self, name: str, lane: ir.Value, item: ir.Value | int = 0) -> ir.Value:
        return self.b.load(self.lane(name, lane, item))

    def put(self, value: ir.Value, name: str, lane: ir.Value, item: ir.Value | int = 0) -> None:
        self.b.store(value, self.lane(name, lane, item))

    def at(self, name: str, index: ir.Value) -> ir.Value:
        return self.b.load(self.b.gep(self.arg[name], [index]))

    def set_at(self, value: ir.Value, name: str, index: ir.Value) -> None:
        self.b.store(value, self.b.gep(self.arg[name], [index]))

    def flags(self, name: str) -> ir.Value:
        """Lane integers as a vector of truth values."""
        place = self.b.bitcast(self.buf[name], self.itype.as_pointer())
        return self.b.icmp_signed("!=", self.b.load(place), self.iconst(0))

    def store_flags(self, mask: ir.Value, name: str) -> None:
        self.b.store(self.b.zext(mask, self.itype), self.b.bitcast(self.buf[name], self.itype.as_pointer()))

    def any(self, mask: ir.Value) -> ir.Value:
        bits = self.b.bitcast(mask, ir.IntType(self.lanes))
        return self.b.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(self.lanes), 0))

    # ---- structured control flow
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
        b = self.b
        head, body, after = (b.append_basic_block(x) for x in ("while", "do", "done"))
        b.branch(head)
        b.position_at_end(head)
        b.cbranch(condition(), body, after)
        b.position_at_end(body)
        yield
        b.branch(head)
        b.position_at_end(after)

    # ---- the march
    def emit(self) -> None:
        self._broadcast()
        with self.count_to(self.lanes) as lane:
            self._take_child(lane)
        with self.while_(lambda: self.any(self._active())):
            self._record_fresh()
            self._serve_lanes()
            # a lane that has just taken a child must be recorded and served before it steps
            settled = self.b.not_(self.any(self.flags("fresh")))
            with self.b.if_then(self.b.and_(settled, self.any(self._active()))):
                self._step()
        self.b.ret_void()

    def _broadcast(self) -> None:
        with self.count_to(self.lanes) as lane:
            self.put(self.arg["rtol"], "rtol", lane)
            with self.count_to(len(self.problem.states)) as i:
                self.put(self.at("atol", i), "atol", lane, i)
            for name in ("t", "h", "stop", "finish", "t_new"):
                self.put(DOUBLE(1.0), name, lane)
            for name, count in (("y", len(self.problem.states)), ("c", len(self.problem.hoisted))):
                with self.count_to(count) as i:
                    self.put(DOUBLE(0.0), name, lane, i)
            with self.count_to(len(self.problem.inputs)) as i:
                self.put(DOUBLE(0.0), "u", lane, i)

    def _active(self) -> ir.Value:
        place = self.b.bitcast(self.buf["child"], self.itype.as_pointer())
        return self.b.icmp_signed(">=", self.b.load(place), self.iconst(0))

    def _take_child(self, lane: ir.Value) -> None:
        """Load the next child into a lane, or leave the lane idle."""
        b = self.b
        child = b.load(self.next)
        for name in ("event", "event_end", "row", "taken", "refused", "call", "failed"):
            self.put(I64(0), name, lane)
        with b.if_else(b.icmp_signed("<", child, self.arg["last"])) as (some, none):
            with some:
                b.store(b.add(child, I64(1)), self.next)
                self.put(child, "child", lane)
                self._copy("states", child, "y", lane, len(self.problem.states))
                self._copy("constants", child, "c", lane, len(self.problem.hoisted))
                self._copy("inputs", child, "u", lane, len(self.problem.inputs))
                start = self.at("begin", child)
                for name in ("t", "stop", "t_new"):
                    self.put(start, name, lane)
                self.put(self.at("end", child), "finish", lane)
                self.put(self.arg["first_step"], "h", lane)
                self.put(self.at("event_offset", child), "event", lane)
                self.put(self.at("event_offset", b.add(child, I64(1))), "event_end", lane)
                self.put(I64(1), "fresh", lane)
            with none:
                self.put(I64(-1), "child", lane)
                self.put(I64(0), "fresh", lane)
                self.put(self.arg["first_step"], "h", lane)

    def _copy(self, source: str, child: ir.Value, target: str, lane: ir.Value, count: int) -> None:
        with self.count_to(count) as i:
            self.put(self.at(source, self.b.add(self.b.mul(child, I64(count)), i)), target, lane, i)

    def _copy_back(self, source: str, child: ir.Value, target: str, lane: ir.Value, count: int) -> None:
        with self.count_to(count) as i:
            self.set_at(self.get(source, lane, i), target, self.b.add(self.b.mul(child, I64(count)), i))

    # ---- outputs
    def _due_time(self, lane: ir.Value) -> ir.Value:
        """Time of a lane's next output; infinity when there is none."""
        b, row = self.b, self.get("row", lane)
        more = b.icmp_signed("<", row, self.arg["n_times"])
        with b.if_else(more) as (some, none):
            with some:
                value = self.at("times", row)
                some_end = b.block
            with none:
                none_end = b.block
        due = b.phi(DOUBLE)
        due.add_incoming(value, some_end)
        due.add_incoming(DOUBLE(float("inf")), none_end)
        return due

    def _write_row(self, lane: ir.Value) -> None:
        b = self.b
        row = self.get("row", lane)
        place = b.mul(b.add(b.mul(self.get("child", lane), self.arg["n_times"]), row), self.arg["n_chosen"])
        with self.count_to(self.arg["n_chosen"]) as i:
            self.set_at(self.get("out", lane, self.at("chosen", i)), "output", b.add(place, i))
        self.put(b.add(row, I64(1)), "row", lane)

    def _record_fresh(self) -> None:
        """The state a child begins with, before any dose of that instant."""
        b = self.b
        with b.if_then(self.any(self.flags("fresh"))):
            b.call(self.observe, [self.buf[x] for x in ("t", "y", "c", "u", "out")])
            with self.count_to(self.lanes) as lane, b.if_then(b.icmp_signed("!=", self.get("fresh", lane), I64(0))):
                self.put(I64(1), "call", lane)
                self.put(I64(0), "fresh", lane)
                with b.if_then(b.fcmp_ordered("<=", self._due_time(lane), self.get("t", lane))):
                    self._write_row(lane)

    def _load_due(self) -> None:
        with self.count_to(self.lanes) as lane:
            self.put(self._due_time(lane), "due", lane)

    def _record_due(self, accepted: ir.Value) -> None:
        """Outputs that fall into the step just accepted, from its dense polynomial."""
        b = self.b

        def due() -> ir.Value:
            late = b.fcmp_ordered("<=", self.load(self.buf["due"], 0), self.load(self.buf["t_new"], 0))
            return b.and_(b.and_(late, accepted), self._active())

        self._load_due()
        with self.while_(lambda: self.any(due())):
            mask = due()
            self._interpolate(mask)
            b.call(self.observe, [self.buf[x] for x in ("out_t", "mid", "c", "u", "out")])
            self.store_flags(mask, "call")
            with self.count_to(self.lanes) as lane, b.if_then(b.icmp_signed("!=", self.get("call", lane), I64(0))):
                self._write_row(lane)
                self.put(self._due_time(lane), "due", lane)

    def _interpolate(self, mask: ir.Value) -> None:
        r""":math:`y(\theta) = (1-\theta) y_0 + \theta y_1 + \sum_j w_j(\theta) k_j`."""
        b, n = self.b, len(self.problem.states)
        t, h = self.load(self.buf["t"], 0), self.load(self.buf["h"], 0)
        out_t = b.select(mask, self.load(self.buf["due"], 0), t)
        self.store(out_t, self.buf["out_t"], 0)
        theta = b.fdiv(b.fsub(out_t, t), h)
        rest = b.fsub(self.const(1.0), theta)
        both = b.fmul(theta, rest)
        columns = zip(*self.method.H, strict=True)
        weights = [b.fmul(both, self.horner(theta, list(column))) for column in columns]
        for i in range(n):
            total = b.fmul(rest, self.load(self.buf["y"], i), flags=FLAGS)
            total = self.fma(theta, self.load(self.buf["new"], i), total)
            for j, weight in enumerate(weights):
                total = self.fma(weight, self.load(self.buf["k"], j * n + i), total)
            self.store(total, self.buf["mid"], i)

    # ---- one attempted step of all lanes
    def _step(self) -> None:
        b = self.b
        t, stop, h = (self.load(self.buf[x], 0) for x in ("t", "stop", "h"))
        left = b.fsub(stop, t)
        # a step that would leave a sliver takes it too
        lands = b.fcmp_ordered(">=", b.fmul(h, self.const(1.000001)), left)
        used = b.select(b.and_(lands, self._active()), left, h)
        self.store(used, self.buf["h"], 0)
        names = ("t", "h", "y", "c", "u", "new", "k", "error", "rtol", "atol")
        b.call(self.attempt, [self.buf[x] for x in names])
        error = self.load(self.buf["error"], 0)
        accepted = b.fcmp_ordered("<=", error, self.const(1.0))
        self.store(b.select(lands, stop, b.fadd(t, used)), self.buf["t_new"], 0)
        self._record_due(accepted)
        self._advance(accepted, t, used, error)

    def _advance(self, accepted: ir.Value, t: ir.Value, used: ir.Value, error: ir.Value) -> None:
        b, n = self.b, len(self.problem.states)
        for i in range(n):
            kept = b.select(accepted, self.load(self.buf["new"], i), self.load(self.buf["y"], i))
            self.store(kept, self.buf["y"], i)
        t_next = b.select(accepted, self.load(self.buf["t_new"], 0), t)
        self.store(t_next, self.buf["t"], 0)
        h_next = b.fmul(used, self._factor(error))
        longest = b.insert_element(ir.Constant(self.type, ir.Undefined), self.arg["longest_step"], I64(0))
        longest = b.shuffle_vector(longest, longest, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes))
        self.store(self.minimum(h_next, longest), self.buf["h"], 0)
        self._count(accepted)
        self._notice_failure(accepted, t_next, h_next, error)

    def _factor(self, error: ir.Value) -> ir.Value:
        r"""Change of step :math:`0.9\, e^{-1/p}`, held between 0.1 and 6; not-a-number shrinks it."""
        b = self.b
        power = b.fmul(self.log(self.maximum(error, self.const(1e-10))), self.const(-1 / self.method.order))
        factor = b.fmul(self.const(SAFETY), self.exp(power))
        factor = self.minimum(self.maximum(factor, self.const(SHRINK)), self.const(GROW))
        return b.select(b.fcmp_ordered("ord", factor, factor), factor, self.const(SHRINK))

    def _count(self, accepted: ir.Value) -> None:
        b = self.b
        for name, mask in (("taken", accepted), ("refused", b.not_(accepted))):
            place = b.bitcast(self.buf[name], self.itype.as_pointer())
            b.store(b.add(b.load(place), b.zext(mask, self.itype)), place)

    def _notice_failure(self, accepted: ir.Value, t: ir.Value, h: ir.Value, error: ir.Value) -> None:
        b = self.b
        least = self.fma(self.intrinsic("fabs", t), self.const(SMALLEST), self.const(SMALLEST))
        small = b.and_(b.fcmp_ordered("<", h, least), b.not_(accepted))
        finite = b.fcmp_ordered("<", error, self.const(float("inf")))
        code = b.select(small, b.select(finite, self.iconst(STEP_TOO_SMALL), self.iconst(NOT_FINITE)), self.iconst(0))
        total = b.add(*(b.load(b.bitcast(self.buf[x], self.itype.as_pointer())) for x in ("taken", "refused")))
        limit = b.insert_element(ir.Constant(self.itype, ir.Undefined), self.arg["max_steps"], I64(0))
        limit = b.shuffle_vector(limit, limit, ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes))
        many = b.icmp_signed(">=", total, limit)
        code = b.select(b.and_(many, b.icmp_signed("==", code, self.iconst(0))), self.iconst(TOO_MANY_STEPS), code)
        b.store(code, b.bitcast(self.buf["failed"], self.itype.as_pointer()))
        arrived = b.fcmp_ordered(">=", t, self.load(self.buf["stop"], 0))
        self.store_flags(b.or_(arrived, b.icmp_signed("!=", code, self.iconst(0))), "call")

    # ---- lanes that reached a discontinuity, their end, or a failure
    def _serve_lanes(self) -> None:
        b = self.b
        with b.if_then(self.any(self.flags("call"))), self.count_to(self.lanes) as lane:
            called = b.icmp_signed("!=", self.get("call", lane), I64(0))
            present = b.icmp_signed(">=", self.get("child", lane), I64(0))
            self.put(I64(0), "call", lane)
            with b.if_then(b.and_(called, present)):
                failed = b.icmp_signed("!=", self.get("failed", lane), I64(0))
                over = b.fcmp_ordered(">=", self.get("t", lane), self.get("finish", lane))
                with b.if_else(b.or_(failed, over)) as (leave, stay):
                    with leave:
                        self._finish(lane)
                        self._take_child(lane)
                    with stay:
                        self._apply_events(lane)

    def _event_now(self, lane: ir.Value, until: ir.Value) -> ir.Value:
        """Whether a lane's next event exists and is not later than ``until``."""
        b = self.b
        event = self.get("event", lane)
        more = b.icmp_signed("<", event, self.get("event_end", lane))
        with b.if_else(more) as (some, none):
            with some:
                now = b.fcmp_ordered("<=", self.at("event_time", event), until)
                some_end = b.block
            with none:
                none_end = b.block
        answer = b.phi(ir.IntType(1))
        answer.add_incoming(now, some_end)
        answer.add_incoming(ir.Constant(ir.IntType(1), 0), none_end)
        return answer

    def _apply_events(self, lane: ir.Value) -> None:
        b = self.b
        t = self.get("t", lane)
        with self.while_(lambda: self._event_now(lane, t)):
            event = self.get("event", lane)
            kind, index = self.at("event_kind", event), self.at("event_index", event)
            value = self.at("event_value", event)
            with b.if_else(b.icmp_signed("==", kind, I64(1))) as (to_input, to_state):
                with to_input:
                    self.put(value, "u", lane, index)
                with to_state:
                    base = b.select(b.icmp_signed("==", kind, I64(0)), self.get("y", lane, index), DOUBLE(0.0))
                    self.put(b.fadd(base, value), "y", lane, index)
            self.put(b.add(event, I64(1)), "event", lane)
        finish = self.get("finish", lane)
        self.put(finish, "stop", lane)
        with b.if_then(self._event_now(lane, finish)):
            self.put(self.at("event_time", self.get("event", lane)), "stop", lane)
        self.put(self.arg["first_step"], "h", lane)

    def _finish(self, lane: ir.Value) -> None:
        child = self.get("child", lane)
        self._copy_back("y", child, "states", lane, len(self.problem.states))
        self._copy_back("u", child, "inputs", lane, len(self.problem.inputs))
        self.set_at(self.get("failed", lane), "status", child)
        self.set_at(self.get("t", lane), "reached", child)
        self.set_at(self.get("taken", lane), "accepted", child)
        self.set_at(self.get("refused", lane), "rejected", child)


def emit_march(problem: Problem, method: Method, lanes: int) -> str:
    """LLVM IR of the whole engine for one problem, as text."""
    module = ir.Module(name="quotidian")
    March(module, problem, method, lanes).emit()
    return str(module)
