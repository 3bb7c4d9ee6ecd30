"""Emission of the tangents of what surrounds the steps: constants and starts before, observables between.

``prepare_tangent(count, parameters, parameters_dot, constants_dot, starts_dot)`` : per row, scalar
``observe_tangent(t, y, constants, inputs, y_dot, constants_dot, inputs_dot, outputs_dot)``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from quotidian.engine.codegen.emitter import POINTER, counted, new_function
from quotidian.engine.codegen.forward_mode import Dual, DualEmitter
from quotidian.engine.codegen.model_functions import moved, row_of
from quotidian.engine.codegen.vector_math import I64
from quotidian.engine.expressions.graph import Node
from quotidian.engine.expressions.ode_system import OdeSystem

Buffers = tuple[ir.Value, ir.Value]  # of values, and of their tangents


def emit_prepare_tangent(module: ir.Module, problem: OdeSystem) -> ir.Function:
    r"""Tangents :math:`\frac{\partial c}{\partial p} \dot p` of hoisted constants, and of start values."""
    function, b = new_function(module, "prepare_tangent", [I64, *[POINTER] * 4])
    count, parameters, directions, constants, starts = function.args
    e, size, cut = DualEmitter(b, 1, 1), len(problem.parameters), len(problem.hoisted)
    with counted(b, count) as child:
        pairs = e.pairs(row_of(b, parameters, child, size), row_of(b, directions, child, size), size)
        symbols = [problem.graph.symbol(name).serial for name in problem.parameters]
        found = e.duals([*problem.hoisted, *problem.starts], dict(zip(symbols, pairs, strict=True)))
        for base, part in ((constants, found[:cut]), (starts, found[cut:])):
            row = row_of(b, base, child, len(part))
            for i, dual in enumerate(part):
                e.keep_moves(dual.tangents, row, len(part), i)
    b.ret_void()
    return function


def emit_observe_tangent(module: ir.Module, problem: OdeSystem, lanes: int, width: int) -> ir.Function:
    """Tangents of the observables at time t and state y."""
    return emit_tangents(module, problem, lanes, width, "observe_tangent", problem.outputs)


def emit_tangents(
    module: ir.Module, problem: OdeSystem, lanes: int, width: int, name: str, roots: Sequence[Node]
) -> ir.Function:
    """Tangents of any ``roots``, as a function of the arguments of ``observe_tangent``."""
    function, b = new_function(module, name, [POINTER] * 8)
    function.linkage = "internal"
    function.attributes.add("noinline")
    t, y, c, u, y_dot, c_dot, u_dot, out_dot = function.args
    e = DualEmitter(b, lanes, width)
    known = fixed_pairs(e, problem, (c, c_dot), (u, u_dot)) | moved(
        problem, lambda: Dual(e.load(t)), e.pairs(y, y_dot, len(problem.states))
    )
    for i, dual in enumerate(e.duals(roots, known)):
        e.keep_moves(dual.tangents, out_dot, len(roots), i)
    b.ret_void()
    return function


def fixed_pairs(e: DualEmitter, problem: OdeSystem, c: Buffers, u: Buffers) -> dict[int, Callable[[], Dual]]:
    """Hoisted constants and inputs, which do not move within a step, by serial of their nodes."""
    symbols = [problem.graph.symbol(name) for name in problem.inputs]
    constants = zip(problem.hoisted, e.pairs(*c, len(problem.hoisted)), strict=True)
    inputs = zip(symbols, e.pairs(*u, len(problem.inputs)), strict=True)
    return {node.serial: pair for node, pair in (*constants, *inputs)}
