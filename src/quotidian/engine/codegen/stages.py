r"""Emit the two functions that every step calls: the first stage with the factors, and a later stage.

``first(t, h, y, constants, inputs, drift, factors, k)`` and
``stage(h, drives, y, past, constants, inputs, factors, k)`` over buffers ``[item][lane]``;
``drives(t, constants, inputs, values)`` gives subexpressions of time and inputs alone, once for stages of one
time.

In single precision all operands of the stages are single. Functions of time alone are computed in double
precision, since an hour of a long run needs more digits: ``opening_drives`` for the first stage.

All later stages share one function: its code stays in the cache, and its operands are loaded where they are
used, so that registers need not be saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial

from llvmlite import ir

from quotidian.engine.codegen.emitter import Emitter, new_function
from quotidian.engine.codegen.lu_factors import Entries, Factors
from quotidian.engine.codegen.model_functions import fixed, moved
from quotidian.engine.codegen.number_format import DOUBLE_FORMAT, NumberFormat
from quotidian.engine.codegen.rosenbrock import Method
from quotidian.engine.expressions.graph import Node, reachable
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.symbolic_lu import eliminate

ELEMENTARY = ("exp", "log", "safe_log", "sqrt", "cos", "sin")


class Plan:
    """Properties of a system's steps that are known before code generation."""

    def __init__(self, system: OdeSystem) -> None:
        self.ode_system = system
        self.factors = Factors(eliminate(len(system.states), set(system.jacobian)))

    @cached_property
    def drifting(self) -> tuple[int, ...]:
        """States whose rates depend on time explicitly."""
        return tuple(i for i, node in enumerate(self.ode_system.drift) if node.number != 0.0)

    @cached_property
    def drives(self) -> tuple[Node, ...]:
        """The largest subexpressions of the rates that depend on time and on no state."""
        return self._timed(self.ode_system.rates)

    @cached_property
    def opening_drives(self) -> tuple[Node, ...]:
        """Those of the rates and of their derivatives."""
        p = self.ode_system
        return self._timed([*p.rates, *p.jacobian.values(), *p.drift])

    def _timed(self, roots: Sequence[Node]) -> tuple[Node, ...]:
        p = self.ode_system
        timed = p.depending_on([p.time])
        stated = p.depending_on([p.graph.symbol(name) for name in p.states])
        found = {r.serial: r for r in roots if r.serial in timed - stated}
        for node in reachable(roots):
            if node.serial in stated:
                found |= {a.serial: a for a in node.args if a.serial in timed - stated}
        return tuple(found[serial] for serial in sorted(found))

    @cached_property
    def costly(self) -> tuple[Node, ...]:
        """Elementary functions in the rates that depend on a state."""
        p = self.ode_system
        stated = p.depending_on([p.graph.symbol(name) for name in p.states])
        return tuple(n for n in reachable(p.rates) if n.op in ELEMENTARY and n.serial in stated)

    @cached_property
    def timely(self) -> tuple[Node, ...]:
        """Elementary functions in the drives; sine and cosine of an angle come together."""
        timed, found = self.ode_system.depending_on([self.ode_system.time]), dict[int, Node]()
        for node in reachable(self.drives):
            if node.op in ELEMENTARY and node.serial in timed:
                both = ("cos", "sin") if node.op in ("cos", "sin") else (node.op,)
                found |= {n.serial: n for n in (node.graph.function(f, node.args[0]) for f in both)}
        return tuple(found.values())

    @cached_property
    def opening(self) -> tuple[Node, ...]:
        """Elementary functions in a first stage: those of any stage, of the drives, and of derivatives."""
        p = self.ode_system
        roots = [*p.jacobian.values(), *p.drift]
        others = (n for n in reachable(roots) if n.op in ELEMENTARY and n.serial in p.moving)
        return tuple({n.serial: n for n in (*self.costly, *self.timely, *others)}.values())

    def kept_before(self, stage: int) -> int:
        """How many functions are kept by the stages before one."""
        return len(self.opening) + (stage - 1) * len(self.costly) if stage else 0


def emit_first(
    module: ir.Module,
    plan: Plan,
    method: Method,
    lanes: int,
    keeps: bool,
    number: NumberFormat = DOUBLE_FORMAT,
) -> ir.Function:
    r"""The drift :math:`h^2 f_t`, the factors of W, and the first increment.

    In single precision it takes the opening drives in place of the time.
    """
    function, b = inner(module, "first", [number] * (8 + keeps))
    t_at, h_at, y, c, u, drift_at, w_at, k_at, *kept = function.args
    e, p = Emitter(b, lanes, number), plan.ode_system
    h, states = e.load(h_at), [e.later(y, i) for i in range(len(p.states))]
    drifts = [p.drift[i] for i in plan.drifting]
    roots = [*p.jacobian.values(), *drifts, *p.rates]
    timed = (
        {p.time.serial: e.later(t_at, 0)}
        if number is DOUBLE_FORMAT
        else drives_at(e, plan.opening_drives, t_at)
    )
    read = e.reader(roots, fixed(e, p, c, u) | moved(p, None, states) | timed)
    drift = {i: b.fmul(h, read(node)) for i, node in zip(plan.drifting, drifts, strict=True)}
    for place, value in enumerate(drift.values()):
        e.store(b.fmul(h, value), drift_at, place)
    jacobian = {place: partial(read, node) for place, node in p.jacobian.items()}
    w: Entries = {}

    def right(i: int) -> list[ir.Value]:
        plan.factors.row(e, i, w, jacobian, h, method.gamma)
        rate = read(p.rates[i])
        rate = e.fma(e.const(method.d[0]), drift[i], rate) if i in drift else rate
        return [b.fmul(h, rate)]

    _store(e, plan.factors.solve(e, lambda i, j: w[i, j], right), k_at)
    plan.factors.store(e, w, w_at)
    keep(e, plan.opening, read, kept)
    b.ret_void()
    return function


def drives_at(e: Emitter, nodes: Sequence[Node], base: ir.Value) -> dict[int, Callable[[], ir.Value]]:
    """Functions of time in a buffer, by serial of their nodes."""
    return {node.serial: e.later(base, i) for i, node in enumerate(nodes)}


def emit_stage(
    module: ir.Module, plan: Plan, lanes: int, keeps: bool, number: NumberFormat = DOUBLE_FORMAT
) -> ir.Function:
    """The increment of a later stage, from its argument and the sum of earlier increments."""
    function, b = inner(module, "stage", [number] * (8 + keeps))
    h_at, drives, y, past, c, u, w_at, k_at, *kept = function.args
    e, p = Emitter(b, lanes, number), plan.ode_system
    states = [e.later(y, i) for i in range(len(p.states))]
    known = fixed(e, p, c, u) | moved(p, None, states) | drives_at(e, plan.drives, drives)
    read = e.reader(p.rates, known)
    h = e.load(h_at)

    def right(i: int) -> list[ir.Value]:
        return [e.fma(h, read(p.rates[i]), e.load(past, i))]

    _store(e, plan.factors.solve(e, plan.factors.entry(e, w_at), right), k_at)
    keep(e, plan.costly, read, kept)
    b.ret_void()
    return function


def emit_drives(
    module: ir.Module, plan: Plan, lanes: int, keeps: bool, number: NumberFormat = DOUBLE_FORMAT,
    opening: bool = False,
) -> ir.Function:  # fmt: skip
    """Subexpressions of time and inputs alone, at a time; stored in the format of the stages."""
    name, nodes = ("opening_drives", plan.opening_drives) if opening else ("drives", plan.drives)
    function, b = inner(module, name, [DOUBLE_FORMAT] * 3 + [number] + [DOUBLE_FORMAT] * keeps)
    t, c, u, out, *kept = function.args
    e, stages, p = Emitter(b, lanes), Emitter(b, lanes, number), plan.ode_system
    read = e.reader(nodes, fixed(e, p, c, u) | {p.time.serial: e.later(t, 0)})
    for i, value in enumerate([read(node) for node in nodes]):
        stages.store(stages.from_double(value), out, i)
    keep(e, plan.timely, read, kept)
    b.ret_void()
    return function


def _store(e: Emitter, values: dict[int, list[ir.Value]], base: ir.Value) -> None:
    for i in sorted(values):
        e.store(values[i][0], base, i)


def keep(
    e: Emitter, nodes: Sequence[Node], read: Callable[[Node], ir.Value], kept: Sequence[ir.Value]
) -> None:
    """Store values that the derivative of the step would otherwise compute again.

    No stored value is a product: a product within a sum is never computed on its own.
    """
    for base in kept:
        for i, node in enumerate(nodes):
            e.store(read(node), base, i)


def inner(module: ir.Module, name: str, buffers: Sequence[NumberFormat]) -> tuple[ir.Function, ir.IRBuilder]:
    """An internal function of buffers that is never inlined: its code is large, and shared by its calls."""
    function, b = new_function(module, name, [number.type.as_pointer() for number in buffers])
    function.linkage = "internal"
    function.attributes.add("noinline")
    return function, b
