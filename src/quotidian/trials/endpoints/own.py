"""Endpoints of a design's own: expressions, or functions of Python, evaluated at each visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.endpoint import Endpoint, Finding, Kind
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.definitions import own_endpoints
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.expression import Expression
from quotidian.trials.protocol.own_endpoint import AT_ENTRY, WEEK, OwnEndpoint, read_own

Values: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class VisitValues:
    """What is known of each child at a visit: ``visit["crp"]``, ``visit.baseline("crp")``, ``visit["acr50"]``
    and so on.

    Names are observables that the design records, the core set as measured, findings (endpoints that are true
    or false of a child), ``age``, ``weight`` and others at entry, and ``week``. Arrays run over the children.
    """

    view: AnalysisView
    week: int

    def __getitem__(self, name: str) -> Values:
        """Values at the visit, [child]. Raises UnknownName for what was not recorded."""
        return self._read(name, self.week)

    def baseline(self, name: str) -> Values:
        """Values at entry, [child]. Raises UnknownName for what was not recorded."""
        return self._read(name, 0)

    def read(self, name: str, at_entry: bool) -> Values:
        """The values of a name at entry or at the visit."""
        return self._read(name, 0 if at_entry else self.week)

    def _read(self, name: str, week: int) -> Values:
        record = self.view.record
        if name == WEEK:
            return np.full(record.children, float(week))
        for held in (record.core.get(week, {}), record.observed.get(week, {})):
            if name in held:
                return held[name]
        if name in AT_ENTRY:
            return record.body[name]
        if (finding := self._finding(name, week)) is not None:
            return finding
        known = {*record.core[0], *record.observed[0], *AT_ENTRY, WEEK, *ENDPOINTS}
        raise UnknownName(f"No '{name}' was recorded at week {week}.", closest(name, known), "")

    def _finding(self, name: str, week: int) -> Values | None:
        own = own_endpoints(self.view.trial).get(name)
        if own is not None:
            return read_own(own).value(VisitValues(self.view, week).read)
        endpoint = ENDPOINTS.get(name)
        if endpoint is None or endpoint.kind not in ("response", "share") or endpoint.at_visit is None:
            return None
        found = endpoint.at_visit(self.view, week)
        return None if found is None else np.asarray(found.values, dtype=bool)


Measure: TypeAlias = Callable[[VisitValues], Values]
"""A function of a visit that gives a truth value or a number for each child, [child]."""


def endpoints_defined(trial: Trial) -> tuple[Endpoint, ...]:
    """The endpoints of a design's own, in their order."""
    return tuple(_defined(name, own) for name, own in own_endpoints(trial).items())


def endpoint_named(trial: Trial, name: str) -> Endpoint:
    """The endpoint of that name in a design, its own or a registered one. Raises UnknownName for none."""
    own = {one.name: one for one in endpoints_defined(trial)}
    if name not in own and name not in ENDPOINTS:
        raise UnknownName(f"There is no endpoint '{name}'.", closest(name, {*own, *ENDPOINTS}))
    return own[name] if name in own else ENDPOINTS[name]


def _defined(name: str, own: OwnEndpoint) -> Endpoint:
    kind: Kind = "response" if own.when else "mean"
    unit = "%" if own.when else own.unit
    return Endpoint(
        name,
        own.label or name.replace("_", " "),
        unit,
        own.text,
        kind,
        partial(_of_expression, read_own(own)),
    )


def _of_expression(read: Expression, view: AnalysisView, week: int) -> Finding | None:
    """The finding at a visit; None where something that it reads was not recorded."""
    try:
        values = read.value(VisitValues(view, week).read)
    except UnknownName:
        return None
    among = None if values.dtype == bool else ~view.out(week)
    return Finding(np.broadcast_to(values, view.record.children), among)


def endpoint_of_function(name: str, measure: Measure, unit: str = "%", label: str = "") -> Endpoint:
    """An endpoint from a function of a visit.

    Parameters
    ----------
    measure : gives for each child a truth value (of which the share is reported, with children who are out as
        non-responders) or a number in ``unit`` (of which the mean over those still in the trial is).
    """
    kind: Kind = "response" if unit == "%" else "mean"
    at_visit = partial(_of_function, name, measure, unit)
    return Endpoint(name, label or name.replace("_", " "), unit, "a function of Python", kind, at_visit)


def _of_function(name: str, measure: Measure, unit: str, view: AnalysisView, week: int) -> Finding:
    values = np.asarray(measure(VisitValues(view, week)))
    condition = unit == "%"
    if values.shape != (view.record.children,) or (values.dtype == bool) != condition:
        wanted = "truth values" if condition else f"numbers in {unit}"
        raise InvalidInput(
            f"The function of '{name}' gives {values.dtype} of shape {values.shape}.",
            f"It gives {wanted}, one for each of the {view.record.children} children.",
            "State unit=... for numbers; leave it out for a condition.",
        )
    return Finding(values, None if condition else ~view.out(week))


def one_endpoint(what: str | Measure, name: str, unit: str, trial: Trial) -> Endpoint:
    """An endpoint from an expression or a function, outside the design.

    Raises InvalidInput for an expression that cannot be read or whose names are not of the design.
    """
    if callable(what):
        return endpoint_of_function(name, what, unit)
    own = OwnEndpoint(when=what) if unit == "%" else OwnEndpoint(value=what, unit=unit)
    return _defined(name, own)
