r"""Steady states of a regimen: the state that is reproduced by one dosing interval.

With :math:`G` the map over one interval and :math:`J = \partial G/\partial y` from exact sensitivities,
Newton's method solves :math:`G(y) = y`: :math:`y \leftarrow y - (J - I)^{-1} (G(y) - y)`. For a linear
model one iteration is exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quotidian.data.dosing_records import Steady
from quotidian.engine import ADD, SWITCH, CompiledModel, Tolerance
from quotidian.engine.named_tables import EventByName
from quotidian.errors import NotSolvable
from quotidian.models.pk_shelf import PkModel

Floats = NDArray[np.float64]
ACCURACY = 1e-10  # largest correction, relative to the largest amount
BALANCE = 1e-6  # largest remaining change over an interval, relative to the dose of an interval
MOST_DOSES = 1e6  # doses in the body at once; no regimen accumulates more
MOST_ITERATIONS = 60
CONSTANT_SPAN = 24.0  # over which the steady state of a constant infusion is sought
PHASE_TIE = 1e-9  # of an interval


def steady_states(
    pk: PkModel, compiled: CompiledModel, table: Floats, wanted: Sequence[Steady], tolerance: Tolerance
) -> Floats:
    """States [steady, state] at the instant of each steady dose, just before that dose.

    Parameters
    ----------
    table : parameters of each, [steady, parameter].

    Raises NotSolvable where no steady state is reached.
    """
    found = reached_states(pk, compiled, table, wanted, tolerance)
    lost = np.flatnonzero(np.isnan(found).any(axis=1))
    if len(lost):
        raise NotSolvable(
            f"No steady state was found for the dose of row {wanted[int(lost[0])].row + 1}.",
            "The amount in the body still changes after many intervals. Doses above the largest rate of "
            "elimination have none.",
            "Check dose, interval and parameters, or list the doses individually.",
        )
    return found


def reached_states(
    pk: PkModel, compiled: CompiledModel, table: Floats, wanted: Sequence[Steady], tolerance: Tolerance
) -> Floats:
    """As :func:`steady_states`, with not-a-number for a dose that reaches no steady state."""
    found = np.zeros((len(wanted), len(pk.model.species)))
    spans = np.array([s.interval or CONSTANT_SPAN for s in wanted])
    for span in np.unique(spans).tolist():
        own = np.flatnonzero(spans == span).tolist()
        found[own] = _fixed_points(pk, compiled, table[own], [wanted[i] for i in own], span, tolerance)
    for row, one in zip(found, wanted, strict=True):
        if one.lag > 0.0 and one.interval > 0.0 and one.duration == 0.0 and phase(one) == 0.0:
            compiled.state(row[None], pk.compartments[one.compartment - 1])[:] += one.amount  # arrives now
    return found


def phase(one: Steady) -> float:
    """Time from the start of an interval to the arrival of its dose."""
    if one.interval == 0.0:
        return 0.0
    late = one.lag % one.interval
    return 0.0 if min(late, one.interval - late) <= PHASE_TIE * one.interval else late


def _interval(pk: PkModel, one: Steady, span: float) -> list[EventByName]:
    """Events of one interval of the regimen, from the instant of the record on."""
    rate = pk.infusions[one.compartment - 1]
    if one.interval == 0.0:
        return [(0.0, SWITCH, rate, one.amount)]
    late = phase(one)
    if one.duration == 0.0:
        return [(late, ADD, pk.compartments[one.compartment - 1], one.amount)]
    ends = np.array([late - k * span + one.duration for k in range(int(one.duration / span) + 2)])
    starts = ends - one.duration
    changes = np.unique(np.clip([0.0, late, *ends], 0.0, span))
    running = [(starts <= t + PHASE_TIE * span) & (t + PHASE_TIE * span < ends) for t in changes]
    size = one.amount / one.duration
    return [(float(t), SWITCH, rate, size * int(on.sum())) for t, on in zip(changes, running, strict=True)]


def _fixed_points(
    pk: PkModel, compiled: CompiledModel, table: Floats, wanted: Sequence[Steady], span: float,
    tolerance: Tolerance,
) -> Floats:  # fmt: skip
    names = [s.name for s in pk.model.species]
    given = np.array([s.amount if s.interval else s.amount * span for s in wanted])[:, None]
    events = [_interval(pk, s, span) for s in wanted]
    y, still = compiled.begin(table)[1], np.arange(len(table))
    for _ in range(MOST_ITERATIONS):
        run = compiled.run_with_sensitivities(
            table[still], [], with_respect_to=names, start=0.0, end=span, states=y[still],
            events=compiled.events([events[i] for i in still]), tolerance=tolerance, threads=1,
        )  # fmt: skip
        moved = run.outcome.states - y[still]
        new = y[still] + _corrections(run.states.transpose(0, 2, 1), moved)
        # a saturable model may reach negative values; then the state after the interval is used
        new = np.where(np.min(new, axis=1, keepdims=True) < 0.0, run.outcome.states, new)
        lost = ~np.all(np.isfinite(new) & (np.abs(new) <= MOST_DOSES * given[still]), axis=1)
        y[still[lost]] = np.nan
        close = np.abs(new - y[still]) <= ACCURACY * np.abs(new).max(axis=1, keepdims=True)
        balanced = np.abs(moved) <= BALANCE * given[still] + ACCURACY
        y[still[~lost]] = new[~lost]
        still = still[~lost & ~np.all(close & balanced, axis=1)]
        if not len(still):
            return y
    y[still] = np.nan
    return y


def _corrections(jacobian: Floats, moved: Floats) -> Floats:
    """:math:`-(J - I)^{-1} (G(y) - y)`, [steady, state]; the change over the interval if J is I."""
    found = moved.copy()
    for i, (matrix, residual) in enumerate(zip(jacobian, moved, strict=True)):
        try:
            found[i] = np.linalg.solve(matrix - np.eye(len(matrix)), -residual)
        except np.linalg.LinAlgError:
            continue
    return found
