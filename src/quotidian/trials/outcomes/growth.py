"""Growth over years: velocity, height and IGF-1 as SD scores."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.trials.endpoints import height_sds, height_velocity
from quotidian.trials.outcomes.base import AnalysisView, EndpointResult, Floats

YEAR = 52  # weeks
YEAR_WEEKS = 365.25 / 7.0


def growth(reading: AnalysisView, week: int) -> Iterator[EndpointResult]:
    """Of a visit, where height or IGF-1 was recorded."""
    record, here = reading.record, ~reading.out(week)
    if reading.has("height", week):
        sds = _sds(reading, week)
        yield reading.mean("height_sds", week, "1", sds, here)
        yield reading.mean("height_sds_change", week, "1", sds - _sds(reading, 0), here)
        if reading.has("height", week - YEAR):
            before, now = (record.observed[w]["height"] for w in (week - YEAR, week))
            yield reading.mean(
                "height_velocity", week, "cm/year", height_velocity(before, now, float(YEAR)), here
            )
    if reading.has("igf1_sds", week):
        yield reading.mean("igf1_sds", week, "1", record.observed[week]["igf1_sds"], here)


def _sds(reading: AnalysisView, week: int) -> Floats:
    """Height SD score: of the model where it is recorded, else from height, age and sex."""
    record = reading.record
    if reading.has("height_sds", week):
        return record.observed[week]["height_sds"]
    age = record.body["age"] + week / YEAR_WEEKS
    return height_sds(record.observed[week]["height"], age, record.body["female"] > 0)
