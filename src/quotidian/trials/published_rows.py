"""Endpoints over replicates of the trial's own size, each beside its published figure where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from quotidian.trials.analysis import by_replicate, measures
from quotidian.trials.claims import Claim, load_claims
from quotidian.trials.design import Trial
from quotidian.trials.record import Record
from quotidian.trials.result import EndpointRow
from quotidian.trials.statistics import over_replicates

Key = tuple[str, str, int]


def endpoint_rows(trial: Trial, records: Sequence[Record]) -> tuple[EndpointRow, ...]:
    """One row an arm, endpoint and visit that the design has, published or not."""
    found: dict[Key, list[float]] = {}
    units: dict[str, str] = {}
    for record in records:
        for measure in measures(trial, record):
            units[measure.endpoint] = measure.unit
            for number, arm in enumerate(trial.arms):
                key = (arm, measure.endpoint, measure.week)
                found.setdefault(key, []).extend(by_replicate(measure, record, number))
    claims = {
        (c.arm, c.endpoint, c.week): c
        for c in load_claims(trial.name)
        if c.kind not in ("baseline", "context")
    }
    order = list(units)
    keys = sorted(
        (k for k in found if found[k]), key=lambda k: (order.index(k[1]), k[2], list(trial.arms).index(k[0]))
    )
    return tuple(_row(key, found[key], units[key[1]], claims.get(key)) for key in keys)


def _row(key: Key, values: list[float], unit: str, claim: Claim | None) -> EndpointRow:
    summary = over_replicates(values)
    if claim is None:
        return EndpointRow(*key, unit, *summary)
    return EndpointRow(
        *key, unit, *summary, published=claim.value, published_low=claim.low, published_high=claim.high,
        role=claim.role, source=claim.source,
    )  # fmt: skip
