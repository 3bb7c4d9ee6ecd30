"""The engine compiles networks to machine code that solves many subjects at once. It contains no biology."""

from quotidian.engine.abi import STOP
from quotidian.engine.arithmetic import arithmetic, is_portable
from quotidian.engine.compiled_model import CompiledModel
from quotidian.engine.directions import Directions
from quotidian.engine.events import ADD, MULTIPLY, RAMP, RECORD, SET, SWITCH, Events
from quotidian.engine.expressions.ramps import piecewise_linear
from quotidian.engine.outcome import Failure, Outcome
from quotidian.engine.random_words import addressed_words
from quotidian.engine.runtime.run_request import RunOptions
from quotidian.engine.runtime.threads import thread_count
from quotidian.engine.sensitivities import Sensitivities
from quotidian.engine.steady_state.periodic_orbit import PeriodicStart
from quotidian.engine.tolerance import Tolerance
from quotidian.engine.triggers import Action, Trigger, TriggerState

__all__ = [
    "ADD",
    "MULTIPLY",
    "RAMP",
    "RECORD",
    "SET",
    "STOP",
    "SWITCH",
    "Action",
    "CompiledModel",
    "Directions",
    "Events",
    "Failure",
    "Outcome",
    "PeriodicStart",
    "RunOptions",
    "Sensitivities",
    "Tolerance",
    "Trigger",
    "TriggerState",
    "addressed_words",
    "arithmetic",
    "is_portable",
    "piecewise_linear",
    "thread_count",
]
