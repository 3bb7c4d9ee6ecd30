"""Emission of what surrounds the steps: hoisted constants and start values before, observables between.

Buffers are structures of arrays, ``[item][lane]``:

``prepare(count, parameters, constants, starts)`` : per child, scalar
``observe(t, y, constants, inputs, outputs)`` : observables at a time
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from llvmlite import ir

from quotidian.engine.codegen.emitter import POINTER, Emitter, counted, new_function
from quotidian.engine.codegen.vector_math import I64
from quotidian.engine.expressions.ode_system import OdeSystem

V = TypeVar("V")


def emit_prepare(module: ir.Module, problem: OdeSystem) -> ir.Function:
    """Hoisted constants and start values of ``count`` children, one after another."""
    function, b = new_function(module, "prepare", [I64, POINTER, POINTER, POINTER])
    count, parameters, constants, starts = function.args
    with counted(b, count) as child:
        _prepare_child(Emitter(b, 1), problem, child, parameters, constants, starts)
    b.ret_void()
    return function


def row_of(b: ir.IRBuilder, base: ir.Value, child: ir.Value, width: int) -> ir.Value:
    """Where a child's row of a table [child][width] begins."""
    return b.gep(base, [b.mul(child, I64(width))])


def _prepare_child(
    e: Emitter,
    problem: OdeSystem,
    child: ir.Value,
    parameters: ir.Value,
    constants: ir.Value,
    starts: ir.Value,
) -> None:
    here = row_of(e.b, parameters, child, len(problem.parameters))
    known = {problem.graph.symbol(n).serial: e.load(here, i) for i, n in enumerate(problem.parameters)}
    values = e.evaluate([*problem.hoisted, *problem.starts], known)
    cut = len(problem.hoisted)
    for i, value in enumerate(values[:cut]):
        e.store(value, row_of(e.b, constants, child, cut), i)
    for i, value in enumerate(values[cut:]):
        e.store(value, row_of(e.b, starts, child, len(problem.states)), i)


def emit_observe(module: ir.Module, problem: OdeSystem, lanes: int) -> ir.Function:
    """Observables at time t and state y."""
    function, b = new_function(module, "observe", [POINTER] * 5)
    t, y, c, u, out = function.args
    e = Emitter(b, lanes)
    known = fixed(e, problem, c, u) | moved(
        problem, e.load(t), [e.later(y, i) for i in range(len(problem.states))]
    )
    for i, value in enumerate(e.evaluate(problem.outputs, known)):
        e.store(value, out, i)
    b.ret_void()
    return function


def fixed(e: Emitter, problem: OdeSystem, c: ir.Value, u: ir.Value) -> dict[int, Callable[[], ir.Value]]:
    """What does not move within a step, by serial of its node; loaded where it is used."""
    known = {node.serial: e.later(c, i) for i, node in enumerate(problem.hoisted)}
    return known | {problem.graph.symbol(n).serial: e.later(u, i) for i, n in enumerate(problem.inputs)}


def moved(problem: OdeSystem, t: V | None, y: Sequence[V]) -> dict[int, V]:
    """Time and states, by serial of their nodes."""
    known = {problem.graph.symbol(n).serial: v for n, v in zip(problem.states, y, strict=True)}
    return known if t is None else known | {problem.time.serial: t}
