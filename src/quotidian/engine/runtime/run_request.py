"""What to solve and how: every table checked against the problem, before any code is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event as Flag

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.directions import Directions
from quotidian.engine.events import Events
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.runtime.threads import thread_count
from quotidian.engine.runtime.validation import finite_table
from quotidian.engine.tolerance import Tolerance
from quotidian.engine.triggers import Watch
from quotidian.errors import InvalidCall

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RunRequest:
    """What to solve: tables [child, ...] that fit the model, which the march overwrites; and how.

    ``states`` is None where children start afresh. Inputs and slopes are those of the model, not of a ramped
    problem.
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
    watch: Watch | None
    tolerance: Tolerance
    threads: int
    progress: Callable[[int], None] | None
    cancel: Flag | None

    @property
    def children(self) -> int:
        return len(self.parameters)

    def of(self, chosen: NDArray[np.bool_]) -> RunRequest:
        """The same for the chosen children only."""
        if chosen.all():
            return self
        return replace(
            self,
            parameters=self.parameters[chosen],
            states=None if self.states is None else self.states[chosen],
            inputs=self.inputs[chosen],
            slopes=self.slopes[chosen],
            events=self.events.of_children(chosen),
            times=self.times if self.times.ndim == 1 else np.ascontiguousarray(self.times[chosen]),
            watch=None if self.watch is None else self.watch.of_children(chosen),
        )


def task_of(
    problem: OdeSystem,
    parameters: Floats,
    span: tuple[Floats, float, float],
    names: tuple[str, ...],
    events: Events | None,
    states: Floats | None,
    inputs: Floats | None,
    slopes: Floats | None,
    tolerance: Tolerance | None,
    threads: int | None,
    progress: Callable[[int], None] | None,
    cancel: Flag | None,
) -> RunRequest:
    """Tables of the task's own. Raises InvalidCall for one that does not fit the problem."""
    table = finite_table("parameter", parameters, None, problem.parameters)
    children, wide = len(table), len(problem.inputs)
    given = Events.none(children) if events is None else events
    still = np.zeros((children, wide))
    if span[0].ndim == 2 and len(span[0]) != children:
        raise InvalidCall(
            f"There are output times for {len(span[0])} children of {children}.",
            "Times of one's own are a table [child, time].",
            "Give a row for each child, or one list for all.",
        )
    return RunRequest(
        table,
        None if states is None else finite_table("state", states, children, problem.states),
        resting(problem, table)
        if inputs is None
        else finite_table("input", inputs, children, problem.inputs),
        still if slopes is None else finite_table("slope", slopes, children, problem.inputs),
        given.fitting(children, len(problem.states), wide),
        *span,
        names,
        None,
        tolerance or Tolerance(),
        thread_count() if threads is None else threads,
        progress,
        cancel,
    )


def resting(problem: OdeSystem, table: Floats) -> Floats:
    """Inputs [child, input] where nothing was switched; a varying parameter's is the child's own."""
    u = np.tile(np.array(problem.resting, dtype=np.float64), (len(table), 1))
    if problem.varying:
        u[:, -len(problem.varying) :] = table[:, [problem.parameters.index(n) for n in problem.varying]]
    return u


def whole_directions(problem: OdeSystem, d: Directions, task: RunRequest, fresh: bool) -> Directions:
    """Every table written out; where inputs start ``fresh``, a parameter moves the one that stands for it."""
    whole = d.whole(task.children, problem, len(task.events.value))
    if not (problem.varying and fresh):
        return whole
    inputs, parameters = np.array(whole.inputs), np.asarray(whole.parameters)
    columns = [problem.parameters.index(name) for name in problem.varying]
    inputs[..., len(problem.inputs) - len(columns) :] += parameters[..., columns]
    return replace(whole, inputs=inputs)
