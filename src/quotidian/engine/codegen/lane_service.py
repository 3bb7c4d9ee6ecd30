"""Emit the service of single lanes: load a subject, apply its events, store its results."""

from __future__ import annotations

from llvmlite import ir

from quotidian.engine.abi import RECORD
from quotidian.engine.codegen.apply_event import Change, apply_event
from quotidian.engine.codegen.dense_output import Readers, record_now
from quotidian.engine.codegen.lanes import TRUTH, Lanes
from quotidian.engine.codegen.number_format import I64
from quotidian.engine.codegen.trigger_state import apply_pending, stop_at_pending


def take_subject(lanes: Lanes, lane: ir.Value) -> None:
    """Load the next subject into a lane, or leave the lane idle."""
    b = lanes.b
    subject = b.load(lanes.next)
    for name in ("event", "event_end", "row", "taken", "refused", "call", "failed", "fresh"):
        lanes.put(I64(0), name, lane)
    with b.if_else(b.icmp_signed("<", subject, lanes.arg["last"])) as (some, none):
        with some:
            b.store(b.add(subject, I64(1)), lanes.next)
            _load(lanes, lane, subject)
        with none:
            lanes.put(I64(-1), "subject", lane)


def _load(lanes: Lanes, lane: ir.Value, subject: ir.Value) -> None:
    lanes.put(subject, "subject", lane)
    for source, target, width in (*_tables(lanes), *_constants(lanes)):
        with lanes.count_to(width) as i:
            lanes.put(lanes.at(source, _cell(lanes, subject, width, i)), target, lane, i)
    for name in ("t", "stop", "t_new"):
        lanes.put(lanes.arg["begin"], name, lane)
    lanes.put(lanes.arg["end"], "finish", lane)
    lanes.put(lanes.at("event_offset", subject), "event", lane)
    lanes.put(lanes.at("event_offset", lanes.b.add(subject, I64(1))), "event_end", lane)
    lanes.put(I64(1), "fresh", lane)


Table = tuple[str, str, int]  # array argument, lane buffer, width


def _tables(lanes: Lanes) -> list[Table]:
    """Tables loaded with a subject and stored at its end."""
    p = lanes.ode_system
    return _with_tangents(lanes, [("states", "y", len(p.states)), ("inputs", "u", len(p.inputs))])


def _constants(lanes: Lanes) -> list[Table]:
    """Tables that are only loaded."""
    width = len(lanes.ode_system.hoisted)
    tables = _with_tangents(lanes, [("constants", "c", width)])
    return [*tables, ("constants", "c_single", width)] if lanes.single else tables


def _with_tangents(lanes: Lanes, tables: list[Table]) -> list[Table]:
    moves = [(f"{source}_dot", f"{target}_dot", width * lanes.directions) for source, target, width in tables]
    return [*tables, *(moves if lanes.directions else ())]


def _cell(lanes: Lanes, subject: ir.Value, width: int, i: ir.Value) -> ir.Value:
    return lanes.b.add(lanes.b.mul(subject, I64(width)), i)


def serve(lanes: Lanes, readers: Readers) -> None:
    """Lanes that reached a discontinuity, their end, or a failure."""
    b = lanes.b
    with b.if_then(lanes.any(lanes.flags("call"))), lanes.count_to(lanes.lanes) as lane:
        present = b.icmp_signed(">=", lanes.get("subject", lane), I64(0))
        called = b.and_(lanes.is_set("call", lane), present)
        lanes.put(I64(0), "call", lane)
        with b.if_then(called):
            over = b.fcmp_ordered(">=", lanes.get("t", lane), lanes.get("finish", lane))
            with b.if_else(b.or_(lanes.is_set("failed", lane), over)) as (leave, stay):
                with leave:
                    _finish(lanes, lane)
                    take_subject(lanes, lane)
                with stay:
                    _apply_events(lanes, readers, lane)
                    if lanes.triggers:
                        apply_pending(lanes, readers.rates, lane)
                    _look_ahead(lanes, lane)
                    if lanes.triggers:
                        with b.if_then(lanes.is_set("failed", lane)):
                            _finish(lanes, lane)
                            take_subject(lanes, lane)


def _finish(lanes: Lanes, lane: ir.Value) -> None:
    subject = lanes.get("subject", lane)
    for target, source, width in _tables(lanes):
        with lanes.count_to(width) as i:
            lanes.set_at(lanes.get(source, lane, i), target, _cell(lanes, subject, width, i))
    for source, target in (
        ("failed", "status"),
        ("t", "reached"),
        ("taken", "accepted"),
        ("refused", "rejected"),
    ):
        lanes.set_at(lanes.get(source, lane), target, subject)


def _apply_events(lanes: Lanes, readers: Readers, lane: ir.Value) -> None:
    """Every event that is due, in order."""
    b, t = lanes.b, lanes.get("t", lane)
    with lanes.while_(lambda: _event_by(lanes, lane, t)):
        event = lanes.get("event", lane)
        kind, index, value = (lanes.at(f"event_{x}", event) for x in ("kind", "index", "value"))
        moves, shifts = (
            [lanes.at(x, _cell(lanes, event, lanes.directions, I64(w))) for w in range(lanes.directions)]
            for x in ("event_dot", "event_time_dot")
        )
        with b.if_else(b.icmp_signed("==", kind, I64(RECORD))) as (recorded, acted):
            with recorded:
                record_now(lanes, readers.observe, lane)
            with acted:
                apply_event(lanes, readers.rates, lane, Change(kind, index, value, moves, shifts))
        lanes.put(b.add(event, I64(1)), "event", lane)


def _look_ahead(lanes: Lanes, lane: ir.Value) -> None:
    """Find the next discontinuity of the lane, and begin with a small step."""
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
