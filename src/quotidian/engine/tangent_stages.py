r"""Emission of the functions that every step's derivative calls, over buffers as in the stages themselves.

``first_tangent(t, h, y, constants, inputs, factors, k, costly, y_dot, constants_dot, inputs_dot, drift_dot,
jacobian_dot, k_dot)`` gives :math:`\dot f_t`, those entries of :math:`\dot J` that can differ from 0, and the
tangents of the first increment;
``stage_tangent(h, drives, y, y_dot, past_dot, constants, inputs, factors, drives_dot, constants_dot,
inputs_dot, jacobian_dot, k, costly, k_dot)`` gives the tangents of any later increment;
``drives_tangent(t, constants, inputs, timely, constants_dot, inputs_dot, drives, drives_dot)`` gives what only
time and inputs enter, with its tangents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.dual import Dual, DualEmitter, Tangents
from quotidian.engine.emit import moved
from quotidian.engine.emitter import FLAGS
from quotidian.engine.graph import Node
from quotidian.engine.method import Method
from quotidian.engine.placing import apart, increments
from quotidian.engine.stages import Plan, inner
from quotidian.engine.tangent_edges import fixed_pairs

Places = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class TangentPlan:
    """What the derivative of a step is made of: its functions, and which entries they pass on.

    ``entries`` of the Jacobian and drifts of the states ``drifting`` have tangents that can differ from 0;
    each stands at its place in a buffer of :attr:`jacobian_size` or :attr:`drift_size` items a direction.
    """

    plan: Plan
    method: Method
    entries: Places
    drifting: Mapping[int, int]
    first: ir.Function
    stage: ir.Function
    drives: ir.Function

    @property
    def jacobian_size(self) -> int:
        return len(self.plan.problem.jacobian)

    @property
    def drift_size(self) -> int:
        return len(self.plan.drifting)


def emit_tangent_stages(module: ir.Module, plan: Plan, method: Method, lanes: int, width: int) -> TangentPlan:
    """The functions, and what they pass to one another."""
    first, entries, drifting = _emit_first(module, plan, method, lanes, width)
    stage = _emit_stage(module, plan, method, entries, lanes, width)
    return TangentPlan(
        plan, method, entries, drifting, first, stage, _emit_drives(module, plan, lanes, width)
    )


def _emit_first(
    module: ir.Module, plan: Plan, method: Method, lanes: int, width: int
) -> tuple[ir.Function, Places, Mapping[int, int]]:
    function, b = inner(module, "first_tangent", 14)
    t, h_at, y, c, u, w_at, k, costly, y_dot, c_dot, u_dot, drift_at, jacobian_at, k_dot = function.args
    e, p = DualEmitter(b, lanes, width), plan.problem
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot)) | moved(
        p, lambda: Dual(e.load(t)), e.pairs(y, y_dot, len(p.states))
    )
    read = e.dual_reader(known, _kept(e, plan.opening, costly))
    h = e.load(h_at)
    entries: dict[tuple[int, int], int] = {}
    drifting: dict[int, int] = {}

    def right(i: int) -> tuple[ir.Value, ...]:
        """Row i, which leaves behind its drift and its part of the Jacobian."""
        change: Tangents = None
        drift = read(p.drift[i]).tangents if i in plan.drifting else None
        if drift is not None:
            drifting[i] = len(drifting)
            e.keep_moves(drift, drift_at, len(plan.drifting), drifting[i])
            change = e.scaled(drift, b.fmul(e.const(method.d[0]), h, flags=FLAGS))
        for place in sorted(place for place in p.jacobian if place[0] == i):
            partial = read(p.jacobian[place]).tangents
            if partial is not None:
                entries[place] = len(entries)
                e.keep_moves(partial, jacobian_at, len(p.jacobian), entries[place])
                change = e.more(change, e.load(k, place[1]), partial)
        return e.settled(e.scaled(e.sum(change, read(p.rates[i]).tangents), h))

    _solve(e, plan, method, w_at, right, k_dot)
    b.ret_void()
    return function, entries, drifting


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
    read = e.dual_reader(
        known | {node.serial: pair for node, pair in timed}, _kept(e, plan.costly, costly)
    )
    h = e.load(h_at)

    def right(i: int) -> tuple[ir.Value, ...]:
        change = read(p.rates[i]).tangents
        for (row, j), place in entries.items():
            if row == i:
                change = e.more(change, e.load(k, j), e.moves(j_dot, len(p.jacobian), place))
        return e.settled(e.more(e.moves(past, apart(n, lanes), i), h, change))

    _solve(e, plan, method, w_at, right, k_dot)
    b.ret_void()
    return function


def _emit_drives(module: ir.Module, plan: Plan, lanes: int, width: int) -> ir.Function:
    function, b = inner(module, "drives_tangent", 8)
    t, c, u, timely, c_dot, u_dot, values, tangents = function.args
    e, p = DualEmitter(b, lanes, width), plan.problem
    known = fixed_pairs(e, p, (c, c_dot), (u, u_dot)) | {p.time.serial: lambda: Dual(e.load(t))}
    for i, dual in enumerate(e.duals(plan.drives, known, _kept(e, plan.timely, timely))):
        e.store(dual.value, values, i)
        e.keep_moves(dual.tangents, tangents, len(plan.drives), i)
    b.ret_void()
    return function


def _kept(e: DualEmitter, nodes: Sequence[Node], base: ir.Value) -> dict[int, Callable[[], ir.Value]]:
    return {node.serial: e.later(base, i) for i, node in enumerate(nodes)}


def _solve(
    e: DualEmitter, plan: Plan, method: Method, factors: ir.Value,
    right: Callable[[int], Sequence[ir.Value]], k_dot: ir.Value,
) -> None:  # fmt: skip
    n = len(plan.problem.states)
    solved = plan.factors.solve(e, plan.factors.entry(e, factors), right)
    for i in range(n):
        e.keep_moves(tuple(solved[i]), k_dot, increments(n, e.lanes) * method.stages, i)
