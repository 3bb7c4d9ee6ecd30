"""Predictions of the observations of many children, with derivatives by the predictors of a population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quotidian.engine import CompiledModel, Directions, Events, Tolerance
from quotidian.inference.dual import Dual
from quotidian.inference.event_predictor import MOST
from quotidian.inference.event_templates import taken
from quotidian.inference.individual_model import IndividualModel

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
FINE = Tolerance(rtol=1e-5, atol=1e-7)  # gradients of FOCEI within 1e-5
QUICK = Tolerance(rtol=1e-3, atol=1e-5)  # predictions within 0.03 %


@dataclass(frozen=True, eq=False)
class ChildrenPredictor:
    """Children with their doses, each from its own untreated state.

    Attributes
    ----------
    base : [subject, parameter] parameters of each child where nothing is fitted. individual : parameters of
        the model from predictors and covariates; ``result`` has the name of its result for each of them.
    columns : covariates [subject] by name in capitals. hours : [subject, output] ascending, infinite where
        there are fewer. output, column, there : of each observation, [subject, observation].
    """

    compiled: CompiledModel
    base: Floats
    individual: IndividualModel
    result: Mapping[str, str]
    columns: Mapping[str, Floats]
    events: Events
    hours: Floats
    observables: tuple[str, ...]
    output: Integers
    column: Integers
    there: NDArray[np.bool_]
    begin_h: float
    tolerance: Tolerance = FINE
    threads: int | None = None

    def predict(self, who: Integers, u: Floats) -> Floats:
        """Predictions [copy, observation]; 0 where a child has fewer."""
        table, _, lost = self._table(who, u, ())
        found = self.compiled.run(
            table, self.hours[who], events=self._events(who), observables=self.observables,
            start=self.begin_h, end=self.end, tolerance=self.tolerance, threads=self.threads,
        ).values  # fmt: skip
        return self._gathered(who, found, lost)

    def linearise(self, who: Integers, u: Floats, which: Sequence[int]) -> tuple[Floats, Floats]:
        """Predictions, and derivatives [copy, observation, direction] by the predictors ``which``."""
        table, slopes, lost = self._table(who, u, which)
        found = self.compiled.run_with_sensitivities(
            table, self.hours[who], with_respect_to=Directions(tuple(map(str, which)), parameters=slopes),
            events=self._events(who), observables=self.observables, start=self.begin_h, end=self.end,
            tolerance=self.tolerance, threads=self.threads,
        )  # fmt: skip
        f = self._gathered(who, found.outcome.values, lost)
        return f, self._gathered(who, found.values.transpose(0, 2, 3, 1), lost)

    @property
    def end(self) -> float:
        """End of the runs, h."""
        return float(self.hours[np.isfinite(self.hours)].max()) + 1.0

    @property
    def retimed(self) -> frozenset[int]:
        """Predictors on which times of doses depend: none."""
        return frozenset()

    @property
    def quick(self) -> ChildrenPredictor:
        """The same with the tolerance of stochastic methods."""
        return replace(self, tolerance=QUICK)

    def _table(
        self, who: Integers, u: Floats, which: Sequence[int]
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Parameters [copy, parameter], derivatives [copy, direction, parameter], and copies without."""
        table, lost = self.base[who], np.zeros(len(who), bool)
        slopes = np.zeros((len(who), len(which), table.shape[1]))
        env = self.individual.evaluate(u, {name: column[who] for name, column in self.columns.items()})
        for name, result in self.result.items():
            own: Dual = env[result.upper()]
            sound = np.isfinite(own.value) & (np.abs(own.value) < MOST)
            target = self.compiled.parameter(table, name)
            target[:] = np.where(sound, own.value, target)
            moved = own.slope[:, list(which)]
            flat = self.compiled.parameter(slopes.reshape(-1, table.shape[1]), name)
            flat[:] = np.where(np.isfinite(moved), moved, 0.0).ravel()
            lost |= ~sound
        return table, slopes, lost

    def _events(self, who: Integers) -> Events:
        own = self.events
        places, offset = taken(own.offset, who)
        return Events(offset, own.time[places], own.kind[places], own.index[places], own.value[places])

    def _gathered(self, who: Integers, values: Floats, lost: NDArray[np.bool_]) -> Floats:
        """Outputs [copy, output, observable, ...] as observations [copy, observation, ...]."""
        found = values[np.arange(len(who))[:, None], self.output[who], self.column[who]]
        there = self.there[who].reshape(*self.there[who].shape, *([1] * (found.ndim - 2)))
        found = np.where(there, found, 0.0)
        found[lost] = np.nan
        return found
