r"""Emit the derivative of one accepted Rosenbrock step.

``step_tangent(t, h, y, constants, inputs, factors, k, argument, costly, timely, y_dot, constants_dot,
inputs_dot, new_dot, k_dot)`` over buffers ``[item][lane]``, those of tangents ``[direction][item][lane]``.

Stage :math:`W k_i = r_i` with :math:`W = \frac{1}{\gamma} I - h J` is differentiated as it is, at fixed
h: :math:`W \dot k_i = \dot r_i + h \dot J k_i`. The factors of W serve both, so no factor is differentiated.
Factors, increments, arguments of the stages and their elementary functions are those that the step stored:
the step itself is unchanged, and little of it is computed again. Directions follow in blocks;
those of a block share the values that are computed again.
"""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.codegen.emitter import POINTER, counted, new_function
from quotidian.engine.codegen.forward_mode import DualEmitter
from quotidian.engine.codegen.memory_layout import apart, increments
from quotidian.engine.codegen.number_format import DOUBLE_FORMAT, I64
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.codegen.stages import Plan
from quotidian.engine.codegen.tangent_stages import TangentPlan, emit_tangent_stages
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.still import Still

ARGUMENTS = (
    "t", "h", "y", "c", "u", "w", "k", "argument", "costly", "timely", "y_dot", "c_dot", "u_dot", "new_dot",
    "k_dot",
)  # fmt: skip


def emit_step_tangent(
    module: ir.Module, system: OdeSystem, method: Method, lanes: int, blocks: int, block: int, still: Still
) -> ir.Function:
    """Tangents of the new states and of the increments of a step of ``method`` from (t, y) over h.

    In ``blocks`` blocks of ``block`` directions each, in none of which moves what stands ``still``.
    """
    follow = _emit_block(module, system, method, lanes, block, still)
    function, b = new_function(module, "step_tangent", [POINTER] * len(ARGUMENTS))
    function.linkage = "internal"
    at, n = dict(zip(ARGUMENTS, function.args, strict=True)), len(system.states)
    sizes = {"y_dot": n, "new_dot": n, "k_dot": increments(n, DOUBLE_FORMAT.size * lanes) * method.stages}
    sizes |= {"c_dot": len(system.hoisted), "u_dot": len(system.inputs)}
    with counted(b, I64(blocks)) as i:
        own = {x: b.gep(at[x], [b.mul(i, I64(block * size * lanes))]) for x, size in sizes.items()}
        b.call(follow, [(at | own)[x] for x in ARGUMENTS])
    b.ret_void()
    return function


def _emit_block(
    module: ir.Module, system: OdeSystem, method: Method, lanes: int, width: int, still: Still
) -> ir.Function:
    """``follow``: the same for one block of so many directions."""
    plan = emit_tangent_stages(module, Plan(system), method, lanes, width, still)
    function, b = new_function(module, "follow", [POINTER] * len(ARGUMENTS))
    function.linkage = "internal"
    function.attributes.add("noinline")
    at = dict(zip(ARGUMENTS, function.args, strict=True))
    step = _StepTangent(DualEmitter(b, lanes, width), plan, at)
    step.take()
    step.end()
    b.ret_void()
    return function


@dataclass
class _StepTangent:
    """The stages of one step and their tangents, in the symbols of :mod:`.rosenbrock`."""

    e: DualEmitter
    plan: TangentPlan
    at: dict[str, ir.Value]

    def __post_init__(self) -> None:
        e, p, width = self.e, self.plan, self.e.width
        self.n, drives = len(p.plan.ode_system.states), len(p.plan.drives)
        self.apart, self.k_apart = apart(self.n, e.size), increments(self.n, e.size)
        self.argument = e.buffer(self.apart * width, "argument")
        self.past = e.buffer(self.apart * p.method.stages * width, "past")
        self.changes = e.buffer(p.changes.size * width)
        self.drives = {c: (e.buffer(drives), e.buffer(drives * width)) for c in dict.fromkeys(p.method.c[1:])}

    def take(self) -> None:
        at, e, p = self.at, self.e, self.plan
        moves = [at["y_dot"], at["c_dot"], at["u_dot"], self.changes, at["k_dot"]]
        e.b.call(p.first, [*(at[x] for x in ("t", "h", "y", "c", "u", "w", "k", "costly")), *moves])
        for w in range(e.width):
            changes = self._part(self.changes, w, p.changes.size)
            past = self._part(self.past, w, self.apart * p.method.stages)
            e.b.call(p.products, [changes, at["k"], past])
        self._drive()
        for s in range(1, p.method.stages):
            self._combine(s)
            self._stage(s)

    def _drive(self) -> None:
        """What only time and inputs enter, with its tangents, at each time of a later stage."""
        e, at, p = self.e, self.at, self.plan
        if not p.plan.drives:
            return
        for i, (c, (values, tangents)) in enumerate(self.drives.items()):
            place = e.buffer(1)
            e.store(e.dot(e.load(at["t"]), [(c, e.load(at["h"]))]), place)
            timely = self._part(at["timely"], i, len(p.plan.timely))
            e.b.call(p.drives, [place, at["c"], at["u"], timely, at["c_dot"], at["u_dot"], values, tangents])

    def _stage(self, s: int) -> None:
        e, at, p = self.e, self.at, self.plan
        values, tangents = self.drives[p.method.c[s]]
        e.b.call(
            p.stage,
            [
                at["h"], values, self._part(at["argument"], s, self.apart), self.argument,
                self._part(self.past, s, self.apart), at["c"], at["u"], at["w"], tangents, at["c_dot"],
                at["u_dot"], self._part(at["costly"], 1, p.plan.kept_before(s)),
                self._part(at["k_dot"], s, self.k_apart),
            ],
        )  # fmt: skip

    def _part(self, base: ir.Value, s: int, size: int) -> ir.Value:
        return self.e.b.gep(base, [I64(s * size * self.e.lanes)])

    def _combine(self, s: int) -> None:
        r""":math:`\dot y_0 + \sum_{j<s} a_{sj} \dot k_j`, and :math:`\sum_{j<s} C_{sj} \dot k_j` more."""
        e, m = self.e, self.plan.method
        with counted(e.b, I64(self.n)) as i:
            for w in range(e.width):
                k = [e.load(self._k(i, w, j)) for j in range(s)]
                place = e.item(self.argument, i, w * self.apart)
                if s > 1 and m.a[s] == (*m.a[s - 1], 1.0):
                    argument = e.b.fadd(e.load(place), k[-1])
                else:
                    start = e.load(e.item(self.at["y_dot"], i, w * self.n))
                    argument = e.dot(start, list(zip(m.a[s], k, strict=True)))
                e.store(argument, place)
                past = e.item(self.past, i, (w * m.stages + s) * self.apart)
                e.store(e.dot(e.load(past), list(zip(m.C[s], k, strict=True))), past)

    def _k(self, i: ir.Value, w: int, j: int) -> ir.Value:
        return self.e.item(self.at["k_dot"], i, (w * self.plan.method.stages + j) * self.k_apart)

    def end(self) -> None:
        """The new state's tangents: the last stage's argument and its increment."""
        e, last = self.e, self.plan.method.stages - 1
        with counted(e.b, I64(self.n)) as i:
            for w in range(e.width):
                new = e.b.fadd(e.load(e.item(self.argument, i, w * self.apart)), e.load(self._k(i, w, last)))
                e.store(new, e.item(self.at["new_dot"], i, w * self.n))
