r"""Steady states of a regimen: the state that one interval of dosing leads back to.

With :math:`G` the map over one interval and :math:`J = \partial G/\partial y` from exact sensitivities,
Newton's method solves :math:`G(y) = y`: :math:`y \leftarrow y - (J - I)^{-1} (G(y) - y)`. For a linear
model one iteration is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Steady
from quotidian.engine import ADD, SWITCH, CompiledModel, Events, Tolerance
from quotidian.errors import SolverFailed
from quotidian.models.pk_shelf import PkModel

Floats = NDArray[np.float64]
Event = tuple[float, int, int, float]
ACCURACY = 1e-10  # largest correction, of the largest amount
MOST_ITERATIONS = 60
CONSTANT_HOURS = 24.0  # over which the steady state of a constant infusion is sought
PHASE_TIE = 1e-9  # of an interval


def steady_states(
    pk: PkModel, compiled: CompiledModel, table: Floats, wanted: Sequence[Steady], tolerance: Tolerance
) -> Floats:
    """States [steady, state] at the instant of each steady dose, just before that dose.

    Parameters
    ----------
    table : parameters of each, [steady, parameter].

    Raises SolverFailed where no steady state is reached.
    """
    found = np.zeros((len(wanted), len(compiled.ode_system.states)))
    spans = np.array([s.interval or CONSTANT_HOURS for s in wanted])
    for span in np.unique(spans):
        own = np.flatnonzero(spans == span).tolist()
        events = Events.of([_interval(pk, compiled, wanted[i], float(span)) for i in own])
        found[own] = _fixed_points(
            compiled, table[own], events, float(span), tolerance, [wanted[i] for i in own]
        )
    for i, one in enumerate(wanted):
        if one.lag > 0.0 and one.interval > 0.0 and one.duration == 0.0 and phase(one) == 0.0:
            found[i, _state(pk, compiled, one.compartment)] += one.amount  # the lagged dose arrives right now
    return found


def phase(one: Steady) -> float:
    """Time from the start of an interval to the arrival of its dose."""
    late = one.lag % one.interval if one.interval else 0.0
    near = min(late, one.interval - late) if one.interval else 0.0
    return 0.0 if near <= PHASE_TIE * one.interval else late


def _interval(pk: PkModel, compiled: CompiledModel, one: Steady, span: float) -> list[Event]:
    """What happens in one interval of the regimen, from the instant of the record on."""
    rate = pk.infusions[one.compartment - 1]
    column = compiled.ode_system.inputs.index(rate)
    if one.interval == 0.0:
        return [(0.0, SWITCH, column, one.amount)]
    late = phase(one)
    if one.duration == 0.0:
        return [(late, ADD, _state(pk, compiled, one.compartment), one.amount)]
    ends = np.array([late - k * span + one.duration for k in range(int(one.duration / span) + 2)])
    starts = ends - one.duration
    changes = np.unique(np.clip([0.0, late, *ends], 0.0, span))
    running = [(starts <= t + PHASE_TIE * span) & (t + PHASE_TIE * span < ends) for t in changes]
    size = one.amount / one.duration
    return [(float(t), SWITCH, column, size * int(on.sum())) for t, on in zip(changes, running, strict=True)]


def _state(pk: PkModel, compiled: CompiledModel, compartment: int) -> int:
    return compiled.ode_system.states.index(pk.compartments[compartment - 1])


def _fixed_points(
    compiled: CompiledModel, table: Floats, events: Events, span: float, tolerance: Tolerance,
    wanted: Sequence[Steady],
) -> Floats:  # fmt: skip
    names = compiled.ode_system.states
    y = compiled.begin(table)[1]
    still = np.arange(len(table))
    for _ in range(MOST_ITERATIONS):
        run = compiled.run_tangents(
            table[still], [], with_respect_to=names, start=0.0, end=span, states=y[still],
            events=events.of_children(np.isin(np.arange(len(table)), still)), tolerance=tolerance, threads=1,
        )  # fmt: skip
        moved = run.outcome.states - y[still]
        jacobian = run.states.transpose(0, 2, 1) - np.eye(len(names))
        if not (np.isfinite(moved).all() and np.isfinite(jacobian).all()):
            break
        step = _newton(jacobian, moved)
        new = y[still] + step
        # a saturable model may be led below zero: there the interval itself shows the way
        new = np.where((new < 0).any(axis=1)[:, None], run.outcome.states, new)
        size = np.abs(new).max(axis=1, keepdims=True)
        done = (np.abs(new - y[still]) <= ACCURACY * np.maximum(size, 1e-300)).all(axis=1).astype(np.bool_)
        y[still] = new
        still = still[~done]
        if not len(still):
            return y
    row = wanted[int(still[0])].row
    raise SolverFailed(
        f"No steady state was found for the dose of row {row + 1}.",
        "The amount in the body still changes after many intervals. Doses above the largest rate of "
        "elimination have none.",
        "Check dose, interval and parameters, or give the doses one by one.",
    )


def _newton(jacobian: Floats, moved: Floats) -> Floats:
    """Corrections :math:`-(J - I)^{-1} (G(y) - y)`, [steady, state]; the interval itself where J is I."""
    found = moved.copy()
    for i, (matrix, residual) in enumerate(zip(jacobian, moved, strict=True)):
        try:
            found[i] = np.linalg.solve(matrix, -residual)
        except np.linalg.LinAlgError:
            continue
    return found
