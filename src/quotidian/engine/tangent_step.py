r"""Emission of the derivative of one Rosenbrock step, for steps that were accepted.

``step_tangent(t, h, y, constants, inputs, factors, k, y_dot, constants_dot, inputs_dot, new_dot, k_dot)`` over
buffers ``[item][lane]``, those of tangents ``[direction][item][lane]``.

Stage :math:`W k_i = r_i` with :math:`W = \frac{1}{\gamma} I - h J` is differentiated as it stands, at fixed
h: :math:`W \dot k_i = \dot r_i + h \dot J k_i`. The factors of W serve both, so no factor is differentiated.
The increments :math:`k_i` and the factors are those that the attempt left behind: the step itself is not
touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from llvmlite import ir

from quotidian.engine.dual import Dual, DualEmitter, Tangents
from quotidian.engine.emit import moved
from quotidian.engine.emitter import FLAGS, POINTER, new_function
from quotidian.engine.method import Method
from quotidian.engine.problem import Problem
from quotidian.engine.stages import Plan
from quotidian.engine.tangent_edges import emit_tangents, fixed_pairs

ARGUMENTS = ("t", "h", "y", "c", "u", "w", "k", "y_dot", "c_dot", "u_dot", "new_dot", "k_dot")
Rates = Callable[[ir.Value, list[Dual]], list[Tangents]]


def emit_step_tangent(
    module: ir.Module, problem: Problem, method: Method, lanes: int, width: int
) -> ir.Function:
    """Tangents of the new states and of the increments of a step of ``method`` from (t, y) over h."""
    function, b = new_function(module, "step_tangent", [POINTER] * len(ARGUMENTS))
    function.linkage = "internal"
    t, h, y, c, u, w, k, y_dot, c_dot, u_dot, new_at, k_at = function.args
    e, n = DualEmitter(b, lanes, width), len(problem.states)
    fixed = fixed_pairs(e, problem, (c, c_dot), (u, u_dot))
    rates = _stage_rates(e, problem, (c, u, c_dot, u_dot))
    start = e.pairs(y, y_dot, n)
    step = _StepTangent(e, problem, method, e.load(t), e.load(h), start, fixed, rates, k, w)
    step.take()
    for place, tangents in enumerate(x for k_s in step.k_dot for x in k_s):
        e.keep_moves(tangents, k_at, n * method.stages, place)
    for i in range(n):
        e.keep_moves(e.sum(step.stage[i].tangents, step.k_dot[-1][i]), new_at, n, i)
    b.ret_void()
    return function


def _stage_rates(e: DualEmitter, problem: Problem, fixed: tuple[ir.Value, ...]) -> Rates:
    """Tangents of the rates at a stage, from one function for all stages: its code stays near at hand."""
    c, u, c_dot, u_dot = fixed
    n = len(problem.states)
    function = emit_tangents(e.b.module, problem, e.lanes, e.width, "rates_tangent", problem.rates)
    t_at, y_at, y_dot_at, f_at = (e.room(count) for count in (1, n, n * e.width, n * e.width))

    def rates(t: ir.Value, y: list[Dual]) -> list[Tangents]:
        e.store(t, t_at)
        for i, (value, tangents) in enumerate(y):
            e.store(value, y_at, i)
            e.keep_moves(tangents, y_dot_at, n, i)
        e.b.call(function, [t_at, y_at, c, u, y_dot_at, c_dot, u_dot, f_at])
        return [e.moves(f_at, n, i) for i in range(n)]

    return rates


@dataclass
class _StepTangent:
    """The stages of one step and their tangents, in the symbols of :mod:`quotidian.engine.method`."""

    e: DualEmitter
    problem: Problem
    method: Method
    t: ir.Value
    h: ir.Value
    y: list[Dual]
    fixed: dict[int, Dual]
    rates: Rates
    k_at: ir.Value
    w_at: ir.Value
    k_dot: list[list[tuple[ir.Value, ...]]] = field(default_factory=list)
    stage: list[Dual] = field(default_factory=list)

    def take(self) -> None:
        e, p, n = self.e, self.problem, len(self.y)
        known = self.fixed | moved(p, Dual(self.t), self.y)
        duals = e.duals([*p.rates, *p.drift, *p.jacobian.values()], known)
        f_dot, drift = [dual.tangents for dual in duals[:n]], duals[n : 2 * n]
        jacobian = dict(zip(p.jacobian, duals[2 * n :], strict=True))
        factors = Plan(p).factors
        entry = factors.entry(e, self.w_at)
        for s in range(self.method.stages):
            self.stage = [self._argument(s, i) for i in range(n)]
            if s:
                f_dot = self.rates(e.dot(self.t, [(self.method.c[s], self.h)]), self.stage)
            change = list(f_dot)
            for (i, j), (_, j_dot) in jacobian.items():
                change[i] = e.more(change[i], self._k(s, j), j_dot)
            right = [self._right_hand_side(s, i, change[i], drift[i].tangents) for i in range(n)]
            columns = zip(*(e.settled(r) for r in right), strict=True)
            solved = [factors.solve(e, entry, x.__getitem__) for x in columns]
            self.k_dot.append([tuple(x[i] for x in solved) for i in range(n)])

    def _k(self, s: int, i: int) -> ir.Value:
        """An increment, read where it is needed: there are more than registers."""
        return self.e.load(self.k_at, s * len(self.y) + i)

    def _argument(self, s: int, i: int) -> Dual:
        r""":math:`y_0 + \sum_{j<s} a_{sj} k_j`, and the same of the tangents."""
        row, y = list(enumerate(self.method.a[s])), self.y[i]
        value = self.e.dot(y.value, [(a, self._k(j, i)) for j, a in row if a])
        y_dot = self.e.settled(y.tangents)
        return Dual(
            value,
            tuple(self.e.dot(x, [(a, self.k_dot[j][i][w]) for j, a in row]) for w, x in enumerate(y_dot)),
        )

    def _right_hand_side(self, s: int, i: int, change: Tangents, drift_dot: Tangents) -> Tangents:
        r""":math:`h (\dot f + \dot J k + d_s h \dot f_t) + \sum_j C_{sj} \dot k_j`."""
        e, d = self.e, self.method.d[s]
        if d and drift_dot is not None:
            change = e.more(change, e.b.fmul(e.const(d), self.h, flags=FLAGS), drift_dot)
        if not s:
            return e.scaled(change, self.h)
        row = list(enumerate(self.method.C[s]))
        past = tuple(e.dot(None, [(C, self.k_dot[j][i][w]) for j, C in row]) for w in range(e.width))
        return e.more(past, self.h, change)
