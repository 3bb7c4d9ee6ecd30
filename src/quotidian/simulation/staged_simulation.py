"""A simulation in stages: each stage continues the last one, with events that were added in between.

States, inputs and slopes are passed on without loss; only step control starts again. A run in stages gives
the same bytes as one run with an event that adds 0 at each boundary, because such an event also restarts
step control.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Outcome, Tolerance
from quotidian.simulation.dosing_events import DosingEvent
from quotidian.simulation.switches import Switches

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


@dataclass(kw_only=True)
class StagedSimulation:
    """Subjects on one model, all at ``now_h`` (h).

    Parameters
    ----------
    table : [subject, parameter]. doses : past and future events of each subject; future ones may be
        changed between stages.
    states, inputs, slopes : [subject, ...] at ``now_h``; None before the first stage: the model's own.
    gone : [subject] True for subjects that are not simulated further; their values remain those of
        ``seen``, [subject, observable]. None if there are none.
    """

    machine: CompiledModel
    table: Floats
    doses: list[list[DosingEvent]]
    now_h: float
    tolerance: Tolerance | None = None
    states: Floats | None = None
    inputs: Floats | None = None
    slopes: Floats | None = None
    gone: Bools | None = None
    seen: Floats | None = None

    def keep(self, chosen: NDArray[np.int64]) -> Self:
        """Only the chosen subjects, in that order."""

        def rows(table: Floats | None) -> Floats | None:
            return None if table is None else table[chosen]

        return replace(
            self,
            table=self.table[chosen],
            doses=[self.doses[i] for i in chosen],
            states=rows(self.states),
            inputs=rows(self.inputs),
            slopes=rows(self.slopes),
            gone=None if self.gone is None else self.gone[chosen],
            seen=rows(self.seen),
        )

    def proceed(
        self,
        until_h: float,
        times: Floats,
        names: Sequence[str] | None,
        background: Switches,
        threads: int | None = None,
        progress: Callable[[int], None] | None = None,
        cancel: Flag | None = None,
    ) -> Outcome:
        """Integrate to ``until_h`` (h), record the observables ``names`` at ``times`` (h), keep the states.

        Events at ``until_h`` itself belong to the next stage. ``background`` are those of this stage that are
        independent of treatment. ``cancel``: see :meth:`CompiledModel.run`. A
        subject that fails is listed in the failures of the outcome and must be removed (:meth:`keep`)
        before the next stage.
        """
        here = self.followed()

        def rows(table: Floats | None) -> Floats | None:
            return None if table is None else table[here]

        doses = self.machine.events([self.doses[i] for i in here.tolist()])
        outcome = self.machine.run(
            self.table[here],
            times,
            events=background.after(doses, self.machine, here),
            observables=names,
            start=self.now_h,
            end=until_h,
            states=rows(self.states),
            inputs=rows(self.inputs),
            slopes=rows(self.slopes),
            tolerance=self.tolerance,
            threads=threads,
            progress=progress,
            cancel=cancel,
        )
        if len(here) < len(self.table):
            outcome = self._with_the_gone(outcome, here)
        self.states, self.inputs, self.slopes = outcome.states, outcome.inputs, outcome.slopes
        self.seen = outcome.values[:, -1]
        self.now_h = until_h
        return outcome

    def followed(self) -> NDArray[np.int64]:
        """Indices of the subjects that are simulated; all of them if all are gone, because a run needs at
        least one."""
        everyone = np.arange(len(self.table))
        return everyone if self.gone is None or self.gone.all() else np.flatnonzero(~self.gone)

    def _with_the_gone(self, outcome: Outcome, here: NDArray[np.int64]) -> Outcome:
        """The outcome of all subjects; those gone keep their last values."""
        assert self.seen is not None and self.states is not None
        assert self.inputs is not None and self.slopes is not None
        count = len(self.table)

        def spread(rest: NDArray[T], own: NDArray[T]) -> NDArray[T]:
            found = rest.copy()
            found[here] = own
            return found

        return replace(
            outcome,
            values=spread(np.repeat(self.seen[:, None], len(outcome.times), axis=1), outcome.values),
            states=spread(self.states, outcome.states),
            inputs=spread(self.inputs, outcome.inputs),
            slopes=spread(self.slopes, outcome.slopes),
            status=spread(np.zeros(count, dtype=outcome.status.dtype), outcome.status),
            reached=spread(np.full(count, self.now_h), outcome.reached),
            accepted=spread(np.zeros(count, dtype=outcome.accepted.dtype), outcome.accepted),
            rejected=spread(np.zeros(count, dtype=outcome.rejected.dtype), outcome.rejected),
        )
