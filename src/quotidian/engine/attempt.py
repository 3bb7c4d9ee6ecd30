"""Emission of one attempted Rosenbrock step as straight-line vector code.

``attempt(t, h, y, constants, inputs, y_new, k, error, rtol, atol)`` over buffers ``[item][lane]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from llvmlite import ir

from quotidian.engine.emit import constants_and_inputs, moved
from quotidian.engine.emitter import FLAGS, POINTER, Emitter, new_function
from quotidian.engine.method import Method
from quotidian.engine.problem import Problem
from quotidian.engine.sparse import Elimination, eliminate

Values = list[ir.Value]


def emit_attempt(module: ir.Module, problem: Problem, method: Method, lanes: int) -> ir.Function:
    """One step of ``method`` from (t, y) over h, with the scaled error norm of each lane."""
    function, b = new_function(module, "attempt", [POINTER] * 10)
    t, h, y, c, u, new_at, k_at, error_at, rtol, atol = function.args
    e = Emitter(b, lanes)
    states = [e.load(y, i) for i in range(len(problem.states))]
    fixed = constants_and_inputs(e, problem, c, u)
    step = _Step(e, problem, method, e.load(t), e.load(h), states, fixed)
    step.take()
    n = len(states)
    for place, value in enumerate(x for k_s in step.k for x in k_s):
        e.store(value, k_at, place)
    new = [b.fadd(step.stage[i], step.k[-1][i], flags=FLAGS) for i in range(n)]
    for i in range(n):
        e.store(new[i], new_at, i)
    scales = [e.load(atol, i) for i in range(n)]
    e.store(_error_norm(e, states, new, step.k[-1], e.load(rtol), scales), error_at)
    b.ret_void()
    return function


@dataclass
class _Step:
    """The stages of one step, in the symbols of :mod:`quotidian.engine.method`."""

    e: Emitter
    problem: Problem
    method: Method
    t: ir.Value
    h: ir.Value
    y: Values
    fixed: dict[int, ir.Value]
    k: list[Values] = field(default_factory=list)
    stage: Values = field(default_factory=list)

    def take(self) -> None:
        e, p, n = self.e, self.problem, len(self.y)
        roots = [*p.rates, *p.drift, *p.jacobian.values()]
        values = e.evaluate(roots, self.fixed | moved(p, self.t, self.y))
        rates, drift = values[:n], values[n : 2 * n]
        jacobian = dict(zip(p.jacobian, values[2 * n :], strict=True))
        factors = system(e, n, jacobian, self.h, self.method.gamma).factorise()
        per_h = e.b.fdiv(e.const(1.0), self.h)
        for s in range(self.method.stages):
            self.stage = self._argument(s)
            if s:
                t = e.dot(self.t, [(self.method.c[s], self.h)])
                rates = e.evaluate(p.rates, self.fixed | moved(p, t, self.stage))
            right = [self._right_hand_side(s, i, rates[i], drift[i], per_h) for i in range(n)]
            self.k.append(factors.solve(right))

    def _argument(self, s: int) -> Values:
        r""":math:`y_0 + \sum_{j<s} a_{sj} k_j`."""
        row = self.method.a[s]
        return [self.e.dot(y, [(a, self.k[j][i]) for j, a in enumerate(row)]) for i, y in enumerate(self.y)]

    def _right_hand_side(self, s: int, i: int, f: ir.Value, f_t: ir.Value, per_h: ir.Value) -> ir.Value:
        r""":math:`f + \frac1h \sum_j C_{sj} k_j + d_s h f_t`."""
        e, d = self.e, self.method.d[s]
        total = f
        if s:
            past = e.dot(None, [(C, self.k[j][i]) for j, C in enumerate(self.method.C[s])])
            total = e.fma(past, per_h, total)
        if d and self.problem.drift[i].number != 0.0:
            total = e.fma(e.b.fmul(e.const(d), self.h, flags=FLAGS), f_t, total)
        return total


@dataclass
class Factors:
    r"""LU of :math:`W = \frac{1}{\gamma h} I - J` in place, with the pivots' reciprocals."""

    e: Emitter
    plan: Elimination
    w: dict[tuple[int, int], ir.Value]
    reciprocal: dict[int, ir.Value] = field(default_factory=dict)

    def factorise(self) -> Factors:
        """Rows below each pivot less their multiple of its row."""
        b, w, zero = self.e.b, self.w, self.e.const(0.0)
        for p, below, right in zip(self.plan.order, self.plan.lower, self.plan.upper, strict=True):
            self.reciprocal[p] = b.fdiv(self.e.const(1.0), w[p, p])
            for i in below:
                w[i, p] = b.fmul(w[i, p], self.reciprocal[p], flags=FLAGS)
                for j in right:
                    product = b.fmul(w[i, p], w[p, j], flags=FLAGS)
                    w[i, j] = b.fsub(w.get((i, j), zero), product, flags=FLAGS)
        return self

    def solve(self, right_hand_side: Values) -> Values:
        """Forward through L, then back through U."""
        b, w, x = self.e.b, self.w, list(right_hand_side)
        for p, below in zip(self.plan.order, self.plan.lower, strict=True):
            for i in below:
                x[i] = b.fsub(x[i], b.fmul(w[i, p], x[p], flags=FLAGS), flags=FLAGS)
        for p, right in reversed(list(zip(self.plan.order, self.plan.upper, strict=True))):
            for j in right:
                x[p] = b.fsub(x[p], b.fmul(w[p, j], x[j], flags=FLAGS), flags=FLAGS)
            x[p] = b.fmul(x[p], self.reciprocal[p], flags=FLAGS)
        return x


def system(
    e: Emitter, n: int, jacobian: dict[tuple[int, int], ir.Value], h: ir.Value, gamma: float
) -> Factors:
    """W of a step of length h, ready to be factorised."""
    b = e.b
    diagonal = b.fdiv(e.const(1.0 / gamma), h)
    w = {place: b.fsub(e.const(0.0), value, flags=FLAGS) for place, value in jacobian.items()}
    for i in range(n):
        w[i, i] = b.fadd(diagonal, w[i, i], flags=FLAGS) if (i, i) in w else diagonal
    return Factors(e, eliminate(n, set(jacobian)), w)


def _error_norm(
    e: Emitter, y: Values, new: Values, k: Values, rtol: ir.Value, atol: Sequence[ir.Value]
) -> ir.Value:
    r""":math:`\sqrt{\frac1n \sum_i \left(\frac{k_i}{a_i + r \max(|y_i|, |y_i^{new}|)}\right)^2}`.

    Not-a-number if a new value is not finite: an infinite scale would hide any error.
    """
    b = e.b
    total, sizes = e.const(0.0), e.const(0.0)
    for i in range(len(y)):
        size = e.maximum(e.intrinsic("fabs", new[i]), e.intrinsic("fabs", y[i]))
        q = b.fdiv(k[i], e.fma(rtol, size, atol[i]))
        total = e.fma(q, q, total)
        sizes = b.fadd(sizes, size)
    total = b.fadd(total, b.fsub(sizes, sizes))
    return e.sqrt(b.fmul(total, e.const(1.0 / len(y))))
