r"""Emission of the functions that every step's derivative calls, over buffers as in the stages themselves.

``changes(t, y, constants, inputs, y_dot, constants_dot, inputs_dot, drift_dot, jacobian_dot)`` gives
:math:`\dot f_t` and those entries of :math:`\dot J` that can differ from 0;
``stage_tangent(h, drives, y, y_dot, past_dot, constants, inputs, factors, drives_dot, constants_dot,
inputs_dot, jacobian_dot, k, costly, k_dot)`` gives the tangents of one stage's increment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.dual import Dual, DualEmitter, Tangents
from quotidian.engine.emit import moved
from quotidian.engine.method import Method
from quotidian.engine.placing import apart, increments
from quotidian.engine.stages import Plan, inner
from quotidian.engine.tangent_edges import emit_tangents, fixed_pairs

Places = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class TangentPlan:
    """What the derivative of a step is made of: its functions, and which entries they pass on.

    ``entries`` of the Jacobian and drifts of the states ``drifting`` have tangents that can differ from 0.
    """

    plan: Plan
    method: Method
    entries: Places
    drifting: tuple[int, ...]
    changes: ir.Function
    stage: ir.Function
    drives: ir.Function
    plain_drives: ir.Function


def emit_tangent_stages(module: ir.Module, plan: Plan, method: Method, lanes: int, width: int) -> TangentPlan:
    """The functions, and what they pass to one another."""
    changes, entries, drifting = _emit_changes(module, plan, lanes, width)
    stage = _emit_stage(module, plan, method, entries, lanes, width)
    drives = emit_tangents(module, plan.problem, lanes, width, "drives_tangent", plan.drives)
    plain = module.get_global("drives")
    return TangentPlan(plan, method, entries, drifting, changes, stage, drives, plain)


def _emit_changes(
    module: ir.Module, plan: Plan, lanes: int, width: int
) -> tuple[ir.Function, Places, tuple[int, ...]]:
    function, b = inner(module, "changes", 9)
    t, y, c, u, y_dot, c_dot, u_dot, drift_at, jacobian_at = function.args
    e, p = DualEmitter(b, lanes, width), plan.problem
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot)) | moved(
        p, lambda: Dual(e.load(t)), e.pairs(y, y_dot, len(p.states))
    )
    read = e.dual_reader(known, {})
    order = {state: i for i, state in enumerate(plan.factors.plan.order)}
    found = {
        place: read(p.jacobian[place]).tangents
        for place in sorted(p.jacobian, key=lambda place: (order[place[0]], place[1]))
    }
    entries = {place: tangents for place, tangents in found.items() if tangents is not None}
    drifts = {i: read(p.drift[i]).tangents for i in plan.drifting}
    drifting = {i: tangents for i, tangents in drifts.items() if tangents is not None}
    for base, tangents in ((jacobian_at, list(entries.values())), (drift_at, list(drifting.values()))):
        for i, one in enumerate(tangents):
            e.keep_moves(one, base, len(tangents), i)
    b.ret_void()
    return function, tuple(entries), tuple(drifting)


def _emit_stage(
    module: ir.Module, plan: Plan, method: Method, entries: Places, lanes: int, width: int
) -> ir.Function:
    function, b = inner(module, "stage_tangent", 15)
    h_at, drives, y, y_dot, past, c, u, w_at, drives_dot, c_dot, u_dot, j_dot, k, costly, k_dot = (
        function.args
    )
    e, p, n = DualEmitter(b, lanes, width), plan.problem, len(plan.problem.states)
    timed = zip(plan.drives, e.pairs(drives, drives_dot, len(plan.drives)), strict=True)
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot)) | moved(p, None, e.pairs(y, y_dot, n, apart(n, lanes)))
    kept = {node.serial: e.later(costly, i) for i, node in enumerate(plan.costly)}
    read = e.dual_reader(known | {node.serial: pair for node, pair in timed}, kept)
    add = _jacobian_product(e, entries, j_dot, k)
    h = e.load(h_at)

    def right(i: int) -> tuple[ir.Value, ...]:
        change = add(i, read(p.rates[i]).tangents)
        return e.settled(e.more(e.moves(past, apart(n, lanes), i), h, change))

    solved = plan.factors.solve(e, plan.factors.entry(e, w_at), right)
    for i in range(n):
        e.keep_moves(tuple(solved[i]), k_dot, increments(n, lanes) * method.stages, i)
    b.ret_void()
    return function


def _jacobian_product(
    e: DualEmitter, entries: Places, j_dot: ir.Value, k: ir.Value
) -> Callable[[int, Tangents], Tangents]:
    r"""What adds row i of :math:`\dot J k`."""

    def add(row: int, total: Tangents) -> Tangents:
        for place, (i, j) in enumerate(entries):
            if i == row:
                total = e.more(total, e.load(k, j), e.moves(j_dot, len(entries), place))
        return total

    return add
