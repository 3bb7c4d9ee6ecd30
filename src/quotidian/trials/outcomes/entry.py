"""Who entered, as a published table describes them: means and shares at week 0."""

from __future__ import annotations

from collections.abc import Iterator

from quotidian.trials.endpoints import no_fever
from quotidian.trials.outcomes.base import TWO_WEEKS, AnalysisView, EndpointResult
from quotidian.trials.outcomes.names import ENDPOINTS

BODY = {"age": "age", "weight": "weight", "disease_duration": "duration", "steroid": "steroid"}
CORE = ("active_joints", "esr")
OBSERVED = ("crp", "saa", "sil6r_total", "igf1_sds", "height_sds")
HIGH_STEROID = 0.3  # mg/kg/day


def entry(reading: AnalysisView) -> Iterator[EndpointResult]:
    """Every statistic of week 0 that the record holds."""
    record = reading.record
    values = {name: record.body[own] for name, own in BODY.items() if own in record.body}
    values |= {name: record.core[0][name] for name in CORE}
    values |= {name: record.observed[0][name] for name in OBSERVED if reading.has(name, 0)}
    for name, x in values.items():
        yield reading.mean(name, 0, ENDPOINTS[name].unit, x)
    for name, threshold in (("febrile", 37.5), ("febrile_38", 38.0)):
        calm = no_fever(record.chart, record.chart_days, 8 / 24, TWO_WEEKS, threshold)
        yield reading.share(name, 0, ~calm)
    if "steroid" in record.body:
        yield reading.share("steroid_from_0_3", 0, record.body["steroid"] >= HIGH_STEROID)
    if "methotrexate" in record.body:
        yield reading.share("methotrexate", 0, record.body["methotrexate"] > 0)
