"""Emit the tangents of the functions around the steps: constants, initial values and observables.

``prepare_tangent(count, parameters, parameters_dot, constants_dot, starts_dot)`` : per row, scalar
``observe_tangent(t, y, constants, inputs, y_dot, constants_dot, inputs_dot, outputs_dot)``
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from quotidian.engine.codegen.emitter import POINTER, counted, new_function
from quotidian.engine.codegen.forward_mode import Dual, DualEmitter
from quotidian.engine.codegen.model_functions import fixed, moved, row_of
from quotidian.engine.codegen.number_format import I64
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.expressions.still import Still

Buffers = tuple[ir.Value, ir.Value]  # of values, and of their tangents


def emit_prepare_tangent(module: ir.Module, system: OdeSystem) -> ir.Function:
    r"""Tangents :math:`\frac{\partial c}{\partial p} \dot p` of hoisted constants and initial values."""
    function, b = new_function(module, "prepare_tangent", [I64, *[POINTER] * 4])
    count, parameters, directions, constants, starts = function.args
    e, size, cut = DualEmitter(b, 1, 1), len(system.parameters), len(system.hoisted)
    with counted(b, count) as subject:
        pairs = e.pairs(row_of(b, parameters, subject, size), row_of(b, directions, subject, size), size)
        symbols = [system.graph.symbol(name).serial for name in system.parameters]
        found = e.duals([*system.hoisted, *system.starts], dict(zip(symbols, pairs, strict=True)))
        for base, part in ((constants, found[:cut]), (starts, found[cut:])):
            row = row_of(b, base, subject, len(part))
            for i, dual in enumerate(part):
                e.store_tangents(dual.tangents, row, len(part), i)
    b.ret_void()
    return function


def emit_observe_tangent(
    module: ir.Module, system: OdeSystem, lanes: int, width: int, still: Still
) -> ir.Function:
    """Tangents of the observables at time t and state y, in so many directions."""
    function, b = new_function(module, "observe_tangent", [POINTER] * 8)
    function.linkage = "internal"
    function.attributes.add("noinline")
    t, y, c, u, y_dot, c_dot, u_dot, out_dot = function.args
    e = DualEmitter(b, lanes, width)
    known = fixed_pairs(e, system, (c, c_dot), (u, u_dot), still) | moved(
        system, lambda: Dual(e.load(t)), e.pairs(y, y_dot, len(system.states))
    )
    for i, dual in enumerate(e.duals(system.outputs, known)):
        e.store_tangents(dual.tangents, out_dot, len(system.outputs), i)
    b.ret_void()
    return function


def emit_flow(module: ir.Module, system: OdeSystem, lanes: int) -> ir.Function:
    r"""Rates :math:`g_y f + g_t` of the observables: ``flow(t, y, constants, inputs, rates, outputs)``."""
    function, b = new_function(module, "flow", [POINTER] * 6)
    function.linkage = "internal"
    function.attributes.add("noinline")
    t, y, c, u, rates, out = function.args
    e = DualEmitter(b, lanes, 1)
    known: dict[int, Dual | Callable[[], Dual]] = {
        serial: Dual(value()) for serial, value in fixed(e, system, c, u).items()
    }
    known |= moved(
        system, Dual(e.load(t), (e.const(1.0),)), [pair() for pair in e.pairs(y, rates, len(system.states))]
    )
    for i, dual in enumerate(e.duals(system.outputs, known)):
        e.store_tangents(dual.tangents, out, len(system.outputs), i)
    b.ret_void()
    return function


def fixed_pairs(
    e: DualEmitter, system: OdeSystem, c: Buffers, u: Buffers, still: Still
) -> dict[int, Callable[[], Dual]]:
    """Hoisted constants and inputs, which are fixed within a step, by serial of their nodes.

    Those that stand ``still`` have no tangents.
    """
    constants, inputs = e.pairs(*c, len(system.hoisted)), e.pairs(*u, len(system.inputs))
    for i in still.constants:
        constants[i] = e.unmoved(c[0], i)
    if still.inputs:
        inputs = [e.unmoved(u[0], i) for i in range(len(system.inputs))]
    nodes = [*system.hoisted, *(system.graph.symbol(name) for name in system.inputs)]
    return {node.serial: pair for node, pair in zip(nodes, [*constants, *inputs], strict=True)}
