r"""Emit the effect of an event on one lane: on a state or an input, and on their tangents.

ADD :math:`y + v`, SET :math:`v`, MULTIPLY :math:`y v`; SWITCH :math:`u = v`, RAMP :math:`u' = v`.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from quotidian.engine.abi import ADD, MULTIPLY, RAMP, SWITCH
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.vector_math import DOUBLE, I64

ZERO = DOUBLE(0.0)


def apply_event(
    lanes: Lanes, lane: ir.Value, kind: ir.Value, index: ir.Value, value: ir.Value, moves: Sequence[ir.Value]
) -> None:
    """Apply one event; ``moves`` are the tangents of its value, one a direction."""
    b = lanes.b
    to_input = b.icmp_signed("==", kind, I64(SWITCH))
    if lanes.ode_system.ramps:
        to_input = b.or_(to_input, b.icmp_signed("==", kind, I64(RAMP)))
    with b.if_else(to_input) as (the_input, the_state):
        with the_input:
            turn = _move_input if lanes.ode_system.ramps else _switch
            turn(lanes, lane, kind, index, value, moves)
        with the_state:
            _change_state(lanes, lane, kind, index, value, moves)


def _place(lanes: Lanes, index: ir.Value, direction: int, width: int) -> ir.Value:
    return lanes.b.add(index, I64(direction * width))


def _switch(
    lanes: Lanes, lane: ir.Value, kind: ir.Value, index: ir.Value, value: ir.Value, moves: Sequence[ir.Value]
) -> None:
    lanes.put(value, "u", lane, index)
    for w, move in enumerate(moves):
        lanes.put(move, "u_dot", lane, _place(lanes, index, w, len(lanes.ode_system.inputs)))


def _move_input(
    lanes: Lanes, lane: ir.Value, kind: ir.Value, index: ir.Value, value: ir.Value, moves: Sequence[ir.Value]
) -> None:
    """Level, slope and instant of a ramped system's input: a ramp starts at the present value."""
    b, wide = lanes.b, len(lanes.ode_system.inputs)
    ramps = b.icmp_signed("==", kind, I64(RAMP))
    since = b.add(index, I64(2 * wide // 3))
    t = lanes.get("t", lane)
    lasted = b.fsub(t, lanes.get("u", lane, since))
    changes = [
        ("u", index, value),
        *(("u_dot", _place(lanes, index, w, wide), m) for w, m in enumerate(moves)),
    ]
    for name, level, new in changes:
        slope = b.add(level, I64(wide // 3))
        here = b.fadd(lanes.get(name, lane, level), b.fmul(lanes.get(name, lane, slope), lasted))
        lanes.put(b.select(ramps, here, new), name, lane, level)
        lanes.put(b.select(ramps, new, ZERO), name, lane, slope)
    lanes.put(t, "u", lane, since)


def _change_state(
    lanes: Lanes, lane: ir.Value, kind: ir.Value, index: ir.Value, value: ir.Value, moves: Sequence[ir.Value]
) -> None:
    b = lanes.b
    adds, scales = (b.icmp_signed("==", kind, I64(which)) for which in (ADD, MULTIPLY))
    y = lanes.get("y", lane, index)
    for w, move in enumerate(moves):
        place = _place(lanes, index, w, len(lanes.ode_system.states))
        y_dot = lanes.get("y_dot", lane, place)
        product = b.fadd(b.fmul(y_dot, value), b.fmul(y, move))
        total = b.fadd(b.select(adds, y_dot, ZERO), move)
        lanes.put(b.select(scales, product, total), "y_dot", lane, place)
    total = b.fadd(b.select(adds, y, ZERO), value)
    lanes.put(b.select(scales, b.fmul(y, value), total), "y", lane, index)
