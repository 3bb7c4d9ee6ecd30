"""Emission of the numerical work as straight-line vector code: prepare, attempt, observe.

Three functions, each over structure-of-arrays buffers ``[item][lane]``:

``prepare(count, parameters, constants, starts)`` : per child, scalar
``attempt(t, h, y, constants, inputs, y_new, k, error, rtol, atol)`` : one Rosenbrock step
``observe(t, y, constants, inputs, outputs)`` : observables at a time
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llvmlite import ir

from quotidian.engine.graph import Node, reachable
from quotidian.engine.method import Method
from quotidian.engine.problem import Problem
from quotidian.engine.sparse import eliminate
from quotidian.engine.vector_math import DOUBLE, I64, VectorMath

POINTER = DOUBLE.as_pointer()
FLAGS = ("contract", "nsz", "arcp")  # never nnan or ninf: a failing lane must show itself


class Emitter(VectorMath):
    """Turns graph nodes into vector instructions inside one function."""

    def load(self, base: ir.Value, index: int) -> ir.Value:
        return self.b.load(self._slot(base, index), align=8 * self.lanes)

    def store(self, value: ir.Value, base: ir.Value, index: int) -> None:
        self.b.store(value, self._slot(base, index), align=8 * self.lanes)

    def _slot(self, base: ir.Value, index: int) -> ir.Value:
        place = self.b.gep(base, [ir.Constant(I64, index * self.lanes)])
        return place if self.lanes == 1 else self.b.bitcast(place, self.type.as_pointer())

    def evaluate(self, roots: Sequence[Node], known: Mapping[int, ir.Value]) -> list[ir.Value]:
        """Values of ``roots``; ``known`` gives symbols and hoisted nodes by serial."""
        values = dict(known)
        for node in self._needed(roots, values):
            values[node.serial] = self._operate(node, [values[a.serial] for a in node.args])
        return [values[r.serial] for r in roots]

    def _needed(self, roots: Sequence[Node], known: Mapping[int, ir.Value]) -> list[Node]:
        stop = set(known)
        wanted: set[int] = set()
        stack = [r for r in roots if r.serial not in stop]
        while stack:
            node = stack.pop()
            if node.serial not in wanted:
                wanted.add(node.serial)
                stack.extend(a for a in node.args if a.serial not in stop)
        return [n for n in reachable(roots) if n.serial in wanted]

    def _operate(self, node: Node, args: list[ir.Value]) -> ir.Value:
        b = self.b
        match node.op:
            case "number":
                return self.const(float(node.value))
            case "+":
                return b.fadd(*args, flags=FLAGS)
            case "-":
                return b.fsub(*args, flags=FLAGS)
            case "*":
                return b.fmul(*args, flags=FLAGS)
            case "/":
                return b.fdiv(*args, flags=FLAGS)
            case "symbol":
                raise ValueError(f"symbol {node.value} has no value here")
            case function:
                return self.function(function)(*args)

    def dot(self, start: ir.Value | None, terms: list[tuple[float, ir.Value]]) -> ir.Value:
        r""":math:`s + \sum_j c_j x_j`, skipping zero coefficients."""
        total = start
        for c, x in terms:
            if c == 0.0:
                continue
            product = x if c == 1.0 else self.b.fmul(self.const(c), x, flags=FLAGS)
            total = product if total is None else self.b.fadd(total, product, flags=FLAGS)
        return self.const(0.0) if total is None else total


def _function(module: ir.Module, name: str, arguments: Sequence[ir.Type]) -> tuple[ir.Function, ir.IRBuilder]:
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), name)
    for argument in function.args:
        if isinstance(argument.type, ir.PointerType):
            argument.add_attribute("noalias")
    return function, ir.IRBuilder(function.append_basic_block("entry"))


def emit_prepare(module: ir.Module, problem: Problem) -> ir.Function:
    """Hoisted constants and start values of ``count`` children, one after another."""
    function, b = _function(module, "prepare", [I64, POINTER, POINTER, POINTER])
    count, parameters, constants, starts = function.args
    entry = b.block
    loop, done = b.append_basic_block("child"), b.append_basic_block("done")
    b.cbranch(b.icmp_signed(">", count, I64(0)), loop, done)
    b.position_at_end(loop)
    child = b.phi(I64)
    child.add_incoming(I64(0), entry)
    e = Emitter(b, 1)

    def row(base: ir.Value, width: int) -> ir.Value:
        return b.gep(base, [b.mul(child, I64(width))])

    here = row(parameters, len(problem.parameters))
    known = {problem.graph.symbol(n).serial: e.load(here, i) for i, n in enumerate(problem.parameters)}
    values = e.evaluate([*problem.hoisted, *problem.starts], known)
    cut = len(problem.hoisted)
    for place, group in ((row(constants, cut), values[:cut]), (row(starts, len(problem.states)), values[cut:])):
        for i, value in enumerate(group):
            e.store(value, place, i)
    following = b.add(child, I64(1))
    child.add_incoming(following, b.block)
    b.cbranch(b.icmp_signed("<", following, count), loop, done)
    b.position_at_end(done)
    b.ret_void()
    return function


def _known(e: Emitter, problem: Problem, t: ir.Value, y: Sequence[ir.Value], c: ir.Value, u: ir.Value) -> dict[int, ir.Value]:
    symbol = problem.graph.symbol
    known = {n.serial: e.load(c, i) for i, n in enumerate(problem.hoisted)}
    known |= {symbol(n).serial: e.load(u, i) for i, n in enumerate(problem.inputs)}
    known |= {symbol(n).serial: v for n, v in zip(problem.states, y, strict=True)}
    known[problem.time.serial] = t
    return known


def emit_observe(module: ir.Module, problem: Problem, lanes: int) -> ir.Function:
    """Observables at time t and state y."""
    function, b = _function(module, "observe", [POINTER] * 5)
    t, y, c, u, out = function.args
    e = Emitter(b, lanes)
    state = [e.load(y, i) for i in range(len(problem.states))]
    known = _known(e, problem, e.load(t, 0), state, c, u)
    for i, value in enumerate(e.evaluate(problem.outputs, known)):
        e.store(value, out, i)
    b.ret_void()
    return function


def emit_attempt(module: ir.Module, problem: Problem, method: Method, lanes: int) -> ir.Function:
    """One step of ``method`` from (t, y) over h, with the scaled error norm of each lane."""
    function, b = _function(module, "attempt", [POINTER] * 10)
    t_at, h_at, y_at, c, u, new_at, k_at, error_at, rtol_at, atol_at = function.args
    e = Emitter(b, lanes)
    n = len(problem.states)
    t, h = e.load(t_at, 0), e.load(h_at, 0)
    y = [e.load(y_at, i) for i in range(n)]
    shared = _known(e, problem, t, y, c, u)
    places = list(problem.jacobian)
    first = e.evaluate([*problem.rates, *problem.drift, *problem.jacobian.values()], shared)
    rates, drift = first[:n], first[n : 2 * n]
    solve = _factorise(e, n, dict(zip(places, first[2 * n :], strict=True)), h, method.gamma)
    per_h = b.fdiv(e.const(1.0), h)
    k: list[list[ir.Value]] = []
    stage = y
    for s in range(method.stages):
        if s:
            stage = [e.dot(y[i], [(a, k[j][i]) for j, a in enumerate(method.a[s])]) for i in range(n)]
            t_s = e.dot(t, [(method.c[s], h)])
            rates = e.evaluate(problem.rates, {**shared, **_moved(problem, t_s, stage)})
        right = [_right_hand_side(e, method, s, i, rates[i], drift[i], k, h, per_h, problem) for i in range(n)]
        k.append(solve(right))
        for i in range(n):
            e.store(k[s][i], k_at, s * n + i)
    new = [b.fadd(stage[i], k[-1][i], flags=FLAGS) for i in range(n)]
    for i in range(n):
        e.store(new[i], new_at, i)
    e.store(_error_norm(e, y, new, k[-1], e.load(rtol_at, 0), atol_at), error_at, 0)
    b.ret_void()
    return function


def _moved(problem: Problem, t: ir.Value, y: Sequence[ir.Value]) -> dict[int, ir.Value]:
    moved = {problem.graph.symbol(name).serial: v for name, v in zip(problem.states, y, strict=True)}
    moved[problem.time.serial] = t
    return moved


def _right_hand_side(  # noqa: PLR0913  (one equation of the method, all its symbols)
    e: Emitter, method: Method, s: int, i: int, f: ir.Value, f_t: ir.Value,
    k: list[list[ir.Value]], h: ir.Value, per_h: ir.Value, problem: Problem,
) -> ir.Value:  # fmt: skip
    r""":math:`f + \frac1h \sum_j C_{sj} k_j + d_s h f_t`."""
    total = f
    if s:
        past = e.dot(None, [(c, k[j][i]) for j, c in enumerate(method.C[s])])
        total = e.fma(past, per_h, total)
    if method.d[s] and problem.drift[i].number != 0.0:
        total = e.fma(e.b.fmul(e.const(method.d[s]), h, flags=FLAGS), f_t, total)
    return total


def _factorise(e: Emitter, n: int, jacobian: dict[tuple[int, int], ir.Value], h: ir.Value, gamma: float):  # type: ignore[no-untyped-def]
    r"""LU of :math:`\frac{1}{\gamma h} I - J`; returns the solver of one right-hand side."""
    b, zero = e.b, e.const(0.0)
    plan = eliminate(n, set(jacobian))
    diagonal = b.fdiv(e.const(1.0 / gamma), h)
    w = {place: b.fsub(zero, value, flags=FLAGS) for place, value in jacobian.items()}
    for i in range(n):
        w[i, i] = b.fadd(diagonal, w[i, i], flags=FLAGS) if (i, i) in w else diagonal
    inverse: dict[int, ir.Value] = {}
    for p, below, right in zip(plan.order, plan.lower, plan.upper, strict=True):
        inverse[p] = b.fdiv(e.const(1.0), w[p, p])
        for i in below:
            w[i, p] = b.fmul(w[i, p], inverse[p], flags=FLAGS)
            for j in right:
                product = b.fmul(w[i, p], w[p, j], flags=FLAGS)
                w[i, j] = b.fsub(w.get((i, j), zero), product, flags=FLAGS)

    def solve(right_hand_side: list[ir.Value]) -> list[ir.Value]:
        x = list(right_hand_side)
        for p, below in zip(plan.order, plan.lower, strict=True):
            for i in below:
                x[i] = b.fsub(x[i], b.fmul(w[i, p], x[p], flags=FLAGS), flags=FLAGS)
        for p, right in reversed(list(zip(plan.order, plan.upper, strict=True))):
            for j in right:
                x[p] = b.fsub(x[p], b.fmul(w[p, j], x[j], flags=FLAGS), flags=FLAGS)
            x[p] = b.fmul(x[p], inverse[p], flags=FLAGS)
        return x

    return solve


def _error_norm(e: Emitter, y: list[ir.Value], new: list[ir.Value], k: list[ir.Value], rtol: ir.Value, atol_at: ir.Value) -> ir.Value:
    r""":math:`\sqrt{\frac1n \sum_i \left(\frac{k_i}{a_i + r \max(|y_i|, |y_i^{new}|)}\right)^2}`."""
    b = e.b
    total = e.const(0.0)
    for i in range(len(y)):
        size = e.maximum(e.intrinsic("fabs", y[i]), e.intrinsic("fabs", new[i]))
        q = b.fdiv(k[i], e.fma(rtol, size, e.load(atol_at, i)))
        total = e.fma(q, q, total)
    return e.sqrt(b.fmul(total, e.const(1.0 / len(y))))
