"""Children followed stage by stage: each begins where the last one ended, with whatever was ordered since.

A run cut into stages gives the same bytes as one run that takes a fresh step at each seam (an event that adds
0 does): states, inputs and slopes are handed on whole, and only step control begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Events, Outcome, Tolerance
from quotidian.patients.child import Child
from quotidian.patients.treatment import DosingEvent

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


@dataclass(kw_only=True)
class StagedSimulation:
    """Children under way, all at ``now_h``.

    ``doses`` are each child's events, given and to come: change those to come between stages. ``background``
    are events that no treatment changes. ``states`` None: start values at the first stage. ``gone`` [child]
    are followed no more and stay as they were last ``seen``, [child, observable]; None: everyone is there.
    """

    machine: CompiledModel
    children: list[Child]
    table: Floats
    doses: list[list[DosingEvent]]
    background: list[list[DosingEvent]]
    now_h: float
    tolerance: Tolerance | None = None
    states: Floats | None = None
    inputs: Floats | None = None
    slopes: Floats | None = None
    gone: Bools | None = None
    seen: Floats | None = None

    def keep(self, chosen: NDArray[np.int64]) -> Self:
        """Only the chosen children, in that order."""

        def rows(table: Floats | None) -> Floats | None:
            return None if table is None else table[chosen]

        return replace(
            self,
            children=[self.children[i] for i in chosen],
            table=self.table[chosen],
            doses=[self.doses[i] for i in chosen],
            background=[self.background[i] for i in chosen],
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
        threads: int | None = None,
        progress: Callable[[int], None] | None = None,
        cancel: Flag | None = None,
    ) -> Outcome:
        """March to ``until_h``, record observables at ``times``, remember where everyone stands.

        Events at ``until_h`` itself belong to the next stage. ``cancel``: see :meth:`CompiledModel.run`.
        A child that fails is among the outcome's failures; leave it out (:meth:`keep`) before the next stage.
        """
        here = self._followed()

        def rows(table: Floats | None) -> Floats | None:
            return None if table is None else table[here]

        outcome = self.machine.run(
            self.table[here],
            times,
            events=Events.of([self.doses[i] + self.background[i] for i in here]),
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
        if len(here) < len(self.children):
            outcome = self._with_the_gone(outcome, here)
        self.states, self.inputs, self.slopes = outcome.states, outcome.inputs, outcome.slopes
        self.seen = outcome.values[:, -1]
        self.now_h = until_h
        return outcome

    def _followed(self) -> NDArray[np.int64]:
        """Places of those who are there; where nobody is, of all, for somebody must be marched."""
        everyone = np.arange(len(self.children))
        return everyone if self.gone is None or self.gone.all() else np.flatnonzero(~self.gone)

    def _with_the_gone(self, outcome: Outcome, here: NDArray[np.int64]) -> Outcome:
        """The outcome of all: whoever is gone stays as last seen, and took no step."""
        assert self.seen is not None and self.states is not None
        assert self.inputs is not None and self.slopes is not None
        count = len(self.children)

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
