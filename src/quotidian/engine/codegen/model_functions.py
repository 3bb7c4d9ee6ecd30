"""Emit the functions around the steps: hoisted constants, initial values and observables.

Buffers are structures of arrays, ``[item][lane]``:

``prepare(count, parameters, constants, starts)`` : per subject, scalar
``width()`` : number of hoisted constants
``observe(t, y, constants, inputs, outputs)`` : observables at a time
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from llvmlite import ir

from quotidian.engine.codegen.emitter import POINTER, Emitter, counted, new_function
from quotidian.engine.codegen.number_format import I64
from quotidian.engine.expressions.graph import Node
from quotidian.engine.expressions.ode_system import OdeSystem

V = TypeVar("V")


def emit_prepare(module: ir.Module, system: OdeSystem) -> ir.Function:
    """Hoisted constants and initial values of ``count`` subjects, one after another."""
    function, b = new_function(module, "prepare", [I64, POINTER, POINTER, POINTER])
    count, parameters, constants, starts = function.args
    with counted(b, count) as subject:
        _prepare_subject(Emitter(b, 1), system, subject, parameters, constants, starts)
    b.ret_void()
    return function


def emit_width(module: ir.Module, system: OdeSystem) -> None:
    """The number of hoisted constants, so that a run with code from disk need not find them again."""
    function = ir.Function(module, ir.FunctionType(I64, []), "width")
    ir.IRBuilder(function.append_basic_block("entry")).ret(I64(len(system.hoisted)))


def row_of(b: ir.IRBuilder, base: ir.Value, subject: ir.Value, width: int) -> ir.Value:
    """Where a subject's row of a table [subject][width] begins."""
    return b.gep(base, [b.mul(subject, I64(width))])


def _prepare_subject(
    e: Emitter,
    system: OdeSystem,
    subject: ir.Value,
    parameters: ir.Value,
    constants: ir.Value,
    starts: ir.Value,
) -> None:
    here = row_of(e.b, parameters, subject, len(system.parameters))
    known = {system.graph.symbol(n).serial: e.load(here, i) for i, n in enumerate(system.parameters)}
    values = e.evaluate([*system.hoisted, *system.starts], known)
    cut = len(system.hoisted)
    for i, value in enumerate(values[:cut]):
        e.store(value, row_of(e.b, constants, subject, cut), i)
    for i, value in enumerate(values[cut:]):
        e.store(value, row_of(e.b, starts, subject, len(system.states)), i)


def emit_observe(module: ir.Module, system: OdeSystem, lanes: int, stride: int = 0) -> ir.Function:
    """Observables at time t and state y; of a part of the lanes, where items of buffers have ``stride``."""
    function, b = new_function(module, "observe", [POINTER] * 5)
    return _storing(function, Emitter(b, lanes, stride=stride), system, system.outputs)


def emit_rates(module: ir.Module, system: OdeSystem, lanes: int) -> ir.Function:
    """Rates of the states at time t and state y."""
    function, b = new_function(module, "rates", [POINTER] * 5)
    function.linkage = "internal"
    function.attributes.add("noinline")
    return _storing(function, Emitter(b, lanes), system, system.rates)


def _storing(function: ir.Function, e: Emitter, system: OdeSystem, formulas: Sequence[Node]) -> ir.Function:
    """The body of a function of (t, y, constants, inputs, out) that stores the values of formulas."""
    t, y, c, u, out = function.args
    known = fixed(e, system, c, u) | moved(
        system, e.load(t), [e.later(y, i) for i in range(len(system.states))]
    )
    for i, value in enumerate(e.evaluate(formulas, known)):
        e.store(value, out, i)
    e.b.ret_void()
    return function


def fixed(e: Emitter, system: OdeSystem, c: ir.Value, u: ir.Value) -> dict[int, Callable[[], ir.Value]]:
    """Constants and inputs, which are fixed within a step, by serial of their nodes; loaded where used."""
    known = {node.serial: e.later(c, i) for i, node in enumerate(system.hoisted)}
    return known | {system.graph.symbol(n).serial: e.later(u, i) for i, n in enumerate(system.inputs)}


def moved(system: OdeSystem, t: V | None, y: Sequence[V]) -> dict[int, V]:
    """Time and states, by serial of their nodes."""
    known = {system.graph.symbol(n).serial: v for n, v in zip(system.states, y, strict=True)}
    return known if t is None else known | {system.time.serial: t}
