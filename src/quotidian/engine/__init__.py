"""The engine: a network becomes machine code that solves many children at once. It knows no biology."""

from quotidian.engine.calling import STOP
from quotidian.engine.directions import Directions
from quotidian.engine.events import ADD, MULTIPLY, RAMP, SET, SWITCH, Events
from quotidian.engine.machine import Machine
from quotidian.engine.outcome import Failure, Outcome
from quotidian.engine.periodic import PeriodicStart
from quotidian.engine.ramps import piecewise_linear
from quotidian.engine.tangents import Tangents
from quotidian.engine.threads import thread_count
from quotidian.engine.tolerance import Tolerance
from quotidian.engine.triggers import Act, Trigger, Watched

__all__ = [
    "ADD",
    "MULTIPLY",
    "RAMP",
    "SET",
    "STOP",
    "SWITCH",
    "Act",
    "Directions",
    "Events",
    "Failure",
    "Machine",
    "Outcome",
    "PeriodicStart",
    "Tangents",
    "Tolerance",
    "Trigger",
    "Watched",
    "piecewise_linear",
    "thread_count",
]
