"""Emit one attempted Rosenbrock step.

``attempt(t, h, y, constants, inputs, y_new, k, error, rtol, atol, factors)`` over buffers ``[item][lane]``.

In single precision the stages compute with numbers of 32 bits, so a register holds twice as many lanes. Time,
state and error stay double, and the increments are summed before they are added to the state: rounding is
then relative to what a step adds and not to what there is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from llvmlite import ir

from quotidian.engine.codegen.emitter import Emitter, counted, new_function
from quotidian.engine.codegen.memory_layout import apart, increments
from quotidian.engine.codegen.number_format import DOUBLE_FORMAT, I64, NumberFormat
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.stages import Plan, emit_drives, emit_first, emit_stage
from quotidian.engine.expressions.ode_system import OdeSystem

ARGUMENTS = ("t", "h", "y", "c", "u", "new", "k", "error", "rtol", "atol", "w")
KEPT = ("argument", "costly", "timely")  # [stage][state], functions of [stage] and of [time] of a drive
NARROW = ("k", "rtol", "atol", "w", "c_single")  # in the format of the stages
NEGLIGIBLE = 1e-15  # of a state's usual size: in single precision a smaller value counts as 0


def emit_attempt(
    module: ir.Module, system: OdeSystem, method: Method, lanes: int, keeps: bool = False,
    number: NumberFormat = DOUBLE_FORMAT,
) -> ir.Function:  # fmt: skip
    """One step of ``method`` from (t, y) over h, with the scaled error norm of each lane.

    With ``keeps`` it also stores the arguments and the elementary functions of its stages. In single
    precision it takes the constants in both formats.
    """
    plan, single = Plan(system), number is not DOUBLE_FORMAT
    names = (*ARGUMENTS, *(KEPT if keeps else ()), *(("c_single",) if single else ()))
    types = [(number if name in NARROW else DOUBLE_FORMAT).type.as_pointer() for name in names]
    functions = {
        "first": emit_first(module, plan, method, lanes, keeps, number),
        "stage": emit_stage(module, plan, lanes, keeps, number),
        "drives": emit_drives(module, plan, lanes, keeps, number),
    }
    if single:
        functions["opening_drives"] = emit_drives(module, plan, lanes, keeps, number, opening=True)
    function, b = new_function(module, "attempt", types)
    at = dict(zip(names, function.args, strict=True))
    step = _Step(Emitter(b, lanes, number), plan, method, at, functions)
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
    functions: dict[str, ir.Function]
    _drives: dict[float, ir.Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.n = len(self.plan.ode_system.states)
        self.single = self.e.number is not DOUBLE_FORMAT
        self.wide = Emitter(self.e.b, self.e.lanes)
        self.apart = increments(self.n, self.e.size)
        self.past = self.e.buffer(self.n, "past")
        self._argument = self.at.get("argument") or self.e.buffer(self.n, "argument")
        self.added = self.e.buffer(self.n, "added") if self.single else None
        self.drift = self.e.buffer(len(self.plan.drifting))
        self.times = {c: self.wide.buffer(1) for c in dict.fromkeys(self.method.c[1:])}
        self._drives = {c: self.e.buffer(len(self.plan.drives)) for c in self.times}
        self.of_stages = {name: self.at[name] for name in ("t", "h", "y", "c", "u")}

    def take(self) -> None:
        b, at, wide = self.e.b, self.at, self.wide
        if self.single:
            self._enter()
        of = self.of_stages
        b.call(
            self.functions["first"],
            [*(of[x] for x in "thycu"), self.drift, at["w"], at["k"], *self._costly(0)],
        )
        h = wide.load(at["h"])
        if self.plan.drives:
            for i, (c, place) in enumerate(self.times.items()):
                wide.store(wide.dot(wide.load(at["t"]), [(c, h)]), place)
                places = [place, at["c"], at["u"], self._drives[c]]
                b.call(self.functions["drives"], [*places, *self._timely(i)])
        for s in range(1, self.method.stages):
            self._combine(s)
            self._drift(self.method.d[s])
            drives = self._drives[self.method.c[s]]
            places = [of["h"], drives, self.argument(s), self.past, of["c"], of["u"], at["w"], self._k(s)]
            b.call(self.functions["stage"], [*places, *self._costly(s)])

    def _enter(self) -> None:
        """The operands of the stages in single precision; negligible values of states become 0.

        Otherwise a square of one could be too small for full precision, without any sign of it.
        """
        e, at, p = self.e, self.at, self.plan.ode_system
        of = self.of_stages = {
            "t": e.buffer(len(self.plan.opening_drives)),
            "h": e.buffer(1),
            "y": e.buffer(self.n, "y"),
            "c": at["c_single"],
            "u": e.buffer(len(p.inputs)),
        }
        e.b.call(self.functions["opening_drives"], [at["t"], at["c"], at["u"], of["t"]])
        e.store(e.from_double(self.wide.load(at["h"])), of["h"])
        for i in range(len(p.inputs)):
            e.store(e.from_double(self.wide.load(at["u"], i)), of["u"], i)
        for i, scale in enumerate(p.scales):
            y = e.from_double(self.wide.load(at["y"], i))
            seen = e.b.fcmp_unordered(">=", e.intrinsic("fabs", y), e.const(NEGLIGIBLE * scale))
            e.store(e.b.select(seen, y, e.const(0.0)), of["y"], i)

    def _part(self, base: ir.Value, s: int, size: int) -> ir.Value:
        return self.e.b.gep(base, [I64(s * size * self.e.lanes)])

    def _k(self, s: int) -> ir.Value:
        return self._part(self.at["k"], s, self.apart)

    def argument(self, s: int) -> ir.Value:
        """Address of the argument of a stage: one buffer for all stages, unless they are kept."""
        return self._part(self._argument, s if "argument" in self.at else 0, apart(self.n, self.e.size))

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
            y = e.load(e.item(self.of_stages["y"], i))
            more = m.a[s] == (*m.a[s - 1], 1.0) and s > 1
            if self.added is not None:
                added = e.item(self.added, i)
                total = (
                    b.fadd(e.load(added), k[-1]) if more else e.dot(None, list(zip(m.a[s], k, strict=True)))
                )
                e.store(total, added)
                argument = b.fadd(y, total)
            elif more:
                argument = b.fadd(e.load(e.item(self.argument(s - 1), i)), k[-1])
            else:
                argument = e.dot(y, list(zip(m.a[s], k, strict=True)))
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
            k, y = e.load(e.item(last, i)), e.load(e.item(self.of_stages["y"], i))
            new = self._new(i, k)
            size = e.maximum(e.intrinsic("fabs", new), e.intrinsic("fabs", y))
            q = b.fdiv(k, e.fma(rtol, size, e.load(e.item(at["atol"], i))))
            e.store(e.fma(q, q, e.load(total)), total)
            e.store(b.fadd(e.load(sizes), size), sizes)
        lost = b.fsub(e.load(sizes), e.load(sizes))
        norm = e.sqrt(b.fmul(b.fadd(e.load(total), lost), e.const(1.0 / self.n)))
        self.wide.store(e.to_double(norm), at["error"])

    def _new(self, i: ir.Value, k: ir.Value) -> ir.Value:
        """Store the new state; the same in the format of the stages."""
        e, b, wide, at = self.e, self.e.b, self.wide, self.at
        if self.added is None:
            new = b.fadd(e.load(e.item(self.argument(self.method.stages - 1), i)), k)
        else:
            increment = b.fadd(e.load(e.item(self.added, i)), k)
            new = b.fadd(wide.load(wide.item(at["y"], i)), e.to_double(increment))
        wide.store(new, wide.item(at["new"], i))
        return e.from_double(new)
