"""Emission of the service of single lanes: a child comes, its events act, it leaves with its numbers."""

from __future__ import annotations

from llvmlite import ir

from quotidian.engine.abi import RECORD
from quotidian.engine.codegen.apply_event import act
from quotidian.engine.codegen.dense_output import Observe, record_now
from quotidian.engine.codegen.lanes import TRUTH, Lanes
from quotidian.engine.codegen.trigger_state import act_pending, stop_at_pending
from quotidian.engine.codegen.vector_math import I64


def take_child(lanes: Lanes, lane: ir.Value) -> None:
    """Load the next child into a lane, or leave the lane idle."""
    b = lanes.b
    child = b.load(lanes.next)
    for name in ("event", "event_end", "row", "taken", "refused", "call", "failed", "fresh"):
        lanes.put(I64(0), name, lane)
    with b.if_else(b.icmp_signed("<", child, lanes.arg["last"])) as (some, none):
        with some:
            b.store(b.add(child, I64(1)), lanes.next)
            _load(lanes, lane, child)
        with none:
            lanes.put(I64(-1), "child", lane)


def _load(lanes: Lanes, lane: ir.Value, child: ir.Value) -> None:
    lanes.put(child, "child", lane)
    for source, target, width in (*_tables(lanes), *_constants(lanes)):
        with lanes.count_to(width) as i:
            lanes.put(lanes.at(source, _cell(lanes, child, width, i)), target, lane, i)
    for name in ("t", "stop", "t_new"):
        lanes.put(lanes.arg["begin"], name, lane)
    lanes.put(lanes.arg["end"], "finish", lane)
    lanes.put(lanes.at("event_offset", child), "event", lane)
    lanes.put(lanes.at("event_offset", lanes.b.add(child, I64(1))), "event_end", lane)
    lanes.put(I64(1), "fresh", lane)


Table = tuple[str, str, int]  # array argument, lane buffer, width


def _tables(lanes: Lanes) -> list[Table]:
    """What a child brings and takes away."""
    p = lanes.ode_system
    return _with_tangents(lanes, [("states", "y", len(p.states)), ("inputs", "u", len(p.inputs))])


def _constants(lanes: Lanes) -> list[Table]:
    """What a child only brings."""
    return _with_tangents(lanes, [("constants", "c", len(lanes.ode_system.hoisted))])


def _with_tangents(lanes: Lanes, tables: list[Table]) -> list[Table]:
    moves = [(f"{source}_dot", f"{target}_dot", width * lanes.directions) for source, target, width in tables]
    return [*tables, *(moves if lanes.directions else ())]


def _cell(lanes: Lanes, child: ir.Value, width: int, i: ir.Value) -> ir.Value:
    return lanes.b.add(lanes.b.mul(child, I64(width)), i)


def serve(lanes: Lanes, observe: Observe) -> None:
    """Lanes that reached a discontinuity, their end, or a failure."""
    b = lanes.b
    with b.if_then(lanes.any(lanes.flags("call"))), lanes.count_to(lanes.lanes) as lane:
        present = b.icmp_signed(">=", lanes.get("child", lane), I64(0))
        called = b.and_(lanes.is_set("call", lane), present)
        lanes.put(I64(0), "call", lane)
        with b.if_then(called):
            over = b.fcmp_ordered(">=", lanes.get("t", lane), lanes.get("finish", lane))
            with b.if_else(b.or_(lanes.is_set("failed", lane), over)) as (leave, stay):
                with leave:
                    _finish(lanes, lane)
                    take_child(lanes, lane)
                with stay:
                    _apply_events(lanes, observe, lane)
                    if lanes.triggers:
                        act_pending(lanes, lane)
                    _look_ahead(lanes, lane)
                    if lanes.triggers:
                        with b.if_then(lanes.is_set("failed", lane)):
                            _finish(lanes, lane)
                            take_child(lanes, lane)


def _finish(lanes: Lanes, lane: ir.Value) -> None:
    child = lanes.get("child", lane)
    for target, source, width in _tables(lanes):
        with lanes.count_to(width) as i:
            lanes.set_at(lanes.get(source, lane, i), target, _cell(lanes, child, width, i))
    for source, target in (
        ("failed", "status"),
        ("t", "reached"),
        ("taken", "accepted"),
        ("refused", "rejected"),
    ):
        lanes.set_at(lanes.get(source, lane), target, child)


def _apply_events(lanes: Lanes, observe: Observe, lane: ir.Value) -> None:
    """Every event that is due, in order."""
    b, t = lanes.b, lanes.get("t", lane)
    with lanes.while_(lambda: _event_by(lanes, lane, t)):
        event = lanes.get("event", lane)
        kind, index, value = (lanes.at(f"event_{x}", event) for x in ("kind", "index", "value"))
        moves = [
            lanes.at("event_dot", _cell(lanes, event, lanes.directions, I64(w)))
            for w in range(lanes.directions)
        ]
        with b.if_else(b.icmp_signed("==", kind, I64(RECORD))) as (recorded, acted):
            with recorded:
                record_now(lanes, observe, lane)
            with acted:
                act(lanes, lane, kind, index, value, moves)
        lanes.put(b.add(event, I64(1)), "event", lane)


def _look_ahead(lanes: Lanes, lane: ir.Value) -> None:
    """Where the lane must stop next; it starts from there with a small step."""
    finish = lanes.get("finish", lane)
    lanes.put(finish, "stop", lane)
    with lanes.b.if_then(_event_by(lanes, lane, finish)):
        lanes.put(lanes.at("event_time", lanes.get("event", lane)), "stop", lane)
    if lanes.triggers:
        stop_at_pending(lanes, lane)
    lanes.put(lanes.arg["first_step"], "h", lane)


def _event_by(lanes: Lanes, lane: ir.Value, until: ir.Value) -> ir.Value:
    """Whether a lane's next event exists and is not later than ``until``."""
    event = lanes.get("event", lane)
    more = lanes.b.icmp_signed("<", event, lanes.get("event_end", lane))
    due = lambda: lanes.b.fcmp_ordered("<=", lanes.at("event_time", event), until)  # noqa: E731
    return lanes.if_known(more, due, TRUTH(0))
