"""A run request: every table is checked against the system before code is compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.directions import Directions
from quotidian.engine.events import Events
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.runtime.threads import thread_count
from quotidian.engine.runtime.validation import finite_table
from quotidian.engine.tolerance import Tolerance
from quotidian.engine.triggers import TriggerTables
from quotidian.errors import InvalidCall

Floats = NDArray[np.float64]


class RunOptions(TypedDict, total=False):
    """Optional arguments of a run, in addition to parameters and output times.

    Attributes
    ----------
    events : doses, resets, switches and ramps. observables : names; None for all of the model's.
    start, end : h; None for the first and the last output time.
    states, inputs, slopes : where to continue from, as an earlier outcome left them.
    tolerance, threads : None for the engine's own.
    progress : called with the number of subjects finished since the last call.
    cancel : set it from another thread to stop; the run then raises Cancelled.
    """

    events: Events | None
    observables: Sequence[str] | None
    start: float | None
    end: float | None
    states: Floats | None
    inputs: Floats | None
    slopes: Floats | None
    tolerance: Tolerance | None
    threads: int | None
    progress: Callable[[int], None] | None
    cancel: Flag | None


@dataclass(frozen=True)
class RunRequest:
    """Tables [subject, ...] that fit the model, which the integrator overwrites, and options of the run.

    ``states`` is None where subjects start afresh. Inputs and slopes are those of the model, not of a ramped
    system.
    """

    parameters: Floats
    states: Floats | None
    inputs: Floats
    slopes: Floats
    events: Events
    times: Floats
    begin: float
    end: float
    names: tuple[str, ...]
    watch: TriggerTables | None
    tolerance: Tolerance
    threads: int
    progress: Callable[[int], None] | None
    cancel: Flag | None

    @property
    def subjects(self) -> int:
        return len(self.parameters)

    def of(self, chosen: NDArray[np.bool_]) -> RunRequest:
        """The same request for the chosen subjects only."""
        if chosen.all():
            return self
        return replace(
            self,
            parameters=self.parameters[chosen],
            states=None if self.states is None else self.states[chosen],
            inputs=self.inputs[chosen],
            slopes=self.slopes[chosen],
            events=self.events.of_subjects(chosen),
            times=self.times if self.times.ndim == 1 else np.ascontiguousarray(self.times[chosen]),
            watch=None if self.watch is None else self.watch.of_subjects(chosen),
        )


def run_request(
    system: OdeSystem,
    parameters: Floats,
    span: tuple[Floats, float, float],
    names: tuple[str, ...],
    options: RunOptions,
) -> RunRequest:
    """Tables of the request's own. Raises InvalidCall for one that does not fit the system."""
    table = finite_table("parameter", parameters, None, system.parameters)
    subjects, wide = len(table), len(system.inputs)
    events, threads = options.get("events"), options.get("threads")
    states, inputs, slopes = options.get("states"), options.get("inputs"), options.get("slopes")
    given = Events.none(subjects) if events is None else events
    still = np.zeros((subjects, wide))
    if span[0].ndim == 2 and len(span[0]) != subjects:
        raise InvalidCall(
            f"There are output times for {len(span[0])} subjects of {subjects}.",
            "Output times of single subjects are a table [subject, time].",
            "Give a row for each subject, or one list for all.",
        )
    return RunRequest(
        table,
        None if states is None else finite_table("state", states, subjects, system.states),
        resting(system, table) if inputs is None else finite_table("input", inputs, subjects, system.inputs),
        still if slopes is None else finite_table("slope", slopes, subjects, system.inputs),
        given.fitting(subjects, len(system.states), wide),
        *span,
        names,
        None,
        options.get("tolerance") or Tolerance(),
        thread_count() if threads is None else threads,
        options.get("progress"),
        options.get("cancel"),
    )


def resting(system: OdeSystem, table: Floats) -> Floats:
    """Inputs [subject, input] where nothing was switched; a varying parameter's is the subject's own."""
    u = np.tile(np.array(system.resting, dtype=np.float64), (len(table), 1))
    if system.varying:
        u[:, -len(system.varying) :] = table[:, [system.parameters.index(n) for n in system.varying]]
    return u


def whole_directions(system: OdeSystem, d: Directions, request: RunRequest, fresh: bool) -> Directions:
    """Broadcast every table; at a ``fresh`` start an input that replaces a parameter has its tangent."""
    actions = 0 if request.watch is None else request.watch.pending.shape[1]
    whole = d.whole(request.subjects, system, len(request.events.value), actions)
    if not (system.varying and fresh):
        return whole
    inputs, parameters = np.array(whole.inputs), np.asarray(whole.parameters)
    columns = [system.parameters.index(name) for name in system.varying]
    inputs[..., len(system.inputs) - len(columns) :] += parameters[..., columns]
    return replace(whole, inputs=inputs)
