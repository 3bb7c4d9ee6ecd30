"""The engine: a network becomes machine code that solves many children at once. It knows no biology."""

from quotidian.engine.events import ADD, SET, SWITCH, Events
from quotidian.engine.machine import Machine
from quotidian.engine.outcome import Failure, Outcome
from quotidian.engine.threads import thread_count
from quotidian.engine.tolerance import Tolerance

__all__ = ["ADD", "SET", "SWITCH", "Events", "Failure", "Machine", "Outcome", "Tolerance", "thread_count"]
