"""Emit the trigger logic of one lane: arm triggers, fire them, and apply pending actions.

The states of the triggers and the pending actions are in the caller's arrays, so that a later run can
continue from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from llvmlite import ir

from quotidian.engine.abi import ARMED, DISARMED, SPENT, STOP, STOPPED, UNDECIDED
from quotidian.engine.codegen.apply_event import Change, Rates, apply_event
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.vector_math import DOUBLE, I64

ZERO, NEVER = DOUBLE(0.0), DOUBLE(float("inf"))


def _cell(lanes: Lanes, lane: ir.Value, width: str, item: ir.Value) -> ir.Value:
    """Place of a subject's item in an array [subject][item]."""
    return lanes.b.add(lanes.b.mul(lanes.get("subject", lane), lanes.arg[width]), item)


def _signed(lanes: Lanes, lane: ir.Value, trigger: ir.Value, state: str, level: str) -> ir.Value:
    """How far the watched value is beyond a level, in the trigger's direction."""
    b, seen = lanes.b, len(lanes.ode_system.observables)
    source = lanes.at("trigger_source", trigger)
    with b.if_else(b.icmp_signed("<", source, I64(seen))) as (observable, species):
        with observable:
            one, one_end = lanes.get("out", lane, source), b.block
        with species:
            other, other_end = lanes.get(state, lane, b.sub(source, I64(seen))), b.block
    value = b.phi(DOUBLE)
    value.add_incoming(one, one_end)
    value.add_incoming(other, other_end)
    beyond = b.fsub(value, lanes.at(level, _cell(lanes, lane, "n_triggers", trigger)))
    return b.fmul(lanes.at("trigger_sign", trigger), beyond)


def _past(lanes: Lanes, lane: ir.Value, trigger: ir.Value, state: str) -> ir.Value:
    return lanes.b.fcmp_ordered(">=", _signed(lanes, lane, trigger, state, "trigger_level"), ZERO)


@contextmanager
def _if_stands(lanes: Lanes, lane: ir.Value, trigger: ir.Value, how: int) -> Iterator[ir.Value]:
    """A branch for a trigger in this state; yields its place in ``armed``."""
    place = _cell(lanes, lane, "n_triggers", trigger)
    with lanes.b.if_then(lanes.b.icmp_signed("==", lanes.at("armed", place), I64(how))):
        yield place


def begin_watch(lanes: Lanes, lane: ir.Value) -> None:
    """A trigger begins armed unless its value is past the level already."""
    with (
        lanes.count_to(lanes.arg["n_triggers"]) as trigger,
        _if_stands(lanes, lane, trigger, UNDECIDED) as place,
    ):
        past = _past(lanes, lane, trigger, "y")
        lanes.set_at(lanes.b.select(past, I64(DISARMED), I64(ARMED)), "armed", place)


def crossed(lanes: Lanes, lane: ir.Value, state: str) -> ir.Value:
    """Whether an armed trigger is past its level, as 0 or 1; observables are those of that state."""
    b = lanes.b
    lanes.put(I64(0), "hit", lane)
    with lanes.count_to(lanes.arg["n_triggers"]) as trigger, _if_stands(lanes, lane, trigger, ARMED):
        hit = b.zext(_past(lanes, lane, trigger, state), I64)
        lanes.put(b.or_(lanes.get("hit", lane), hit), "hit", lane)
    return lanes.get("hit", lane)


def rearm_and_fire(lanes: Lanes, lane: ir.Value, state: str) -> None:
    """At the end of a step, arm triggers whose value has returned; fire those past their level."""
    b = lanes.b
    with lanes.count_to(lanes.arg["n_triggers"]) as trigger:
        with _if_stands(lanes, lane, trigger, DISARMED) as place:
            back = b.fcmp_ordered("<", _signed(lanes, lane, trigger, state, "trigger_rearm"), ZERO)
            with b.if_then(back):
                lanes.set_at(I64(ARMED), "armed", place)
        with _if_stands(lanes, lane, trigger, ARMED) as place, b.if_then(_past(lanes, lane, trigger, state)):
            _fire(lanes, lane, trigger, place)


def _fire(lanes: Lanes, lane: ir.Value, trigger: ir.Value, place: ir.Value) -> None:
    """Record the crossing and schedule the actions; a pending action is not scheduled again."""
    b, subject, t = lanes.b, lanes.get("subject", lane), lanes.get("t_new", lane)
    once = b.icmp_signed("!=", lanes.at("trigger_once", trigger), I64(0))
    lanes.set_at(b.select(once, I64(SPENT), I64(DISARMED)), "armed", place)
    count = lanes.at("crossing_count", subject)
    with b.if_else(b.icmp_signed("<", count, lanes.arg["room"])) as (some, none):
        with some:
            at = _cell(lanes, lane, "room", count)
            lanes.set_at(t, "crossing_time", at)
            lanes.set_at(trigger, "crossing_trigger", at)
            lanes.set_at(b.add(count, I64(1)), "crossing_count", subject)
        with none:
            lanes.put(I64(1), "full", lane)
    first = lanes.at("action_offset", trigger)
    with lanes.count_to(b.sub(lanes.at("action_offset", b.add(trigger, I64(1))), first)) as i:
        action = b.add(first, i)
        waits = _cell(lanes, lane, "n_actions", action)
        with b.if_then(b.fcmp_ordered("==", lanes.at("pending", waits), NEVER)):
            lanes.set_at(b.fadd(t, lanes.at("action_delay", action)), "pending", waits)


def apply_pending(lanes: Lanes, rates: Rates, lane: ir.Value) -> None:
    """Apply actions that are due, in order of declaration, after the events of the instant."""
    b, t = lanes.b, lanes.get("t", lane)
    with lanes.count_to(lanes.arg["n_actions"]) as action:
        place = _cell(lanes, lane, "n_actions", action)
        with b.if_then(b.fcmp_ordered("<=", lanes.at("pending", place), t)):
            lanes.set_at(NEVER, "pending", place)
            kind = lanes.at("action_kind", action)
            with b.if_else(b.icmp_signed("==", kind, I64(STOP))) as (stop, other):
                with stop:
                    lanes.put(I64(STOPPED), "failed", lane)
                with other:
                    index, value = lanes.at("action_index", action), lanes.at("action_value", place)
                    apply_event(lanes, rates, lane, Change(kind, index, value))


def stop_at_pending(lanes: Lanes, lane: ir.Value) -> None:
    """Let the next discontinuity be a pending action, if that is earlier."""
    b = lanes.b
    with lanes.count_to(lanes.arg["n_actions"]) as action:
        due = lanes.at("pending", _cell(lanes, lane, "n_actions", action))
        sooner = b.fcmp_ordered("<", due, lanes.get("stop", lane))
        lanes.put(b.select(sooner, due, lanes.get("stop", lane)), "stop", lane)
