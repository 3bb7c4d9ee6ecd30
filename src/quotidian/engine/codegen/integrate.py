"""Emission of the march: children flow through lanes, each with its own time, step and schedule.

A lane takes a child, steps it from discontinuity to discontinuity, records due outputs from the
dense polynomial, and takes the next child when done. No lane waits for another, and no value
crosses lanes, so a child's numbers do not depend on its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.abi import NOT_FINITE, STEP_TOO_SMALL, TOO_MANY_STEPS
from quotidian.engine.codegen.dense_output import Observe, record_due, record_fresh
from quotidian.engine.codegen.event_location import call_for_service, end_at_crossings, find_crossings
from quotidian.engine.codegen.lane_service import serve, take_child
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.model_functions import emit_observe, emit_prepare
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.step import ARGUMENTS as ATTEMPT
from quotidian.engine.codegen.step import KEPT, emit_attempt
from quotidian.engine.codegen.step_control import next_step
from quotidian.engine.codegen.tangent_functions import emit_observe_tangent, emit_prepare_tangent
from quotidian.engine.codegen.tangent_step import ARGUMENTS as STEP_TANGENT
from quotidian.engine.codegen.tangent_step import emit_step_tangent
from quotidian.engine.codegen.vector_math import DOUBLE
from quotidian.engine.expressions.ode_system import OdeSystem

SMALLEST = 1e-13  # of the time reached, plus the same in hours: below this a step is lost to rounding
SLIVER = 1.000001  # a step that would leave less than this excess of itself takes it too


@dataclass(frozen=True)
class _Inner:
    """The functions that the march calls, each over lane buffers."""

    attempt: ir.Function
    observe: ir.Function
    step_tangent: ir.Function | None = None
    observe_tangent: ir.Function | None = None


def emit_march(problem: OdeSystem, method: Method, lanes: int, triggers: bool = False) -> str:
    """LLVM IR of the whole engine for one problem; with ``triggers`` it watches for crossings too."""
    module, inner = _plain(problem, method, lanes)
    _march(Lanes(module, problem, method, lanes, triggers=triggers), inner)
    return str(module)


def emit_march_with_tangents(problem: OdeSystem, method: Method, lanes: int, directions: int) -> str:
    """The same march, and beside each step that it takes its derivative in so many directions.

    The functions that compute values are those of :func:`emit_march`; what computes tangents stands apart
    and only reads, so that a child's values do not depend on whether its tangents are asked for.
    """
    module, plain = _plain(problem, method, lanes, keeps=True)
    emit_prepare_tangent(module, problem)
    step = emit_step_tangent(module, problem, method, lanes, directions)
    observe = emit_observe_tangent(module, problem, lanes, directions)
    _march(
        Lanes(module, problem, method, lanes, directions),
        _Inner(plain.attempt, plain.observe, step, observe),
    )
    return str(module)


def _plain(problem: OdeSystem, method: Method, lanes: int, keeps: bool = False) -> tuple[ir.Module, _Inner]:
    module = ir.Module(name="quotidian")
    emit_prepare(module, problem)
    attempt = emit_attempt(module, problem, method, lanes, keeps)
    inner = _Inner(attempt, emit_observe(module, problem, lanes))
    for function in (inner.attempt, inner.observe):
        function.linkage = "internal"
        function.attributes.add("noinline")  # in line, its bits would depend on what stands around it
    return module, inner


def _march(lanes: Lanes, inner: _Inner) -> None:
    """Until no lane holds a child: record, serve, step."""
    b, observe = lanes.b, _observer(lanes, inner)
    _fill(lanes)
    with lanes.count_to(lanes.lanes) as lane:
        take_child(lanes, lane)
    with lanes.while_(lambda: lanes.any(lanes.active())):
        record_fresh(lanes, observe)
        serve(lanes, observe)
        # a lane that has just taken a child must be recorded and served before it steps
        settled = b.not_(lanes.any(lanes.flags("fresh")))
        with b.if_then(b.and_(settled, lanes.any(lanes.active()))):
            _step(lanes, inner, observe)
    b.ret_void()


def _observer(lanes: Lanes, inner: _Inner) -> Observe:
    def observe(t: str, y: str) -> None:
        _call(lanes, inner.observe, t, y, "c", "u", "out")
        if inner.observe_tangent is not None:
            _call(lanes, inner.observe_tangent, t, y, "c", "u", f"{y}_dot", "c_dot", "u_dot", "out_dot")

    return observe


def _call(lanes: Lanes, function: ir.Function, *buffers: str) -> None:
    lanes.b.call(function, [lanes.buf[name] for name in buffers])


def _fill(lanes: Lanes) -> None:
    """Tolerances, and harmless numbers for lanes that never hold a child."""
    for name in ("t", "h", "stop", "finish", "t_new"):
        lanes.keep(lanes.const(1.0), name)
    lanes.keep(lanes.spread(lanes.arg["rtol"]), "rtol")
    counts = (len(lanes.ode_system.states), len(lanes.ode_system.hoisted), len(lanes.ode_system.inputs))
    with lanes.count_to(lanes.lanes) as lane:
        with lanes.count_to(counts[0]) as i:
            lanes.put(lanes.at("atol", i), "atol", lane, i)
        for name, count in zip("ycu", counts, strict=True):
            with lanes.count_to(count) as i:
                lanes.put(DOUBLE(0.0), name, lane, i)
            if lanes.directions:
                with lanes.count_to(count * lanes.directions) as i:
                    lanes.put(DOUBLE(0.0), f"{name}_dot", lane, i)


def _step(lanes: Lanes, inner: _Inner, observe: Observe) -> None:
    """One attempted step of all lanes."""
    b = lanes.b
    t, stop, h = (lanes.now(x) for x in ("t", "stop", "h"))
    left = b.fsub(stop, t)
    lands = b.fcmp_ordered(">=", b.fmul(h, lanes.const(SLIVER)), left)
    used = b.select(b.and_(lands, lanes.active()), left, h)
    lanes.keep(used, "h")
    _call(lanes, inner.attempt, *ATTEMPT, *(KEPT if lanes.directions else ()))
    accepted = b.fcmp_ordered("<=", lanes.now("error"), lanes.const(1.0))
    lanes.keep(b.select(lands, stop, b.fadd(t, used)), "t_new")
    if inner.step_tangent is not None:
        with b.if_then(lanes.any(b.and_(accepted, lanes.active()))):
            _call(lanes, inner.step_tangent, *STEP_TANGENT)
    if lanes.triggers:
        find_crossings(lanes, observe, accepted)
    record_due(lanes, observe, accepted)
    if lanes.triggers:
        end_at_crossings(lanes)
    _advance(lanes, accepted, used)
    if lanes.triggers:
        call_for_service(lanes)


def _advance(lanes: Lanes, accepted: ir.Value, used: ir.Value) -> None:
    b = lanes.b
    for y_at, new_at in lanes.rooms("y", "new"):
        for i in range(len(lanes.ode_system.states)):
            y, new = lanes.load(y_at, i), lanes.load(new_at, i)
            lanes.store(b.select(accepted, new, y), y_at, i)
    t = b.select(accepted, lanes.now("t_new"), lanes.now("t"))
    lanes.keep(t, "t")
    error = lanes.now("error")
    h = next_step(lanes, accepted, used, error)
    lanes.keep(lanes.minimum(h, lanes.spread(lanes.arg["longest_step"])), "h")
    for name, mask in (("taken", accepted), ("refused", b.not_(accepted))):
        lanes.keep_whole(b.add(lanes.whole(name), b.zext(mask, lanes.itype)), name)
    arrived = b.fcmp_ordered(">=", t, lanes.now("stop"))
    code = _failure(lanes, accepted, arrived, t, h, error)
    lanes.keep_whole(code, "failed")
    lanes.keep_whole(b.or_(arrived, b.icmp_signed("!=", code, lanes.iconst(0))), "call")


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
        ">=", b.add(lanes.whole("taken"), lanes.whole("refused")), lanes.spread(lanes.arg["max_steps"])
    )
    why_many = b.select(b.and_(many, b.not_(arrived)), lanes.iconst(TOO_MANY_STEPS), lanes.iconst(0))
    return b.select(small, why_small, why_many)
