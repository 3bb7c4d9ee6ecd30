"""What a run gave: observables by child and time, where each child ended, and how it went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import (
    FINISHED,
    NOT_FINITE,
    STEP_TOO_SMALL,
    STOPPED,
    TOO_MANY_CROSSINGS,
    TOO_MANY_STEPS,
)
from quotidian.engine.triggers import Watched

REASONS = {
    FINISHED: "finished",
    STEP_TOO_SMALL: "the step became too small: the equations are too stiff or discontinuous there",
    TOO_MANY_STEPS: "too many steps",
    NOT_FINITE: "a value was not finite",
    STOPPED: "a trigger stopped it",
    TOO_MANY_CROSSINGS: "triggers fired more often than there was room to record",
}
BY_CHILD = ("values", "states", "inputs", "status", "reached", "accepted", "rejected", "slopes")


@dataclass(frozen=True)
class Failure:
    """One child that did not reach the end: who, how far (h), and why."""

    child: int
    reached: float
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Result of a run.

    Attributes
    ----------
    times : [time] h, or [child, time] where each has its own. names : observables in order.
    values : [child, time, observable]; not-a-number after a failed child's last instant.
    states, inputs, slopes : [child, ...] at the end, to continue from; slopes (per h) are of the inputs.
    status : [child] 0 finished, else a key of ``REASONS``. reached : [child] h.
    accepted, rejected : [child] steps.
    watched : how triggers stand, and when they fired; None where the run had none.
    """

    model: str
    times: NDArray[np.float64]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    states: NDArray[np.float64]
    inputs: NDArray[np.float64]
    status: NDArray[np.int64]
    reached: NDArray[np.float64]
    accepted: NDArray[np.int64]
    rejected: NDArray[np.int64]
    slopes: NDArray[np.float64]
    watched: Watched | None = None

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """One observable, [child, time]."""
        return self.values[:, :, self.names.index(name)]

    @property
    def crossings(self) -> tuple[tuple[NDArray[np.float64], ...], ...]:
        """Instants (h) at which each trigger fired, ``crossings[child][trigger]``."""
        seen = self.watched
        if seen is None:
            return ()
        children, triggers = seen.armed.shape
        return tuple(tuple(seen.of(c, t) for t in range(triggers)) for c in range(children))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Every child that did not reach the end, save those whom a trigger stopped."""
        bad = np.flatnonzero((self.status != FINISHED) & (self.status != STOPPED))
        return tuple(Failure(int(c), float(self.reached[c]), REASONS[int(self.status[c])]) for c in bad)
