"""What stands at a visit for children who are read no more: their own value at the last visit read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from quotidian.trials.outcomes.base import AnalysisView, Bools, EndpointResult, Floats

BY_EVENTS = ("escaped", "withdrawn")
"""Told from what happened so far: right at any visit, without being carried."""


def as_last_read(reading: AnalysisView, found: Iterable[EndpointResult]) -> Iterator[EndpointResult]:
    """Endpoints of visits, these in ascending order, each child's as of the last visit at which it is read.

    A child for which the endpoint does not exist there is not counted. Endpoints with a statistic of their
    own mind the end of each child's time themselves.
    """
    kept: dict[tuple[str, int], EndpointResult] = {}
    for measure in found:
        kept[measure.endpoint, measure.week] = measure
        at = reading.read_at(measure.week)
        own = measure.statistic is not None or measure.endpoint in BY_EVENTS
        whole = own or (at == measure.week).all()
        yield measure if whole else _moved(measure, at, kept, reading.counted(measure.week))


def _moved(
    measure: EndpointResult, at: Floats, kept: dict[tuple[str, int], EndpointResult], belong: Bools
) -> EndpointResult:
    values, counted = measure.values.copy(), measure.counted.copy()
    for week in np.unique(at[at < measure.week]):
        who = at == week
        earlier = kept.get((measure.endpoint, int(week)))
        counted[who] = False if earlier is None else earlier.counted[who] & belong[who]
        if earlier is not None:
            values[who] = earlier.values[who]
    return replace(measure, values=values, counted=counted)
