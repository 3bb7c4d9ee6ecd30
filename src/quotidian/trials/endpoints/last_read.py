"""Endpoints of a visit for children whose trial has ended: their value at their last visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from quotidian.trials.endpoints.analysis_view import AnalysisView, Bools, Floats
from quotidian.trials.endpoints.endpoint import EndpointResult


def as_last_read(view: AnalysisView, found: Iterable[EndpointResult]) -> Iterator[EndpointResult]:
    """Endpoints of visits in ascending order; a child whose trial has ended has its value of its last
    visit.

    A child without a value at that visit is not counted. An endpoint with its own statistic handles the
    end of follow-up itself.
    """
    kept: dict[tuple[str, int], EndpointResult] = {}
    for result in found:
        kept[result.endpoint, result.week] = result
        at = view.read_at(result.week)
        complete = result.statistic is not None or result.by_events or (at == result.week).all()
        yield result if complete else _moved(result, at, kept, view.counted(result.week))


def _moved(
    result: EndpointResult, at: Floats, kept: dict[tuple[str, int], EndpointResult], belong: Bools
) -> EndpointResult:
    """The result, with the value of the last visit ``at`` [child] for each child whose last visit is
    earlier."""
    values, counted = result.values.copy(), result.counted.copy()
    for week in np.unique(at[at < result.week]):
        here = at == week
        earlier = kept.get((result.endpoint, int(week)))
        counted[here] = False if earlier is None else earlier.counted[here] & belong[here]
        if earlier is not None:
            values[here] = earlier.values[here]
    return replace(result, values=values, counted=counted)
