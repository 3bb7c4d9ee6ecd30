"""An endpoint as one frozen value: name, meaning, required observables, and computation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.criteria import non_responder
from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools, Floats
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.rules import Estimand

Kind: TypeAlias = Literal["response", "share", "mean", "statistic"]
Statistic: TypeAlias = Callable[[Bools], float]
"""Computes the number of a group of children, if it is not the mean of their values."""


@dataclass(frozen=True)
class Finding:
    """The result of an endpoint: a value of each child, and the children for whom it is defined.

    Parameters
    ----------
    values : [child]; truth values of a response or a share, else numbers in the endpoint's unit.
    among : children for whom the endpoint is defined, [child]; None for all.
    statistic : number of a group of children; None for the mean of their values.
    week : the week reported, if the endpoint is evaluated after the trial; None for the week of the visit.
    """

    values: NDArray[Any]
    among: Bools | None = None
    statistic: Statistic | None = None
    week: int | None = None


AtVisit: TypeAlias = Callable[[AnalysisView, int], Finding | None]
AtEntry: TypeAlias = Callable[[AnalysisView], Finding | None]
OfTrial: TypeAlias = Callable[[AnalysisView], tuple[Finding, ...]]


@dataclass(frozen=True)
class EndpointResult:
    """One endpoint of one visit: a value of each child, and the children who count. Shares are 0 or 100
    per cent.

    ``by_events`` marks an endpoint that is computed from the dates of events. It is defined at any visit,
    also for a child whose trial has ended. ``estimand`` says what it makes of a rescue; "" at entry.
    """

    endpoint: str
    week: int
    unit: str
    values: Floats
    counted: Bools
    statistic: Statistic | None = None
    by_events: bool = False
    estimand: str = ""
    kind: Kind = "mean"

    def of(self, group: Bools) -> float | None:
        """The number of the children of ``group`` [child] who count; None if there is none.

        A statistic can be undefined though children count: a Kaplan-Meier share is, once nobody is at risk.
        """
        own = group & self.counted
        if not own.any():
            return None
        if self.statistic is None:
            return float(self.values[own].mean())
        number = self.statistic(own)
        return None if np.isnan(number) else number


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of trials. A computation returns None where its data were not recorded.

    Parameters
    ----------
    name : in study files, tables and published results.
    label : in tables and figures. unit : as :mod:`quotidian.units` reads it. meaning : definition, in words.
    kind : ``response`` (a child out of the trial or of its arm is a non-responder, unless an earlier visit
        stands for this one), ``share`` (per cent of the children who count), ``mean`` (of finite values), or
        ``statistic`` (a number that the result itself computes).
    at_visit : computed at each visit after entry. at_entry : at week 0. once : after the trial, for
        weeks of its own; without findings if its data were not recorded.
    needs : observables that must have been recorded at the visit, besides the core set and CRP.
    by_events : as in :class:`EndpointResult`.
    on_request : reported only if a design or an indication names it.
    estimand : what it makes of a rescue, if that is the same in every design; see :meth:`estimand_in`.
    """

    name: str
    label: str
    unit: str
    meaning: str
    kind: Kind
    at_visit: AtVisit | None = None
    at_entry: AtEntry | None = None
    once: OfTrial | None = None
    needs: tuple[str, ...] = ()
    by_events: bool = False
    on_request: bool = False
    estimand: Estimand | None = None

    def estimand_in(self, trial: Trial) -> Estimand:
        """What the endpoint makes of a rescue: a response, as the design says; else children are read while
        on treatment, unless the design reads them whatever was given."""
        if self.estimand is not None:
            return self.estimand
        if self.kind == "response" or trial.strategy == "treatment-policy":
            return trial.strategy
        return "while-on-treatment"

    def of_visit(self, view: AnalysisView, week: int) -> Iterator[EndpointResult]:
        """The result of a visit; None if the endpoint is not defined there."""
        if self.at_visit is not None and all(view.has(name, week) for name in self.needs):
            yield from self._results(view, week, self.at_visit(view, week))

    def of_entry(self, view: AnalysisView) -> Iterator[EndpointResult]:
        """The result of week 0; None if the endpoint does not describe characteristics at entry."""
        if self.at_entry is not None:
            yield from self._results(view, 0, self.at_entry(view))

    def of_trial(self, view: AnalysisView) -> Iterator[EndpointResult]:
        """The results of an endpoint that is evaluated after the trial."""
        for found in () if self.once is None else self.once(view):
            yield from self._results(view, 0, found)

    def _results(self, view: AnalysisView, week: int, found: Finding | None) -> Iterator[EndpointResult]:
        if found is None:
            return
        week = week if found.week is None else found.week
        values, counted = found.values, view.counted(week)
        if self.kind == "response":
            values = non_responder(values, view.out(week))
        if self.kind in ("response", "share"):
            values = np.where(values, 100.0, 0.0)
        if self.kind == "mean":
            counted = counted & np.isfinite(values)
        if found.among is not None:
            counted = counted & found.among
        estimand = self.estimand_in(view.trial) if week else ""
        yield EndpointResult(
            self.name, week, self.unit, values, counted, found.statistic, self.by_events, estimand, self.kind
        )


def observed_at_entry(name: str) -> AtEntry:
    """A computation that gives the observable of that name at entry, if it was recorded."""

    def at_entry(view: AnalysisView) -> Finding | None:
        return Finding(view.record.observed[0][name]) if view.has(name, 0) else None

    return at_entry
