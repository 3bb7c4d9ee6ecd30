"""From records to endpoints: every endpoint that a design reports, visit by visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.criteria import no_fever
from quotidian.trials.endpoints.analysis_view import TWO_WEEKS, AnalysisView, Bools
from quotidian.trials.endpoints.endpoint import Endpoint, EndpointResult
from quotidian.trials.endpoints.last_read import as_last_read
from quotidian.trials.endpoints.own import endpoints_defined
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.design import Trial

Integers = NDArray[np.int64]


def endpoints_of(trial: Trial) -> tuple[Endpoint, ...]:
    """The endpoints that a design names, or all that apply in its indication, and those of its own.

    A design names an endpoint or the family that its name begins: ``cmax`` stands for ``cmax_first``, too.
    """
    registered = (
        endpoint
        for endpoint in ENDPOINTS.of_trial(trial)
        if trial.disease.has_endpoint(endpoint.name) and _wanted(trial, endpoint)
    )
    return (*registered, *endpoints_defined(trial))


def _wanted(trial: Trial, endpoint: Endpoint) -> bool:
    """Whether the design names the endpoint; without any name, whether it is reported by default."""
    if not trial.endpoints:
        return not endpoint.on_request or bool(trial.disease.endpoints)
    families = tuple(f"{name}_" for name in trial.endpoints)
    return endpoint.name in trial.endpoints or endpoint.name.startswith(families)


def endpoint_results(
    trial: Trial, record: CaseRecord, chosen: Sequence[Endpoint] | None = None
) -> Iterator[EndpointResult]:
    """Every endpoint of the design, or these, over the children of a record."""
    view, chosen = AnalysisView(trial, record), endpoints_of(trial) if chosen is None else chosen
    yield from as_last_read(view, _of_visits(view, chosen))
    for endpoint in chosen:
        yield from endpoint.of_trial(view)


def _of_visits(view: AnalysisView, chosen: Sequence[Endpoint]) -> Iterator[EndpointResult]:
    for week in view.trial.visits:
        for endpoint in chosen:
            yield from endpoint.of_visit(view, week)


def entry_results(trial: Trial, record: CaseRecord) -> Iterator[EndpointResult]:
    """Characteristics at entry: the statistics of week 0 that a published table may contain, independent
    of the design."""
    view = AnalysisView(trial, record)
    for endpoint in ENDPOINTS.of_trial(trial):
        if trial.disease.has_endpoint(endpoint.name):
            yield from endpoint.of_entry(view)


@dataclass(frozen=True)
class Groups:
    """The children of an arm, one replicate after another.

    ``places`` [child of the arm] in the record; those of replicate k are from ``edges[k]`` to before
    ``edges[k + 1]``.
    """

    places: Integers
    edges: Integers


def groups_of(record: CaseRecord, arm: int | None) -> Groups:
    """The children of one arm, or of all for None, by replicate."""
    order = np.argsort(record.replicate, kind="stable")
    places = order if arm is None else order[record.arm[order] == arm]
    each = np.unique(record.replicate)
    return Groups(places, np.append(np.searchsorted(record.replicate[places], each), len(places)))


def by_replicate(result: EndpointResult, record: CaseRecord, arm: int | None) -> list[float]:
    """The number of one arm (None: of all children) for each replicate in which it is defined."""
    return by_group(result, groups_of(record, arm))


def by_group(result: EndpointResult, groups: Groups) -> list[float]:
    """The number of each group in which it is defined, with the bits of :meth:`EndpointResult.of`."""
    counted, values = result.counted[groups.places], result.values[groups.places]
    if result.statistic is not None or values.dtype != np.float64:
        return _one_by_one(result, groups)
    edges = np.concatenate([[0], np.cumsum(counted)])[groups.edges].tolist()
    own = values[counted]
    return [float(np.add.reduce(own[a:b]) / (b - a)) for a, b in pairwise(edges) if b > a]


def _one_by_one(result: EndpointResult, groups: Groups) -> list[float]:
    found = []
    for a, b in pairwise(groups.edges.tolist()):
        own = np.zeros(len(result.counted), dtype=bool)
        own[groups.places[a:b]] = True
        found.append(result.of(own))
    return [number for number in found if number is not None]


def febrile_at_entry(record: CaseRecord) -> Bools:
    """Any reading of 37.5 degC or more in the two weeks before randomisation."""
    return ~no_fever(record.chart, record.chart_days, MORNING / 24, TWO_WEEKS)
