"""The outcome of a run: observables by subject and time, states at the end, and failures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.engine.abi import (
    FINISHED,
    GRAZED,
    NOT_FINITE,
    STEP_TOO_SMALL,
    STOPPED,
    TOO_MANY_CROSSINGS,
    TOO_MANY_STEPS,
)
from quotidian.engine.triggers import TriggerState

REASONS = {
    FINISHED: "finished",
    STEP_TOO_SMALL: "the step became too small: the equations are too stiff or discontinuous there",
    TOO_MANY_STEPS: "too many steps",
    NOT_FINITE: "a value was not finite",
    STOPPED: "a trigger stopped it",
    TOO_MANY_CROSSINGS: "triggers fired more often than there was room to record",
    GRAZED: "a trigger's level was only grazed, where the instant of the crossing has no derivative",
}
BY_SUBJECT = ("values", "states", "inputs", "status", "reached", "accepted", "rejected", "slopes")


@dataclass(frozen=True)
class Failure:
    """One subject that did not reach the end: its number, the time reached (h), and the reason."""

    subject: int
    reached: float
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Result of a run.

    Attributes
    ----------
    times : [time] h, or [subject, time] where each has its own. names : observables in order.
    values : [subject, time, observable]; not-a-number after a failed subject's last instant.
    states, inputs, slopes : [subject, ...] at the end, to continue from; slopes (per h) are of the inputs.
    status : [subject] 0 finished, else a key of ``REASONS``. reached : [subject] h.
    accepted, rejected : [subject] steps.
    watched : state of the triggers, and when they fired; None where the run had none.
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
    watched: TriggerState | None = None

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """One observable, [subject, time]."""
        return self.values[:, :, self.names.index(name)]

    @property
    def sha256(self) -> str:
        """Checksum of every number of the outcome, to the last bit."""
        found = hashlib.sha256()
        for name in BY_SUBJECT:
            found.update(getattr(self, name).tobytes())
        if self.watched is not None:
            found.update(self.watched.time.tobytes())
        return found.hexdigest()

    @property
    def crossings(self) -> tuple[tuple[NDArray[np.float64], ...], ...]:
        """Instants (h) at which each trigger fired, ``crossings[subject][trigger]``."""
        seen = self.watched
        if seen is None:
            return ()
        subjects, triggers = seen.armed.shape
        return tuple(tuple(seen.of(c, t) for t in range(triggers)) for c in range(subjects))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Every subject that did not reach the end, except those that a trigger stopped."""
        bad = np.flatnonzero((self.status != FINISHED) & (self.status != STOPPED))
        return tuple(Failure(int(c), float(self.reached[c]), REASONS[int(self.status[c])]) for c in bad)
