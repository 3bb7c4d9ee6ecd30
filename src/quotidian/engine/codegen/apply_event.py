r"""Emit the effect of an event on one lane: on a state or an input, and on their tangents.

ADD :math:`y + v`, SET :math:`v`, MULTIPLY :math:`y v`; SWITCH :math:`u = v`, RAMP :math:`u' = v`.

The change is :math:`y^+ = R(y^-)`. Where its instant :math:`t` moves by :math:`\dot t`, the tangents jump by
the difference between the two courses in the time between:

.. math:: \dot y^+ = R_y \dot y^- + R_v \dot v + (R_y f^- - f^+)\, \dot t
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.abi import ADD, MULTIPLY, RAMP, SWITCH
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.number_format import DOUBLE, I64

ZERO, ONE = DOUBLE(0.0), DOUBLE(1.0)
Rates = Callable[[str, str, str], None]  # emits the rates at a time and a state, into a buffer


@dataclass(frozen=True)
class Change:
    """An event of one lane; ``moves`` and ``shifts`` are the tangents of value and instant by direction."""

    kind: ir.Value
    index: ir.Value
    value: ir.Value
    moves: Sequence[ir.Value] = ()
    shifts: Sequence[ir.Value] = ()


def apply_event(lanes: Lanes, rates: Rates, lane: ir.Value, change: Change) -> None:
    """Apply one event; rates are computed only where its instant moves."""
    b = lanes.b
    moving = [b.fcmp_unordered("!=", shift, ZERO) for shift in change.shifts]
    for other in moving[1:]:
        moving[0] = b.or_(moving[0], other)
    if moving:
        with b.if_then(moving[0]):
            rates("t", "y", "before")
    _apply(lanes, lane, change)
    if moving:
        with b.if_then(moving[0]):
            rates("t", "y", "after")
            _shift(lanes, lane, change)


def _apply(lanes: Lanes, lane: ir.Value, change: Change) -> None:
    b = lanes.b
    with b.if_else(_to_input(lanes, change)) as (the_input, the_state):
        with the_input:
            turn = _move_input if lanes.ode_system.ramps else _switch
            turn(lanes, lane, change)
        with the_state:
            _change_state(lanes, lane, change)


def _to_input(lanes: Lanes, change: Change) -> ir.Value:
    b = lanes.b
    switches = b.icmp_signed("==", change.kind, I64(SWITCH))
    if not lanes.ode_system.ramps:
        return switches
    return b.or_(switches, b.icmp_signed("==", change.kind, I64(RAMP)))


def _place(lanes: Lanes, index: ir.Value, direction: int, width: int) -> ir.Value:
    return lanes.b.add(index, I64(direction * width))


def _switch(lanes: Lanes, lane: ir.Value, change: Change) -> None:
    lanes.put(change.value, "u", lane, change.index)
    for w, move in enumerate(change.moves):
        lanes.put(move, "u_dot", lane, _place(lanes, change.index, w, len(lanes.ode_system.inputs)))


def _move_input(lanes: Lanes, lane: ir.Value, change: Change) -> None:
    """Level, slope and instant of a ramped system's input: a ramp starts at the present value."""
    b, wide = lanes.b, len(lanes.ode_system.inputs)
    ramps = b.icmp_signed("==", change.kind, I64(RAMP))
    slope, since = (b.add(change.index, I64(part * wide // 3)) for part in (1, 2))
    t, slope_was = lanes.get("t", lane), lanes.get("u", lane, slope)
    lasted = b.fsub(t, lanes.get("u", lane, since))
    changes = [("u", 0, change.value, t, ZERO)]
    for w, (move, shift) in enumerate(zip(change.moves, change.shifts, strict=True)):
        lasts = b.fsub(shift, lanes.get("u_dot", lane, _place(lanes, since, w, wide)))
        changes.append(("u_dot", w, move, shift, b.fmul(slope_was, lasts)))
    for name, w, new, instant, more in changes:
        at, of, when = (_place(lanes, place, w, wide) for place in (change.index, slope, since))
        here = b.fadd(lanes.get(name, lane, at), b.fmul(lanes.get(name, lane, of), lasted))
        lanes.put(b.select(ramps, b.fadd(here, more), new), name, lane, at)
        lanes.put(b.select(ramps, new, ZERO), name, lane, of)
        lanes.put(instant, name, lane, when)


def _change_state(lanes: Lanes, lane: ir.Value, change: Change) -> None:
    b, value = lanes.b, change.value
    adds, scales = (b.icmp_signed("==", change.kind, I64(which)) for which in (ADD, MULTIPLY))
    y = lanes.get("y", lane, change.index)
    for w, move in enumerate(change.moves):
        place = _place(lanes, change.index, w, len(lanes.ode_system.states))
        y_dot = lanes.get("y_dot", lane, place)
        product = b.fadd(b.fmul(y_dot, value), b.fmul(y, move))
        total = b.fadd(b.select(adds, y_dot, ZERO), move)
        lanes.put(b.select(scales, product, total), "y_dot", lane, place)
    total = b.fadd(b.select(adds, y, ZERO), value)
    lanes.put(b.select(scales, b.fmul(y, value), total), "y", lane, change.index)


def _shift(lanes: Lanes, lane: ir.Value, change: Change) -> None:
    r""":math:`\dot y` more by :math:`(R_y f^- - f^+)\, \dot t`."""
    b, n = lanes.b, len(lanes.ode_system.states)
    with b.if_then(b.not_(_to_input(lanes, change))):
        adds, scales = (b.icmp_signed("==", change.kind, I64(which)) for which in (ADD, MULTIPLY))
        factor = b.select(adds, ONE, b.select(scales, change.value, ZERO))
        before = lanes.get("before", lane, change.index)
        lanes.put(b.fmul(factor, before), "before", lane, change.index)
    with lanes.count_to(n) as i:
        jump = b.fsub(lanes.get("before", lane, i), lanes.get("after", lane, i))
        for w, shift in enumerate(change.shifts):
            place = _place(lanes, i, w, n)
            moved = b.fadd(lanes.get("y_dot", lane, place), b.fmul(jump, shift))
            lanes.put(moved, "y_dot", lane, place)
