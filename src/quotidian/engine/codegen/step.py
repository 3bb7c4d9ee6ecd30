"""Emit one attempted Rosenbrock step.

``attempt(t, h, y, constants, inputs, y_new, k, error, rtol, atol, factors)`` over buffers ``[item][lane]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from llvmlite import ir

from quotidian.engine.codegen.emitter import POINTER, Emitter, counted, new_function
from quotidian.engine.codegen.memory_layout import apart, increments
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.stages import Plan, emit_drives, emit_first, emit_stage
from quotidian.engine.codegen.vector_math import I64
from quotidian.engine.expressions.ode_system import OdeSystem

ARGUMENTS = ("t", "h", "y", "c", "u", "new", "k", "error", "rtol", "atol", "w")
KEPT = ("argument", "costly", "timely")  # [stage][state], functions of [stage] and of [time] of a drive


def emit_attempt(
    module: ir.Module, system: OdeSystem, method: Method, lanes: int, keeps: bool = False
) -> ir.Function:
    """One step of ``method`` from (t, y) over h, with the scaled error norm of each lane.

    With ``keeps`` it also stores the arguments and the elementary functions of its stages.
    """
    plan = Plan(system)
    inner = emit_first(module, plan, method, lanes, keeps), emit_stage(module, plan, lanes, keeps)
    drives = emit_drives(module, plan, lanes, keeps)
    names = (*ARGUMENTS, *(KEPT if keeps else ()))
    function, b = new_function(module, "attempt", [POINTER] * len(names))
    step = _Step(
        Emitter(b, lanes), plan, method, dict(zip(names, function.args, strict=True)), *inner, drives
    )
    step.take()
    step.end()
    b.ret_void()
    return function


@dataclass
class _Step:
    """The stages of one step, in the symbols of :mod:`quotidian.engine.codegen.rosenbrock`."""

    e: Emitter
    plan: Plan
    method: Method
    at: dict[str, ir.Value]
    first: ir.Function
    stage: ir.Function
    drives: ir.Function
    _drives: dict[float, ir.Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.n = len(self.plan.ode_system.states)
        self.apart = increments(self.n, self.e.lanes)
        self.past = self.e.buffer(self.n, "past")
        self._argument = self.at.get("argument") or self.e.buffer(self.n, "argument")
        self.drift = self.e.buffer(len(self.plan.drifting))
        self.times = {c: self.e.buffer(1) for c in dict.fromkeys(self.method.c[1:])}
        self._drives = {c: self.e.buffer(len(self.plan.drives)) for c in self.times}

    def take(self) -> None:
        e, b, at = self.e, self.e.b, self.at
        b.call(self.first, [*(at[x] for x in "thycu"), self.drift, at["w"], at["k"], *self._costly(0)])
        h = e.load(at["h"])
        if self.plan.drives:
            for i, (c, place) in enumerate(self.times.items()):
                e.store(e.dot(e.load(at["t"]), [(c, h)]), place)
                b.call(self.drives, [place, at["c"], at["u"], self._drives[c], *self._timely(i)])
        for s in range(1, self.method.stages):
            self._combine(s)
            self._drift(self.method.d[s])
            drives = self._drives[self.method.c[s]]
            places = [at["h"], drives, self.argument(s), self.past, at["c"], at["u"], at["w"], self._k(s)]
            b.call(self.stage, [*places, *self._costly(s)])

    def _part(self, base: ir.Value, s: int, size: int) -> ir.Value:
        return self.e.b.gep(base, [I64(s * size * self.e.lanes)])

    def _k(self, s: int) -> ir.Value:
        return self._part(self.at["k"], s, self.apart)

    def argument(self, s: int) -> ir.Value:
        """Address of the argument of a stage: one buffer for all stages, unless they are kept."""
        return self._part(self._argument, s if "argument" in self.at else 0, apart(self.n, self.e.lanes))

    def _costly(self, s: int) -> list[ir.Value]:
        """Where a stage stores its functions, if they are kept."""
        return [self._part(self.at["costly"], 1, self.plan.kept_before(s))] if "costly" in self.at else []

    def _timely(self, time: int) -> list[ir.Value]:
        """Where the drives of a time store theirs, if they are kept."""
        return [self._part(self.at["timely"], time, len(self.plan.timely))] if "timely" in self.at else []

    def _combine(self, s: int) -> None:
        r""":math:`y_0 + \sum_{j<s} a_{sj} k_j` and :math:`\sum_{j<s} C_{sj} k_j` of every state."""
        e, b, m = self.e, self.e.b, self.method
        with counted(b, I64(self.n)) as i:
            k = [e.load(e.item(self.at["k"], i, j * self.apart)) for j in range(s)]
            if m.a[s] == (*m.a[s - 1], 1.0) and s > 1:
                argument = b.fadd(e.load(e.item(self.argument(s - 1), i)), k[-1])
            else:
                argument = e.dot(e.load(e.item(self.at["y"], i)), list(zip(m.a[s], k, strict=True)))
            e.store(argument, e.item(self.argument(s), i))
            e.store(e.dot(None, list(zip(m.C[s], k, strict=True))), e.item(self.past, i))

    def _drift(self, d: float) -> None:
        r"""Add :math:`d_s h^2 f_t` to the right-hand side."""
        e = self.e
        for place, i in enumerate(self.plan.drifting if d else ()):
            e.store(e.fma(e.const(d), e.load(self.drift, place), e.load(self.past, i)), self.past, i)

    def end(self) -> None:
        r"""The new state, and the error :math:`\sqrt{\frac1n \sum_i (k_i / s_i)^2}`.

        Here :math:`s_i = a_i + r \max(|y_i|, |y_i^{new}|)` of the last increment. Not-a-number if
        a new value is not finite: an infinite scale would hide any error.
        """
        e, b, at, last = self.e, self.e.b, self.at, self._k(self.method.stages - 1)
        total, sizes, rtol = e.buffer(1), e.buffer(1), e.load(at["rtol"])
        for sum_ in (total, sizes):
            e.store(e.const(0.0), sum_)
        with counted(b, I64(self.n)) as i:
            k, y = e.load(e.item(last, i)), e.load(e.item(at["y"], i))
            new = b.fadd(e.load(e.item(self.argument(self.method.stages - 1), i)), k)
            e.store(new, e.item(at["new"], i))
            size = e.maximum(e.intrinsic("fabs", new), e.intrinsic("fabs", y))
            q = b.fdiv(k, e.fma(rtol, size, e.load(e.item(at["atol"], i))))
            e.store(e.fma(q, q, e.load(total)), total)
            e.store(b.fadd(e.load(sizes), size), sizes)
        lost = b.fsub(e.load(sizes), e.load(sizes))
        norm = e.sqrt(b.fmul(b.fadd(e.load(total), lost), e.const(1.0 / self.n)))
        e.store(norm, at["error"])
