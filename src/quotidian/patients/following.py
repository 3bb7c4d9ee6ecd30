"""Children followed stage by stage: each begins where the last one ended, with whatever was ordered since.

A run cut into stages gives the same bytes as one run that takes a fresh step at each seam (an event that adds
0 does): states, inputs and slopes are handed on whole, and only step control begins anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Self

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import Events, Machine, Outcome, Tolerance
from quotidian.patients.child import Child
from quotidian.patients.treatment import Happening

Floats = NDArray[np.float64]


@dataclass(kw_only=True)
class Following:
    """Children under way, all at ``now_h``.

    ``doses`` are each child's events, given and to come: change those to come between stages. ``background``
    are events that no treatment changes. ``states`` None: start values at the first stage.
    """

    machine: Machine
    children: list[Child]
    table: Floats
    doses: list[list[Happening]]
    background: list[list[Happening]]
    now_h: float
    tolerance: Tolerance | None = None
    states: Floats | None = None
    inputs: Floats | None = None
    slopes: Floats | None = None

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

        Events at ``until_h`` itself belong to the next stage. ``cancel``: see :meth:`Machine.run`.
        A child that fails is among the outcome's failures; leave it out (:meth:`keep`) before the next stage.
        """
        outcome = self.machine.run(
            self.table,
            times,
            events=Events.of([a + b for a, b in zip(self.doses, self.background, strict=True)]),
            observables=names,
            start=self.now_h,
            end=until_h,
            states=self.states,
            inputs=self.inputs,
            slopes=self.slopes,
            tolerance=self.tolerance,
            threads=threads,
            progress=progress,
            cancel=cancel,
        )
        self.states, self.inputs, self.slopes = outcome.states, outcome.inputs, outcome.slopes
        self.now_h = until_h
        return outcome
