"""Endpoints of a visit for children for whom an earlier visit is used: ended, rescued, absent or gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from quotidian.trials.endpoints.analysis_view import AnalysisView, Floats
from quotidian.trials.endpoints.endpoint import EndpointResult


def as_last_read(view: AnalysisView, found: Iterable[EndpointResult]) -> Iterator[EndpointResult]:
    """Endpoints of visits in ascending order; each child has its value of the visit that stands for it.

    A child without a value at that visit is not counted; one that was never seen after entry keeps its
    failure. An endpoint with its own statistic handles the end of follow-up itself, and one whose estimand is
    composite whatever the design says carries nothing forward.
    """
    kept: dict[tuple[str, int], EndpointResult] = {}
    for result in found:
        kept[result.endpoint, result.week] = result
        composite = result.estimand == "composite"
        at = view.ended_at(result.week) if composite else view.read_at(result.week)
        complete = result.statistic is not None or result.by_events or (at == result.week).all()
        yield result if complete else _moved(view, result, at, kept)


def _moved(
    view: AnalysisView, result: EndpointResult, at: Floats, kept: dict[tuple[str, int], EndpointResult]
) -> EndpointResult:
    """The result, with the value of the visit ``at`` [child] for each child whose visit is earlier."""
    values, counted, belong = result.values.copy(), result.counted.copy(), view.counted(result.week)
    for week in np.unique(at[at < result.week]):
        here = at == week
        if week == 0:
            counted[here] &= view.out(result.week)[here] & (view.record.last_visit[here] > 0)
            continue
        earlier = kept.get((result.endpoint, int(week)))
        counted[here] = False if earlier is None else earlier.counted[here] & belong[here]
        if earlier is not None:
            values[here] = earlier.values[here]
    return replace(result, values=values, counted=counted)
