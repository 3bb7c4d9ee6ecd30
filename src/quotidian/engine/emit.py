"""Emission of what surrounds the steps: hoisted constants and start values before, observables between.

Buffers are structures of arrays, ``[item][lane]``:

``prepare(count, parameters, constants, starts)`` : per child, scalar
``observe(t, y, constants, inputs, outputs)`` : observables at a time
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from llvmlite import ir

from quotidian.engine.emitter import POINTER, Emitter, new_function
from quotidian.engine.problem import Problem
from quotidian.engine.vector_math import I64

V = TypeVar("V")


def emit_prepare(module: ir.Module, problem: Problem) -> ir.Function:
    """Hoisted constants and start values of ``count`` children, one after another."""
    function, b = new_function(module, "prepare", [I64, POINTER, POINTER, POINTER])
    count, parameters, constants, starts = function.args
    with over_children(b, count) as child:
        _prepare_child(Emitter(b, 1), problem, child, parameters, constants, starts)
    b.ret_void()
    return function


@contextmanager
def over_children(b: ir.IRBuilder, count: ir.Value) -> Iterator[ir.Value]:
    """A loop over the children 0 .. count - 1."""
    loop, done = b.append_basic_block("child"), b.append_basic_block("done")
    entry = b.block
    b.cbranch(b.icmp_signed(">", count, I64(0)), loop, done)
    b.position_at_end(loop)
    child = b.phi(I64)
    child.add_incoming(I64(0), entry)
    yield child
    following = b.add(child, I64(1))
    child.add_incoming(following, b.block)
    b.cbranch(b.icmp_signed("<", following, count), loop, done)
    b.position_at_end(done)


def row_of(b: ir.IRBuilder, base: ir.Value, child: ir.Value, width: int) -> ir.Value:
    """Where a child's row of a table [child][width] begins."""
    return b.gep(base, [b.mul(child, I64(width))])


def _prepare_child(
    e: Emitter, problem: Problem, child: ir.Value, parameters: ir.Value, constants: ir.Value, starts: ir.Value
) -> None:
    here = row_of(e.b, parameters, child, len(problem.parameters))
    known = {problem.graph.symbol(n).serial: e.load(here, i) for i, n in enumerate(problem.parameters)}
    values = e.evaluate([*problem.hoisted, *problem.starts], known)
    cut = len(problem.hoisted)
    for i, value in enumerate(values[:cut]):
        e.store(value, row_of(e.b, constants, child, cut), i)
    for i, value in enumerate(values[cut:]):
        e.store(value, row_of(e.b, starts, child, len(problem.states)), i)


def emit_observe(module: ir.Module, problem: Problem, lanes: int) -> ir.Function:
    """Observables at time t and state y."""
    function, b = new_function(module, "observe", [POINTER] * 5)
    t, y, c, u, out = function.args
    e = Emitter(b, lanes)
    state = [e.load(y, i) for i in range(len(problem.states))]
    known = constants_and_inputs(e, problem, c, u) | moved(problem, e.load(t), state)
    for i, value in enumerate(e.evaluate(problem.outputs, known)):
        e.store(value, out, i)
    b.ret_void()
    return function


def constants_and_inputs(e: Emitter, problem: Problem, c: ir.Value, u: ir.Value) -> dict[int, ir.Value]:
    """What does not move within a step, by serial of its node."""
    known = {node.serial: e.load(c, i) for i, node in enumerate(problem.hoisted)}
    return known | {problem.graph.symbol(n).serial: e.load(u, i) for i, n in enumerate(problem.inputs)}


def moved(problem: Problem, t: V, y: Sequence[V]) -> dict[int, V]:
    """Time and states, by serial of their nodes."""
    known = {problem.graph.symbol(n).serial: v for n, v in zip(problem.states, y, strict=True)}
    return known | {problem.time.serial: t}
