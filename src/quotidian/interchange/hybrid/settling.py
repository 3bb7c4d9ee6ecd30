"""Settle a run: integrate on until nothing moves.

Settling is integration, not algebra: what events and conditions do on the way is done. A run has settled
where each rate is so small that it would move nothing in as long a time again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import NotSolvable
from quotidian.interchange.contents import Contents, Event
from quotidian.interchange.formula import evaluate
from quotidian.interchange.hybrid.clock import refuse_clock
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.restart import pinned, whole_system
from quotidian.interchange.hybrid.run import HybridRun
from quotidian.interchange.hybrid.system import STILL, System
from quotidian.interchange.hybrid.tolerances import tolerance_for

RTOL = 1e-10
"""Relative tolerance of a run: differences of the objective between two of them are its derivative."""
LADDER = tuple(10.0**k for k in range(1, 10))
"""Times, in the unit of the model, after which it is asked whether a run has settled."""
STEADY = 1e-7
"""Part of the size of each state by which it may still move in as long a time again."""


def hybrid(system: System, grid: NDArray[np.float64], wanted: Sequence[str]) -> HybridRun:
    """A run to the last time of ``grid`` that records ``wanted``."""
    return HybridRun(system, grid, list(wanted), tolerance_for(float(grid[-1]) or 1.0, RTOL))


def settled(run: HybridRun) -> Values:
    """Where a run settles after its end. Raises NotSolvable where it does not."""
    start = float(run.times[-1])
    for span in LADDER:
        run.tolerance = tolerance_for(start + span, RTOL)
        now = run.further(np.array([start + span]))
        if not run.queue.waiting and max(_movement(run.system, now), default=0.0) * span <= STEADY:
            return now
    raise NotSolvable(
        f"{run.system.contents.name} does not reach a steady state.",
        f"A quantity still changes after {LADDER[-1]:g} {run.system.contents.time_unit}.",
        "Ask for a finite time, or correct what has no steady state.",
    )


def at_rest(c: Contents) -> tuple[HybridRun, Values]:
    """The run of a file to its steady state, and that state.

    Raises InvalidData for a file that depends on time, NotSolvable for one that reaches no steady state.
    """
    refuse_clock(c)
    run = hybrid(whole_system(c), np.array([0.0]), [])
    run.solve()
    return run, settled(run)


def spent(c: Contents, events: Sequence[Event], run: HybridRun) -> tuple[Event, ...]:
    """These events; one whose condition holds at the end of a run of ``c`` has to become false to act."""
    holds = dict(zip((event.id for event in c.events), run.queue.truth, strict=True))
    return tuple(replace(event, armed=not holds[event.id]) for event in events)


def equilibrated(c: Contents) -> Contents:
    """The file as it is in its steady state. Raises what :func:`at_rest` does."""
    run, end = at_rest(c)
    return replace(pinned(c, end), events=spent(c, c.events, run))


def _movement(system: System, now: Values) -> Iterator[float]:
    for name, formula in system.rates.items():
        if name != STILL:
            yield abs(float(evaluate(formula, now))) / (abs(now[name]) + system.sizes[name])
