"""Emit the trigger logic of one lane: arm triggers, fire them, and apply pending actions.

The states of the triggers and the pending actions are in the caller's arrays, so that a later run can
continue from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from llvmlite import ir

from quotidian.engine.abi import ARMED, DISARMED, SPENT, STOP, STOPPED, UNDECIDED
from quotidian.engine.codegen.apply_event import Change, Rates, apply_event
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.number_format import DOUBLE, I64

ZERO, NEVER = DOUBLE(0.0), DOUBLE(float("inf"))
GRAZES = 100.0  # errors of the value


def _cell(lanes: Lanes, lane: ir.Value, width: str, item: ir.Value) -> ir.Value:
    """Place of a subject's item in an array [subject][item]."""
    return lanes.b.add(lanes.b.mul(lanes.get("subject", lane), lanes.arg[width]), item)


def _signed(lanes: Lanes, lane: ir.Value, trigger: ir.Value, state: str, level: str) -> ir.Value:
    """How far the watched value is beyond a level, in the trigger's direction."""
    b = lanes.b
    value = _either(lanes, lane, lanes.at("trigger_source", trigger), "out", state)
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
    shifts = _shifts(lanes, lane, trigger)
    with b.if_else(b.icmp_signed("<", count, lanes.arg["room"])) as (some, none):
        with some:
            at = _cell(lanes, lane, "room", count)
            lanes.set_at(t, "crossing_time", at)
            lanes.set_at(trigger, "crossing_trigger", at)
            _set_row(lanes, shifts, "crossing_time_dot", at)
            lanes.set_at(b.add(count, I64(1)), "crossing_count", subject)
        with none:
            lanes.put(I64(1), "full", lane)
    first = lanes.at("action_offset", trigger)
    with lanes.count_to(b.sub(lanes.at("action_offset", b.add(trigger, I64(1))), first)) as i:
        action = b.add(first, i)
        waits = _cell(lanes, lane, "n_actions", action)
        with b.if_then(b.fcmp_ordered("==", lanes.at("pending", waits), NEVER)):
            lanes.set_at(b.fadd(t, lanes.at("action_delay", action)), "pending", waits)
            _set_row(lanes, shifts, "pending_dot", waits)


def _set_row(lanes: Lanes, values: Sequence[ir.Value], name: str, row: ir.Value) -> None:
    """A row [direction] of an array argument."""
    for w, value in enumerate(values):
        lanes.set_at(value, name, _direction(lanes, row, w))


def _direction(lanes: Lanes, row: ir.Value, w: int) -> ir.Value:
    return lanes.b.add(lanes.b.mul(row, I64(lanes.directions)), I64(w))


def _shifts(lanes: Lanes, lane: ir.Value, trigger: ir.Value) -> list[ir.Value]:
    r"""Tangents of the instant of a crossing, :math:`\dot t = -\dot g / g'`, with :math:`g' = g_y f + g_t`.

    Grazed is a level past which the value goes by no more than ``GRAZES`` times its error, by the curvature
    since the start of the step: :math:`g'^2 / (2 |g''|) < n\, r \max(|a|, |g'| \Delta t)`, with the level a.
    """
    if not lanes.directions:
        return []
    b, source = lanes.b, lanes.at("trigger_source", trigger)
    slope, slope_0 = (_either(lanes, lane, source, f"out_{x}", x) for x in ("before", "after"))
    moves = [_either(lanes, lane, source, "out_dot", "mid_dot", w) for w in range(lanes.directions)]
    lasted = b.fsub(lanes.get("t_new", lane), lanes.get("t", lane))
    level = _size(lanes, lanes.at("trigger_level", _cell(lanes, lane, "n_triggers", trigger)))
    change = _size(lanes, b.fmul(slope, lasted))
    largest = b.select(b.fcmp_ordered(">", change, level), change, level)
    error = b.fmul(b.fmul(DOUBLE(2 * GRAZES), lanes.arg["rtol"]), largest)
    bend = b.fmul(_size(lanes, b.fsub(slope, slope_0)), error)
    grazes = b.fcmp_ordered("<", b.fmul(b.fmul(slope, slope), lasted), bend)
    lanes.put(b.or_(lanes.get("grazed", lane), b.zext(grazes, I64)), "grazed", lane)
    return [b.fneg(b.fdiv(move, slope)) for move in moves]


def _size(lanes: Lanes, x: ir.Value) -> ir.Value:
    return lanes.b.select(lanes.b.fcmp_ordered("<", x, ZERO), lanes.b.fneg(x), x)


def _either(
    lanes: Lanes, lane: ir.Value, source: ir.Value, observable: str, state: str, direction: int = 0
) -> ir.Value:
    """A value of what a trigger watches, from the buffer of the observables or that of the states."""
    b, seen, n = lanes.b, len(lanes.ode_system.observables), len(lanes.ode_system.states)
    with b.if_else(b.icmp_signed("<", source, I64(seen))) as (one, other):
        with one:
            first = lanes.get(observable, lane, b.add(source, I64(direction * seen)))
            first_end = b.block
        with other:
            second = lanes.get(state, lane, b.add(source, I64(direction * n - seen)))
            second_end = b.block
    value = b.phi(DOUBLE)
    value.add_incoming(first, first_end)
    value.add_incoming(second, second_end)
    return value


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
                    shifts = [
                        lanes.at("pending_dot", _direction(lanes, place, w)) for w in range(lanes.directions)
                    ]
                    still = [ZERO] * lanes.directions
                    apply_event(lanes, rates, lane, Change(kind, index, value, still, shifts))


def stop_at_pending(lanes: Lanes, lane: ir.Value) -> None:
    """Let the next discontinuity be a pending action, if that is earlier."""
    b = lanes.b
    with lanes.count_to(lanes.arg["n_actions"]) as action:
        due = lanes.at("pending", _cell(lanes, lane, "n_actions", action))
        sooner = b.fcmp_ordered("<", due, lanes.get("stop", lane))
        lanes.put(b.select(sooner, due, lanes.get("stop", lane)), "stop", lane)
