"""From records to endpoints: everything that a design is judged by, over children, visit by visit."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.endpoints import no_fever
from quotidian.trials.outcomes import (
    AnalysisView,
    EndpointResult,
    blood,
    by_replicate,
    growth,
    kinetics,
    response,
)
from quotidian.trials.outcomes import treatment as given
from quotidian.trials.outcomes.base import TWO_WEEKS, Bools
from quotidian.trials.outcomes.entry import entry
from quotidian.trials.outcomes.last_read import as_last_read
from quotidian.trials.outcomes.response import LEVELS
from quotidian.trials.protocol.design import Trial

__all__ = ["LEVELS", "EndpointResult", "by_replicate", "entry_measures", "febrile_at_entry", "measures"]


def measures(trial: Trial, record: CaseRecord) -> Iterator[EndpointResult]:
    """Every endpoint of the design over the children of a record: those it names, or all there are.

    A design names an endpoint or the family that its name begins: ``cmax`` stands for ``cmax_first``, too.
    """
    families = tuple(f"{name}_" for name in trial.endpoints)
    for measure in _all(AnalysisView(trial, record)):
        named = measure.endpoint in trial.endpoints or measure.endpoint.startswith(families)
        if named or not trial.endpoints:
            yield measure


def entry_measures(trial: Trial, record: CaseRecord) -> Iterator[EndpointResult]:
    """Who entered: the statistics of week 0 that a published table may hold."""
    yield from entry(AnalysisView(trial, record))


def _all(reading: AnalysisView) -> Iterator[EndpointResult]:
    yield from as_last_read(reading, _of_visits(reading))
    yield from given.settled(reading)
    yield from kinetics.exposure(reading)


def _of_visits(reading: AnalysisView) -> Iterator[EndpointResult]:
    calm = {0: response.calm_disease(reading, 0)}
    for week in reading.trial.visits:
        yield from response.responses(reading, week)
        yield from response.signs(reading, week)
        yield from response.activity(reading, week)
        calm[week] = response.calm_disease(reading, week)
        yield from response.remission(reading, calm, week)
        yield from blood.markers(reading, week)
        yield from blood.cells(reading, week)
        yield from blood.mas(reading, week)
        yield from given.leaving(reading, week)
        yield from given.steroid(reading, week)
        yield from growth.growth(reading, week)


def febrile_at_entry(record: CaseRecord) -> Bools:
    """Any reading of 37.5 degC or more in the two weeks before randomisation."""
    return ~no_fever(record.chart, record.chart_days, MORNING / 24, TWO_WEEKS)
