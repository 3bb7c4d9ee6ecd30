"""Emit the integrator: each lane solves one subject at a time, with its own time, step and schedule.

A lane takes a subject, integrates it from discontinuity to discontinuity, records the outputs that are due
from the dense output, and takes the next subject when done. No lane waits for another, and no value crosses
lanes, so the results of a subject do not depend on the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from llvmlite import ir

from quotidian.engine.abi import NOT_FINITE, STEP_TOO_SMALL, TOO_MANY_STEPS
from quotidian.engine.codegen.dense_output import Readers, record_due, record_fresh
from quotidian.engine.codegen.event_location import call_for_service, end_at_crossings, find_crossings
from quotidian.engine.codegen.lane_service import serve, take_subject
from quotidian.engine.codegen.lanes import Lanes, part_of
from quotidian.engine.codegen.model_functions import emit_observe, emit_prepare, emit_rates, emit_width
from quotidian.engine.codegen.number_format import DOUBLE, DOUBLE_FORMAT, I64, NumberFormat
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.step import ARGUMENTS as ATTEMPT
from quotidian.engine.codegen.step import KEPT, emit_attempt
from quotidian.engine.codegen.step_control import next_step
from quotidian.engine.codegen.tangent_functions import emit_flow, emit_observe_tangent, emit_prepare_tangent
from quotidian.engine.codegen.tangent_step import ARGUMENTS as STEP_TANGENT
from quotidian.engine.codegen.tangent_step import emit_step_tangent
from quotidian.engine.codegen.vector_math import PortableModule
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.still import EVERYTHING_MOVES, Still

SMALLEST = 1e-13  # of the time reached, plus the same in hours: a shorter step is lost in rounding
SLIVER = 1.000001  # a step is extended to the next discontinuity if it ends this close before it


@dataclass(frozen=True)
class _Inner:
    """The functions that the integrator calls, each over lane buffers."""

    attempt: ir.Function
    observe: ir.Function
    rates: ir.Function | None = None
    flow: ir.Function | None = None
    step_tangent: ir.Function | None = None
    observe_tangent: ir.Function | None = None
    block: int = 0  # directions that the last two compute at once


def emit_integrator(
    system: OdeSystem, method: Method, lanes: int, portable: bool, triggers: bool = False,
    number: NumberFormat = DOUBLE_FORMAT,
) -> str:  # fmt: skip
    """LLVM IR of the integrator of one system; with ``triggers`` it watches for crossings too.

    ``portable`` code uses no fused operation (:class:`.vector_math.PortableModule`). Stages compute in the
    format ``number``.
    """
    module = _module(portable)
    inner = _plain(module, system, method, lanes, number=number)
    _emit_integrator(Lanes(module, system, method, lanes, triggers=triggers, number=number), inner)
    return str(module)


def emit_integrator_with_tangents(
    system: OdeSystem, method: Method, lanes: int, portable: bool, directions: tuple[int, int],
    triggers: bool = False, still: Still = EVERYTHING_MOVES,
) -> str:  # fmt: skip
    """The same integrator, with the derivative of each accepted step in so many blocks of directions.

    The functions that compute values are those of :func:`emit_integrator`; those of tangents are separate and
    only read, so the values of a subject do not depend on whether its tangents are requested. What stands
    ``still`` must have no tangent in any direction.
    """
    module = _module(portable)
    plain = _plain(module, system, method, lanes, keeps=True)
    emit_prepare_tangent(module, system)
    step = emit_step_tangent(module, system, method, lanes, *directions, still)
    observe = emit_observe_tangent(module, system, lanes, directions[1], still)
    rates = emit_rates(module, system, lanes)
    flow = emit_flow(module, system, lanes)
    _emit_integrator(
        Lanes(module, system, method, lanes, prod(directions), triggers),
        _Inner(plain.attempt, plain.observe, rates, flow, step, observe, directions[1]),
    )
    return str(module)


def _module(portable: bool) -> ir.Module:
    return PortableModule(name="quotidian") if portable else ir.Module(name="quotidian")


def _plain(
    module: ir.Module, system: OdeSystem, method: Method, lanes: int, keeps: bool = False,
    number: NumberFormat = DOUBLE_FORMAT,
) -> _Inner:  # fmt: skip
    emit_prepare(module, system)
    emit_width(module, system)
    attempt = emit_attempt(module, system, method, lanes, keeps, number)
    inner = _Inner(attempt, emit_observe(module, system, part_of(lanes, number), lanes))
    for function in (inner.attempt, inner.observe):
        function.linkage = "internal"
        function.attributes.add("noinline")
    return inner


def _emit_integrator(lanes: Lanes, inner: _Inner) -> None:
    """Until no lane holds a subject: record, serve, step."""
    b, readers = lanes.b, _readers(lanes, inner)
    _fill(lanes)
    with lanes.count_to(lanes.lanes) as lane:
        take_subject(lanes, lane)
    with lanes.while_(lambda: lanes.any(lanes.active())):
        record_fresh(lanes, readers.observe)
        serve(lanes, readers)
        # a lane that has just taken a subject must be recorded and served before it steps
        settled = b.not_(lanes.any(lanes.flags("fresh")))
        with b.if_then(b.and_(settled, lanes.any(lanes.active()))):
            _step(lanes, inner, readers)
    b.ret_void()


def _readers(lanes: Lanes, inner: _Inner) -> Readers:
    def part(t: str, y: str, first: ir.Value) -> None:
        lanes.b.call(inner.observe, [lanes.beginning(name, first) for name in (t, y, "c", "u", "out")])

    def look(t: str, y: str) -> None:
        with lanes.parts() as first:
            part(t, y, first)

    def observe(t: str, y: str) -> None:
        look(t, y)
        if inner.observe_tangent is not None:
            values = [lanes.buf[name] for name in (t, y, "c", "u")]
            with lanes.count_to(lanes.directions // inner.block) as i:
                first = lanes.b.mul(i, I64(inner.block))
                moves = [lanes.tangents(name, first) for name in (y, "c", "u", "out")]
                lanes.b.call(inner.observe_tangent, [*values, *moves])

    def rates(t: str, y: str, target: str) -> None:
        assert inner.rates is not None
        _call(lanes, inner.rates, t, y, "c", "u", target)

    def flow(t: str, y: str, rates: str, target: str) -> None:
        assert inner.flow is not None
        _call(lanes, inner.flow, t, y, "c", "u", rates, target)

    return Readers(observe, look, rates, flow, part)


def _call(lanes: Lanes, function: ir.Function, *buffers: str) -> None:
    lanes.b.call(function, [lanes.buf[name] for name in buffers])


def _fill(lanes: Lanes) -> None:
    """Tolerances, and harmless numbers for lanes that never hold a subject."""
    for name in ("t", "h", "stop", "finish", "t_new"):
        lanes.set_doubles(lanes.const(1.0), name)
    counts = (len(lanes.ode_system.states), len(lanes.ode_system.hoisted), len(lanes.ode_system.inputs))
    with lanes.count_to(lanes.lanes) as lane:
        lanes.put(lanes.arg["rtol"], "rtol", lane)
        with lanes.count_to(counts[0]) as i:
            lanes.put(lanes.at("atol", i), "atol", lane, i)
        for name, count in zip("ycu", counts, strict=True):
            with lanes.count_to(count) as i:
                lanes.put(DOUBLE(0.0), name, lane, i)
            if lanes.directions:
                with lanes.count_to(count * lanes.directions) as i:
                    lanes.put(DOUBLE(0.0), f"{name}_dot", lane, i)
        if lanes.single:
            with lanes.count_to(counts[1]) as i:
                lanes.put(DOUBLE(0.0), "c_single", lane, i)


def _step(lanes: Lanes, inner: _Inner, readers: Readers) -> None:
    """One attempted step of all lanes."""
    b = lanes.b
    t, stop, h = (lanes.doubles(x) for x in ("t", "stop", "h"))
    left = b.fsub(stop, t)
    lands = b.fcmp_ordered(">=", b.fmul(h, lanes.const(SLIVER)), left)
    used = b.select(b.and_(lands, lanes.active()), left, h)
    lanes.set_doubles(used, "h")
    kept, narrow = KEPT if lanes.directions else (), ("c_single",) if lanes.single else ()
    _call(lanes, inner.attempt, *ATTEMPT, *kept, *narrow)
    accepted = b.fcmp_ordered("<=", lanes.doubles("error"), lanes.const(1.0))
    lanes.set_doubles(b.select(lands, stop, b.fadd(t, used)), "t_new")
    if inner.step_tangent is not None:
        with b.if_then(lanes.any(b.and_(accepted, lanes.active()))):
            _call(lanes, inner.step_tangent, *STEP_TANGENT)
    if lanes.triggers:
        find_crossings(lanes, readers, accepted)
    record_due(lanes, readers, accepted)
    if lanes.triggers:
        end_at_crossings(lanes)
    _advance(lanes, accepted, used)
    if lanes.triggers:
        call_for_service(lanes)


def _advance(lanes: Lanes, accepted: ir.Value, used: ir.Value) -> None:
    b = lanes.b

    def move(y_at: ir.Value, new_at: ir.Value) -> None:
        for i in range(len(lanes.ode_system.states)):
            y, new = lanes.load(y_at, i), lanes.load(new_at, i)
            lanes.store(b.select(accepted, new, y), y_at, i)

    lanes.of_values_and_tangents(move, "y", "new")
    t = b.select(accepted, lanes.doubles("t_new"), lanes.doubles("t"))
    lanes.set_doubles(t, "t")
    error = lanes.doubles("error")
    h = next_step(lanes, accepted, used, error)
    lanes.set_doubles(lanes.minimum(h, lanes.spread(lanes.arg["longest_step"])), "h")
    for name, mask in (("taken", accepted), ("refused", b.not_(accepted))):
        lanes.set_integers(b.add(lanes.integers(name), b.zext(mask, lanes.itype)), name)
    arrived = b.fcmp_ordered(">=", t, lanes.doubles("stop"))
    code = _failure(lanes, accepted, arrived, t, h, error)
    lanes.set_integers(code, "failed")
    lanes.set_integers(b.or_(arrived, b.icmp_signed("!=", code, lanes.iconst(0))), "call")


def _failure(
    lanes: Lanes, accepted: ir.Value, arrived: ir.Value, t: ir.Value, h: ir.Value, error: ir.Value
) -> ir.Value:
    """Why a lane cannot go on, as a status; 0 when it can."""
    b = lanes.b
    least = lanes.fma(lanes.intrinsic("fabs", t), lanes.const(SMALLEST), lanes.const(SMALLEST))
    small = b.and_(b.fcmp_ordered("<", h, least), b.not_(accepted))
    finite = b.fcmp_ordered("<", error, lanes.const(float("inf")))
    why_small = b.select(finite, lanes.iconst(STEP_TOO_SMALL), lanes.iconst(NOT_FINITE))
    many = b.icmp_signed(
        ">=", b.add(lanes.integers("taken"), lanes.integers("refused")), lanes.spread(lanes.arg["max_steps"])
    )
    why_many = b.select(b.and_(many, b.not_(arrived)), lanes.iconst(TOO_MANY_STEPS), lanes.iconst(0))
    return b.select(small, why_small, why_many)
