r"""Emit the functions that the derivative of a step calls, over the same buffers as the stages.

``first_tangent(t, h, y, constants, inputs, factors, k, costly, y_dot, constants_dot, inputs_dot, changes,
k_dot)`` gives the tangents of the first increment, and those entries of :math:`h \dot J` and
:math:`h^2 \dot f_t` that can differ from 0;
``products(changes, k, past_dot)`` gives :math:`h \dot J k_s + d_s h^2 \dot f_t` of all later stages, in one
direction;
``stage_tangent(h, drives, y, y_dot, past_dot, constants, inputs, factors, drives_dot, constants_dot,
inputs_dot, costly, k_dot)`` gives the tangents of any later increment;
``drives_tangent(t, constants, inputs, timely, constants_dot, inputs_dot, drives, drives_dot)`` gives the
subexpressions of time and inputs alone, with their tangents.

All increments are known before the tangents are computed, so an entry of :math:`\dot J` is loaded once for
all stages: the operands of a stage exceed the first-level cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.codegen.emitter import Emitter
from quotidian.engine.codegen.forward_mode import Dual, DualEmitter, Tangents
from quotidian.engine.codegen.memory_layout import apart, increments
from quotidian.engine.codegen.model_functions import moved
from quotidian.engine.codegen.number_format import DOUBLE_FORMAT
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.stages import Plan, inner
from quotidian.engine.codegen.tangent_functions import fixed_pairs
from quotidian.engine.expressions.graph import Node
from quotidian.engine.expressions.still import Still


@dataclass(frozen=True)
class Changes:
    """Where entries of the Jacobian and drifts that can have a tangent stand in a buffer of ``size``."""

    entries: dict[tuple[int, int], int]
    drifts: dict[int, int]
    size: int


@dataclass(frozen=True)
class TangentPlan:
    """The functions of which the derivative of a step is composed."""

    plan: Plan
    method: Method
    changes: Changes
    first: ir.Function
    products: ir.Function
    stage: ir.Function
    drives: ir.Function


def emit_tangent_stages(
    module: ir.Module, plan: Plan, method: Method, lanes: int, width: int, still: Still
) -> TangentPlan:
    """The functions of a step's derivative in so many directions, and what the first passes to the second."""
    first, changes = _emit_first(module, plan, method, lanes, width, still)
    products = _emit_products(module, plan, method, changes, lanes)
    stage = _emit_stage(module, plan, method, lanes, width, still)
    drives = _emit_drives(module, plan, lanes, width, still)
    return TangentPlan(plan, method, changes, first, products, stage, drives)


def _emit_first(
    module: ir.Module, plan: Plan, method: Method, lanes: int, width: int, still: Still
) -> tuple[ir.Function, Changes]:
    function, b = inner(module, "first_tangent", [DOUBLE_FORMAT] * 13)
    t, h_at, y, c, u, w_at, k, costly, y_dot, c_dot, u_dot, changes_at, k_dot = function.args
    e, p = DualEmitter(b, lanes, width), plan.ode_system
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot), still) | moved(
        p, lambda: Dual(e.load(t)), e.pairs(y, y_dot, len(p.states))
    )
    roots = [*p.rates, *(p.drift[i] for i in plan.drifting), *p.jacobian.values()]
    read = e.dual_reader(roots, known, _kept(e, plan.opening, costly))
    h, changes = e.load(h_at), Changes({}, {}, len(p.jacobian) + len(plan.drifting))

    def left(tangents: Tangents) -> int:
        place = len(changes.entries) + len(changes.drifts)
        e.store_tangents(tangents, changes_at, changes.size, place)
        return place

    def right(i: int) -> tuple[ir.Value, ...]:
        total = e.scaled(read(p.rates[i]).tangents, h)
        drift = e.scaled(e.scaled(read(p.drift[i]).tangents, h), h) if i in plan.drifting else None
        if drift is not None:
            changes.drifts[i] = left(drift)
            total = e.add_scaled(total, e.const(method.d[0]), drift)
        for place in sorted(place for place in p.jacobian if place[0] == i):
            entry = e.scaled(read(p.jacobian[place]).tangents, h)
            if entry is not None:
                changes.entries[place] = left(entry)
                total = e.add_scaled(total, e.load(k, place[1]), entry)
        return e.dense(total)

    _solve(e, plan, method, w_at, right, k_dot)
    b.ret_void()
    return function, changes


def _emit_products(
    module: ir.Module, plan: Plan, method: Method, changes: Changes, lanes: int
) -> ir.Function:
    """Row by row, since results may overlap operands: no operand is kept from one row for the next."""
    function, b = inner(module, "products", [DOUBLE_FORMAT] * 3)
    for argument in function.args:
        argument.attributes.discard("noalias")
    changes_at, k, past = function.args
    e, n, later = Emitter(b, lanes), len(plan.ode_system.states), range(1, method.stages)
    for row in range(n):
        totals: dict[int, ir.Value | None] = dict.fromkeys(later)
        if row in changes.drifts:
            drift = e.load(changes_at, changes.drifts[row])
            totals = {s: e.dot(None, [(method.d[s], drift)]) if method.d[s] else None for s in later}
        for place in (place for place in changes.entries if place[0] == row):
            entry = e.load(changes_at, changes.entries[place])
            for s, total in totals.items():
                x = e.load(k, s * increments(n, e.size) + place[1])
                totals[s] = b.fmul(entry, x) if total is None else e.fma(entry, x, total)
        for s, total in totals.items():
            e.store(e.const(0.0) if total is None else total, past, s * apart(n, e.size) + row)
    b.ret_void()
    return function


def _emit_stage(
    module: ir.Module, plan: Plan, method: Method, lanes: int, width: int, still: Still
) -> ir.Function:
    function, b = inner(module, "stage_tangent", [DOUBLE_FORMAT] * 13)
    h_at, drives, y, y_dot, past, c, u, w_at, drives_dot, c_dot, u_dot, costly, k_dot = function.args
    e, p, n = DualEmitter(b, lanes, width), plan.ode_system, len(plan.ode_system.states)
    moves, pairs = still.moved(p), e.pairs(drives, drives_dot, len(plan.drives))
    states = e.pairs(y, y_dot, n, apart(n, e.size))
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot), still) | moved(p, None, states)
    for i, node in enumerate(plan.drives):
        known[node.serial] = pairs[i] if node.serial in moves else e.unmoved(drives, i)
    read = e.dual_reader(p.rates, known, _kept(e, plan.costly, costly))
    h = e.load(h_at)

    def right(i: int) -> tuple[ir.Value, ...]:
        before = e.load_tangents(past, apart(n, e.size) * method.stages, i)
        return e.dense(e.add_scaled(before, h, read(p.rates[i]).tangents))

    _solve(e, plan, method, w_at, right, k_dot)
    b.ret_void()
    return function


def _emit_drives(module: ir.Module, plan: Plan, lanes: int, width: int, still: Still) -> ir.Function:
    function, b = inner(module, "drives_tangent", [DOUBLE_FORMAT] * 8)
    t, c, u, timely, c_dot, u_dot, values, tangents = function.args
    e, p = DualEmitter(b, lanes, width), plan.ode_system
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot), still) | {p.time.serial: lambda: Dual(e.load(t))}
    for i, dual in enumerate(e.duals(plan.drives, known, _kept(e, plan.timely, timely))):
        e.store(dual.value, values, i)
        if dual.tangents is not None:
            e.store_tangents(dual.tangents, tangents, len(plan.drives), i)
    b.ret_void()
    return function


def _kept(e: DualEmitter, nodes: Sequence[Node], base: ir.Value) -> dict[int, Callable[[], ir.Value]]:
    return {node.serial: e.later(base, i) for i, node in enumerate(nodes)}


def _solve(
    e: DualEmitter, plan: Plan, method: Method, factors: ir.Value,
    right: Callable[[int], Sequence[ir.Value]], k_dot: ir.Value,
) -> None:  # fmt: skip
    n = len(plan.ode_system.states)
    solved = plan.factors.solve(e, plan.factors.entry(e, factors), right)
    for i in range(n):
        e.store_tangents(tuple(solved[i]), k_dot, increments(n, e.size) * method.stages, i)
