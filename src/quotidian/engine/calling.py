"""The compiled march's arguments, in order: the one list that its emitter and its caller both read."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What an argument is: a number, or the address of many."""

    INTEGER = "integer"
    DOUBLE = "double"
    INTEGERS = "integers"
    DOUBLES = "doubles"


ARGUMENTS: dict[str, Kind] = {
    "first": Kind.INTEGER,  # child to begin with
    "last": Kind.INTEGER,  # child before which to end
    "constants": Kind.DOUBLES,  # [child][hoisted]
    "inputs": Kind.DOUBLES,  # [child][input], overwritten with the values at the end
    "states": Kind.DOUBLES,  # [child][state], overwritten with the state at the end
    "begin": Kind.DOUBLE,  # h
    "end": Kind.DOUBLE,  # h
    "event_offset": Kind.INTEGERS,  # [child + 1]
    "event_time": Kind.DOUBLES,  # [event] h, ascending within a child
    "event_kind": Kind.INTEGERS,  # [event] ADD, SET or MULTIPLY a state, SWITCH or RAMP an input
    "event_index": Kind.INTEGERS,  # [event] of the state or input
    "event_value": Kind.DOUBLES,  # [event]
    "n_times": Kind.INTEGER,
    "times": Kind.DOUBLES,  # [time] h, ascending, shared by all children
    "n_chosen": Kind.INTEGER,
    "chosen": Kind.INTEGERS,  # [chosen] observables to record
    "output": Kind.DOUBLES,  # [child][time][chosen]
    "status": Kind.INTEGERS,  # [child] 0, or why the child ended early
    "reached": Kind.DOUBLES,  # [child] h
    "accepted": Kind.INTEGERS,  # [child] steps
    "rejected": Kind.INTEGERS,  # [child] steps
    "rtol": Kind.DOUBLE,
    "atol": Kind.DOUBLES,  # [state]
    "first_step": Kind.DOUBLE,  # h
    "longest_step": Kind.DOUBLE,  # h
    "max_steps": Kind.INTEGER,
}
TANGENT_ARGUMENTS: dict[str, Kind] = {  # after the others, where tangents are marched
    "constants_dot": Kind.DOUBLES,  # [child][direction][hoisted]
    "inputs_dot": Kind.DOUBLES,  # [child][direction][input], overwritten with the tangents at the end
    "states_dot": Kind.DOUBLES,  # [child][direction][state], overwritten with the tangents at the end
    "event_dot": Kind.DOUBLES,  # [event][direction]
    "output_dot": Kind.DOUBLES,  # [child][time][direction][chosen]
}
ADD, SWITCH, SET, MULTIPLY, RAMP = range(5)  # kinds of event
FINISHED, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3  # how a child ended


def arguments(tangents: bool) -> dict[str, Kind]:
    """The arguments of the march with or without tangents, in order."""
    return ARGUMENTS | TANGENT_ARGUMENTS if tangents else ARGUMENTS
