"""Arguments of the compiled integrator, in order: one list for code generation and for the call."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """Type of an argument: a number, or the address of an array."""

    INTEGER = "integer"
    DOUBLE = "double"
    INTEGERS = "integers"
    DOUBLES = "doubles"


ARGUMENTS: dict[str, Kind] = {
    "first": Kind.INTEGER,  # subject to begin with
    "last": Kind.INTEGER,  # subject before which to end
    "constants": Kind.DOUBLES,  # [subject][hoisted]
    "inputs": Kind.DOUBLES,  # [subject][input], overwritten with the values at the end
    "states": Kind.DOUBLES,  # [subject][state], overwritten with the state at the end
    "begin": Kind.DOUBLE,  # h
    "end": Kind.DOUBLE,  # h
    "event_offset": Kind.INTEGERS,  # [subject + 1]
    "event_time": Kind.DOUBLES,  # [event] h, ascending within a subject
    "event_kind": Kind.INTEGERS,  # [event] ADD, SET or MULTIPLY a state, SWITCH or RAMP an input
    "event_index": Kind.INTEGERS,  # [event] of the state or input
    "event_value": Kind.DOUBLES,  # [event]
    "n_times": Kind.INTEGER,
    "times_stride": Kind.INTEGER,  # 0 where all share the times, else n_times
    "times": Kind.DOUBLES,  # [time] h, or [subject][time], ascending; infinite where an event records
    "n_chosen": Kind.INTEGER,
    "chosen": Kind.INTEGERS,  # [chosen] observables to record
    "output": Kind.DOUBLES,  # [subject][time][chosen]
    "status": Kind.INTEGERS,  # [subject] 0, or why the subject ended early
    "reached": Kind.DOUBLES,  # [subject] h
    "accepted": Kind.INTEGERS,  # [subject] steps
    "rejected": Kind.INTEGERS,  # [subject] steps
    "rtol": Kind.DOUBLE,
    "atol": Kind.DOUBLES,  # [state]
    "first_step": Kind.DOUBLE,  # h
    "longest_step": Kind.DOUBLE,  # h
    "max_steps": Kind.INTEGER,
}
TANGENT_ARGUMENTS: dict[str, Kind] = {  # after the others, where tangents are integrated
    "constants_dot": Kind.DOUBLES,  # [subject][direction][hoisted]
    "inputs_dot": Kind.DOUBLES,  # [subject][direction][input], overwritten with the tangents at the end
    "states_dot": Kind.DOUBLES,  # [subject][direction][state], overwritten with the tangents at the end
    "event_dot": Kind.DOUBLES,  # [event][direction] of its value
    "event_time_dot": Kind.DOUBLES,  # [event][direction] of its instant
    "output_dot": Kind.DOUBLES,  # [subject][time][direction][chosen]
}
TRIGGER_ARGUMENTS: dict[str, Kind] = {  # after the others, where triggers are watched
    "n_triggers": Kind.INTEGER,
    "trigger_source": Kind.INTEGERS,  # [trigger] observable, or the number of observables plus the state
    "trigger_sign": Kind.DOUBLES,  # [trigger] 1 upwards, -1 downwards
    "trigger_once": Kind.INTEGERS,  # [trigger] 0 or 1
    "trigger_level": Kind.DOUBLES,  # [subject][trigger]
    "trigger_rearm": Kind.DOUBLES,  # [subject][trigger]
    "n_actions": Kind.INTEGER,
    "action_offset": Kind.INTEGERS,  # [trigger + 1]
    "action_kind": Kind.INTEGERS,  # [action] of event, or STOP
    "action_index": Kind.INTEGERS,  # [action] of the state or input
    "action_delay": Kind.DOUBLES,  # [action] h
    "action_value": Kind.DOUBLES,  # [subject][action]
    "armed": Kind.INTEGERS,  # [subject][trigger] how each stands, overwritten with the end's
    "pending": Kind.DOUBLES,  # [subject][action] h when it is due, or infinity; overwritten with the end's
    "room": Kind.INTEGER,  # crossings kept of a subject
    "crossing_time": Kind.DOUBLES,  # [subject][room] h
    "crossing_trigger": Kind.INTEGERS,  # [subject][room]
    "crossing_count": Kind.INTEGERS,  # [subject]
}
MOVED_TRIGGER_ARGUMENTS: dict[str, Kind] = {  # after the others, where both are
    "pending_dot": Kind.DOUBLES,  # [subject][action][direction] of the instant when it is due, in and out
    "crossing_time_dot": Kind.DOUBLES,  # [subject][room][direction]
}
ADD, SWITCH, SET, MULTIPLY, RAMP, STOP, RECORD = range(7)  # kinds of event; to STOP is for triggers alone
UNDECIDED, DISARMED, ARMED, SPENT = -1, 0, 1, 2  # how a trigger stands
# how a subject ended
FINISHED, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE, STOPPED, TOO_MANY_CROSSINGS, GRAZED = range(7)


def arguments(tangents: bool = False, triggers: bool = False) -> dict[str, Kind]:
    """Arguments of the integrator with or without tangents and triggers, in order."""
    found = ARGUMENTS | (TANGENT_ARGUMENTS if tangents else {}) | (TRIGGER_ARGUMENTS if triggers else {})
    return found | (MOVED_TRIGGER_ARGUMENTS if tangents and triggers else {})
