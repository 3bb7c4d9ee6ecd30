"""Which subjects single precision can serve, and what is solved again where it could not.

A number of 32 bits has full precision between 1.2e-38 and 3.4e38. Constants, inputs and usual sizes of states
must lie well within, so that their squares and products do too; a subject with others is solved in double
precision. A value that leaves the range within a step makes the step not finite, which ends in a failure:
those subjects are solved again in double precision. Either depends on the subject alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import FINISHED, STOPPED
from quotidian.engine.arithmetic import is_portable
from quotidian.engine.expressions.graph import Node, reachable
from quotidian.engine.expressions.ode_system import OdeSystem
from quotidian.engine.outcome import BY_SUBJECT, Outcome
from quotidian.engine.runtime.run_request import RunRequest
from quotidian.engine.tolerance import Tolerance

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SMALLEST, LARGEST = 1e-18, 1e18
"""Size of a constant, an input or a usual state that is not 0."""


def in_single(tolerance: Tolerance) -> bool:
    """Whether runs that start here use single precision; portable code never does."""
    return tolerance.precision == "single" and not is_portable()


def system_fits(system: OdeSystem) -> bool:
    """Whether usual sizes and the numbers of the equations are within the range, and time is not rounded."""
    roots = [*system.rates, *system.jacobian.values(), *system.drift]
    numbers = [node.number for node in reachable(roots) if node.number is not None]
    return bool(np.all(_fits(np.array([*numbers, *system.scales])))) and not _rounds_time(system, roots)


def _rounds_time(system: OdeSystem, roots: Sequence[Node]) -> bool:
    """Whether a sum or function of a state reads a multiple of time, as in cos(w t + y).

    In a product its rounding is relative; an hour of a long run needs more digits. Inputs that ramp are of
    the size of the input.
    """
    stated, given = (
        system.depending_on(map(system.graph.symbol, names)) for names in (system.states, system.inputs)
    )
    grows = {system.time.serial}
    for node in reachable(roots):
        if node.serial not in given and any(a.serial in grows for a in node.args):
            if node.serial in stated and node.op not in ("*", "/"):
                return True
            if node.op in ("+", "-", "*", "/"):
                grows.add(node.serial)
    return False


def subjects_fit(constants: Floats, request: RunRequest) -> Bools:
    """Which subjects have constants, inputs, events and actions of triggers within the range, [subject]."""
    fits: Bools = np.all(_fits(constants), axis=1)
    actions = () if request.watch is None else (request.watch.action_value,)
    for table in (request.inputs, request.slopes, *actions):
        fits &= np.all(_fits(table), axis=1)
    events = request.events
    fits[events.subjects[~_fits(events.value)]] = False
    return fits


def _fits(values: Floats) -> Bools:
    size = np.abs(values)
    fits: Bools = (size == 0.0) | ((size >= SMALLEST) & (size <= LARGEST))
    return fits


def solved_again(found: Outcome, request: RunRequest, solve: Callable[[RunRequest], Outcome]) -> Outcome:
    """``found``, with ``solve`` of those subjects of the request that failed."""
    failed = (found.status != FINISHED) & (found.status != STOPPED)
    if not failed.any():
        return found
    again = solve(replace(request.of(failed), progress=None))
    for name in BY_SUBJECT:
        getattr(found, name)[failed] = getattr(again, name)
    if found.watched is not None and again.watched is not None:
        for field in fields(found.watched):
            getattr(found.watched, field.name)[failed] = getattr(again.watched, field.name)
    return found


def copied(request: RunRequest) -> RunRequest:
    """The same request with tables of its own, since the integrator overwrites them."""
    watch = request.watch
    return replace(
        request,
        states=None if request.states is None else request.states.copy(),
        inputs=request.inputs.copy(),
        watch=None
        if watch is None
        else replace(watch, armed=watch.armed.copy(), pending=watch.pending.copy()),
    )
