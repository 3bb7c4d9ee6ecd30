"""From records to endpoints: every endpoint that a design reports, visit by visit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.criteria import no_fever
from quotidian.trials.endpoints.analysis_view import TWO_WEEKS, AnalysisView, Bools
from quotidian.trials.endpoints.endpoint import Endpoint, EndpointResult
from quotidian.trials.endpoints.last_read import as_last_read
from quotidian.trials.endpoints.own import endpoints_defined
from quotidian.trials.endpoints.registry import ENDPOINTS
from quotidian.trials.protocol.design import Trial


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


def by_replicate(result: EndpointResult, record: CaseRecord, arm: int | None) -> list[float]:
    """The number of one arm (None: of all children) for each replicate in which it is defined."""
    found = []
    for r in np.unique(record.replicate):
        own = record.replicate == r
        number = result.of(own if arm is None else own & (record.arm == arm))
        if number is not None:
            found.append(number)
    return found


def febrile_at_entry(record: CaseRecord) -> Bools:
    """Any reading of 37.5 degC or more in the two weeks before randomisation."""
    return ~no_fever(record.chart, record.chart_days, MORNING / 24, TWO_WEEKS)
