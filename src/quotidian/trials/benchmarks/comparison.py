"""Endpoints over replicates of the trial's own size, each beside its published result if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from quotidian.statistics.intervals import over_replicates, rank_among
from quotidian.trials.agreement import printed
from quotidian.trials.analysis.endpoints import (
    Groups,
    by_group,
    endpoint_results,
    endpoints_of,
    entry_results,
    groups_of,
)
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.endpoints.endpoint import Endpoint, EndpointResult
from quotidian.trials.protocol.design import Trial
from quotidian.trials.result import ALL
from quotidian.trials.rows import EndpointRow

Key = tuple[str, str, int]
Values = dict[Key, list[float]]
Claims = dict[tuple[str, str, float], PublishedResult]


def endpoint_rows(
    trial: Trial, records: Iterable[CaseRecord], entry: bool = False, only_published: bool = False,
    chosen: Sequence[Endpoint] | None = None, predictive: bool = False,
) -> tuple[EndpointRow, ...]:  # fmt: skip
    """One row for each arm, endpoint and visit of the design, published or not, and one of all arms together.

    A row summarises the replicates in which its number is defined; without any there is no row.

    With ``entry`` there is also one row (week 0) for each published characteristic at entry. With
    ``only_published`` all rows without a published result are left out. ``chosen`` are the endpoints, if not
    those of the design. ``predictive`` intervals hold a further replicate, as of members of an ensemble.
    """
    claims = _claims(trial)
    found = _gathered(trial, records, claims, entry, only_published, chosen)
    order, arms = list(found.units), [*trial.arms, ALL]
    keys = sorted(
        (k for k, values in found.values.items() if values),
        key=lambda k: (order.index(k[1]), k[2], arms.index(k[0])),
    )
    return tuple(
        _row(
            key, found.values[key], found.units[key[1]], found.estimands[key[1:]],
            _claim(trial, key, claims), predictive,
        )
        for key in keys
    )  # fmt: skip


def published_values(trial: Trial, records: Iterable[CaseRecord]) -> Mapping[str, Sequence[float]]:
    """The numbers of the published results of a trial, one for each replicate, by claim.

    They are those whose median is in the row of :func:`endpoint_rows`. Replicates in which a number is not
    defined are left out.
    """
    claims = _claims(trial)
    names = {endpoint for _, endpoint, _ in claims}
    chosen = tuple(one for one in endpoints_of(trial) if one.name in names)
    found = _gathered(trial, records, claims, entry=True, only_published=True, chosen=chosen)
    own = ((_claim(trial, key, claims), values) for key, values in found.values.items())
    return {claim.id: values for claim, values in own if claim is not None}


@dataclass(frozen=True)
class _Gathered:
    """Numbers by arm, endpoint and week; units by endpoint, estimands by endpoint and week."""

    values: Values = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    estimands: dict[tuple[str, int], str] = field(default_factory=dict)


def _claims(trial: Trial) -> Claims:
    return {(c.arm, c.endpoint, c.week): c for c in claims_of(trial.name) if c.kind != "context"}


def _gathered(
    trial: Trial, records: Iterable[CaseRecord], claims: Claims, entry: bool, only_published: bool,
    chosen: Sequence[Endpoint] | None,
) -> _Gathered:  # fmt: skip
    reported = {(endpoint, week) for _, endpoint, week in claims}
    found = _Gathered()
    for record in records:
        groups: dict[str | None, Groups] = {None: groups_of(record, None)}
        groups |= {arm: groups_of(record, number) for number, arm in enumerate(trial.arms)}
        for measure in (
            *endpoint_results(trial, record, chosen),
            *(_entry(trial, record, claims) if entry else ()),
        ):
            if only_published and (measure.endpoint, measure.week) not in reported:
                continue
            found.units[measure.endpoint] = measure.unit
            found.estimands[measure.endpoint, measure.week] = measure.estimand
            _gather(found.values, trial, groups, measure, claims if only_published else None)
    return found


def _entry(trial: Trial, record: CaseRecord, claims: Claims) -> list[EndpointResult]:
    published = {endpoint for _, endpoint, week in claims if week == 0}
    return [m for m in entry_results(trial, record) if m.endpoint in published]


def _gather(
    found: Values,
    trial: Trial,
    groups: Mapping[str | None, Groups],
    measure: EndpointResult,
    reported: Claims | None,
) -> None:
    """One number per replicate for each arm after randomisation, and for all children together.

    With one arm the latter is the same. Where only ``reported`` rows count, that of all children is left out
    unless it is among them.
    """
    span = trial.randomised
    lead_in = span is not None and 0 < measure.week <= span[0]
    if not lead_in:
        for arm in trial.arms:
            key = (arm, measure.endpoint, measure.week)
            found.setdefault(key, []).extend(by_group(measure, groups[arm]))
    key = (ALL, measure.endpoint, measure.week)
    pooled = len(trial.arms) > 1 and (reported is None or key in reported)
    if lead_in or pooled:
        found.setdefault(key, []).extend(by_group(measure, groups[None]))


def _claim(trial: Trial, key: Key, claims: Claims) -> PublishedResult | None:
    """The published claim of a row. In a trial with one arm, the arm is the same as all children."""
    if key not in claims and len(trial.arms) == 1:
        return claims.get((ALL, *key[1:]))
    return claims.get(key)


def _row(
    key: Key, values: list[float], unit: str, estimand: str, claim: PublishedResult | None, predictive: bool,
) -> EndpointRow:  # fmt: skip
    summary = over_replicates(values, predictive=predictive)
    if claim is None:
        return EndpointRow(*key, unit, *summary, estimand=estimand)
    return EndpointRow(
        *key, unit, *summary, published=claim.value, published_low=claim.low, published_high=claim.high,
        role=claim.role, source=claim.source, decimals=claim.decimals, estimand=estimand,
        rank=rank_among(values, printed(claim.value, claim.decimals)),
    )  # fmt: skip
