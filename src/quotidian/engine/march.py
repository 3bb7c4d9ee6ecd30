"""Emission of the march: children flow through lanes, each with its own time, step and schedule.

A lane takes a child, steps it from discontinuity to discontinuity, records due outputs from the
dense polynomial, and takes the next child when done. No lane waits for another, and no value
crosses lanes, so a child's numbers do not depend on its neighbours.
"""

from __future__ import annotations

from llvmlite import ir

from quotidian.engine.attempt import emit_attempt
from quotidian.engine.calling import NOT_FINITE, STEP_TOO_SMALL, TOO_MANY_STEPS
from quotidian.engine.controller import next_step
from quotidian.engine.emit import emit_observe, emit_prepare
from quotidian.engine.lanes import Lanes
from quotidian.engine.method import Method
from quotidian.engine.problem import Problem
from quotidian.engine.recording import record_due, record_fresh
from quotidian.engine.service import serve, take_child
from quotidian.engine.vector_math import DOUBLE

SMALLEST = 1e-13  # of the time reached, plus the same in hours: below this a step is lost to rounding
SLIVER = 1.000001  # a step that would leave less than this excess of itself takes it too


def emit_march(problem: Problem, method: Method, lanes: int) -> str:
    """LLVM IR of the whole engine for one problem, as text."""
    module = ir.Module(name="quotidian")
    emit_prepare(module, problem)
    attempt, observe = emit_attempt(module, problem, method, lanes), emit_observe(module, problem, lanes)
    for inner in (attempt, observe):
        inner.linkage = "internal"
    _march(Lanes(module, problem, method, lanes), attempt, observe)
    return str(module)


def _march(lanes: Lanes, attempt: ir.Function, observe: ir.Function) -> None:
    """Until no lane holds a child: record, serve, step."""
    b = lanes.b
    _fill(lanes)
    with lanes.count_to(lanes.lanes) as lane:
        take_child(lanes, lane)
    with lanes.while_(lambda: lanes.any(lanes.active())):
        record_fresh(lanes, observe)
        serve(lanes)
        # a lane that has just taken a child must be recorded and served before it steps
        settled = b.not_(lanes.any(lanes.flags("fresh")))
        with b.if_then(b.and_(settled, lanes.any(lanes.active()))):
            _step(lanes, attempt, observe)
    b.ret_void()


def _fill(lanes: Lanes) -> None:
    """Tolerances, and harmless numbers for lanes that never hold a child."""
    for name in ("t", "h", "stop", "finish", "t_new"):
        lanes.keep(lanes.const(1.0), name)
    lanes.keep(lanes.spread(lanes.arg["rtol"]), "rtol")
    counts = (len(lanes.problem.states), len(lanes.problem.hoisted), len(lanes.problem.inputs))
    with lanes.count_to(lanes.lanes) as lane:
        with lanes.count_to(counts[0]) as i:
            lanes.put(lanes.at("atol", i), "atol", lane, i)
        for name, count in zip("ycu", counts, strict=True):
            with lanes.count_to(count) as i:
                lanes.put(DOUBLE(0.0), name, lane, i)


def _step(lanes: Lanes, attempt: ir.Function, observe: ir.Function) -> None:
    """One attempted step of all lanes."""
    b = lanes.b
    t, stop, h = (lanes.now(x) for x in ("t", "stop", "h"))
    left = b.fsub(stop, t)
    lands = b.fcmp_ordered(">=", b.fmul(h, lanes.const(SLIVER)), left)
    used = b.select(b.and_(lands, lanes.active()), left, h)
    lanes.keep(used, "h")
    names = ("t", "h", "y", "c", "u", "new", "k", "error", "rtol", "atol")
    b.call(attempt, [lanes.buf[x] for x in names])
    accepted = b.fcmp_ordered("<=", lanes.now("error"), lanes.const(1.0))
    lanes.keep(b.select(lands, stop, b.fadd(t, used)), "t_new")
    record_due(lanes, observe, accepted)
    _advance(lanes, accepted, used)


def _advance(lanes: Lanes, accepted: ir.Value, used: ir.Value) -> None:
    b = lanes.b
    for i in range(len(lanes.problem.states)):
        y, new = (lanes.load(lanes.buf[x], i) for x in ("y", "new"))
        lanes.store(b.select(accepted, new, y), lanes.buf["y"], i)
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
