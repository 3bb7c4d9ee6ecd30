"""Summaries of a trial: bands by arm, characteristics at entry, and one child by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from quotidian.patients.treatment import treatment_request
from quotidian.simulation import RUN_IN_DAYS, DosingEvent, Switches, simulate
from quotidian.statistics.intervals import bands as quantiles_of
from quotidian.trials.analysis.endpoints import febrile_at_entry
from quotidian.trials.benchmarks.published_results import PublishedResult, claims_of
from quotidian.trials.conduct.background_events import course_changes
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.conduct.schedule import LOOK_BACK_DAYS
from quotidian.trials.conduct.screening import Candidates, candidates
from quotidian.trials.conduct.setting import TrialSetting
from quotidian.trials.conduct.starting import chance_of
from quotidian.trials.criteria import fever_days
from quotidian.trials.protocol.design import Trial
from quotidian.trials.protocol.treatment import regimen_for
from quotidian.trials.result import Band, BaselineRow, ChildChart

Floats = NDArray[np.float64]
SPIKE = 38.5  # degC
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SHOWN = ("tocilizumab", "il6", "sil6r_total", "crp", "esr", "temperature", "active_joints", "il6_signal")


def bands(trial: Trial, records: Sequence[CaseRecord]) -> tuple[Band, ...]:
    """Quantiles of daily maximum temperature (as read) and of CRP at visits, over the children of an arm
    at that time. An arm to which no child was randomised has none."""
    found: list[Band] = []
    for number, arm in enumerate(trial.arms):
        own = [record.arm == number for record in records]
        if not any(one.any() for one in own):
            continue
        days, hottest = _daily_maximum(
            records[0].chart_days, [r.chart[o] for r, o in zip(records, own, strict=True)]
        )
        last = np.concatenate([_last_there(r)[o] for r, o in zip(records, own, strict=True)]) * 7.0
        found.append(_band(arm, "temperature_max", "degC", days, hottest, last))
        weeks = (0, *trial.visits)
        crp = np.stack(
            [np.concatenate([r.crp[w][o] for r, o in zip(records, own, strict=True)]) for w in weeks], axis=1
        )
        found.append(_band(arm, "crp", "mg/L", np.array(weeks) * 7.0, crp, last))
    return tuple(found)


def _last_there(record: CaseRecord) -> Floats:
    """Week until which each child is followed, [child]: the end of its trial, or its withdrawal."""
    return np.fmin(record.last_visit, record.first("withdrawal"))


def _band(arm: str, name: str, unit: str, days: Floats, values: Floats, last: Floats) -> Band:
    """Quantiles by day over the children still in the trial; ``last`` [child] is the last day of each."""
    if np.isinf(last).all():
        return Band(arm, name, unit, days, LEVELS, quantiles_of(values, LEVELS))
    there = last[:, None] >= days
    kept = np.flatnonzero(there.any(axis=0))
    columns = [quantiles_of(values[there[:, k], k], LEVELS) for k in kept]
    return Band(arm, name, unit, days[kept], LEVELS, np.stack(columns, axis=1))


def _daily_maximum(days: Floats, charts: Sequence[Floats]) -> tuple[Floats, Floats]:
    chart = np.concatenate(charts)
    day, readings = np.unique(np.floor(days), return_counts=True)
    whole = day[readings == readings.max()]  # the first and the last day may lack an evening
    hottest = np.stack([chart[:, np.floor(days) == d].max(axis=1) for d in whole], axis=1)
    return whole, hottest


def baseline(trial: Trial, records: Sequence[CaseRecord]) -> tuple[BaselineRow, ...]:
    """Characteristics at entry: means and SDs over all enrolled children, beside the published ones."""
    published: dict[str, list[PublishedResult]] = {}
    for claim in claims_of(trial.name):
        if claim.kind == "baseline":
            published.setdefault(claim.endpoint, []).append(claim)

    columns: list[tuple[str, str, str, list[Floats]]] = [
        ("age", "age", "year", [r.body["age"] for r in records]),
        ("weight", "body weight", "kg", [r.body["weight"] for r in records]),
        ("below_30_kg", "below 30 kg", "%", [np.where(r.body["weight"] < 30.0, 100.0, 0.0) for r in records]),
        ("crp", "CRP", "mg/L", [r.crp[0] for r in records]),
        ("esr", "ESR", "mm/h", [r.core[0]["esr"] for r in records]),
        (
            "febrile",
            "febrile in the last 14 days",
            "%",
            [np.where(febrile_at_entry(r), 100.0, 0.0) for r in records],
        ),
    ]
    if trial.disease.core_set:
        joints = [r.core[0]["active_joints"] for r in records]
        columns.insert(3, ("active_joints", "active joints", "1", joints))
    rows = []
    for endpoint, label, unit, values in columns:
        mean, sd = _mean_sd(np.concatenate(values), unit)
        arms = _by_arm(trial, records, values, unit)
        found = published.get(endpoint, ())
        if not found:
            rows.append(BaselineRow(label, unit, mean, sd, by_arm=arms))
        for claim in found:
            named = label if claim.arm == "all" else f"{label}, {claim.arm} arm"
            rows.append(BaselineRow(named, unit, mean, sd, claim.value, claim.sd, claim.source, by_arm=arms))
    return tuple(rows)


def _mean_sd(x: Floats, unit: str) -> tuple[float, float | None]:
    """Mean and SD; none of a share, and none of a single child."""
    return float(x.mean()), None if unit == "%" or len(x) < 2 else float(x.std(ddof=1))


def _by_arm(
    trial: Trial, records: Sequence[CaseRecord], values: Sequence[Floats], unit: str
) -> dict[str, tuple[float, float | None]]:
    """Mean and SD of the randomised children of each arm, where there are several arms."""
    if len(trial.arms) < 2:
        return {}
    arm, x = np.concatenate([r.arm for r in records]), np.concatenate(values)
    return {name: _mean_sd(x[arm == i], unit) for i, name in enumerate(trial.arms) if (arm == i).any()}


def _background(setting: TrialSetting, drawn: Candidates, until_h: float) -> tuple[DosingEvent, ...]:
    """Natural course and chance events of one candidate from the run-in to before ``until_h`` (h)."""
    begin_h = -RUN_IN_DAYS * 24.0
    chance = Switches.of(chance_of(setting, drawn)).between(begin_h, until_h)
    return (course_changes(drawn.course, begin_h, until_h) + chance).listed(0)


def portrait(setting: TrialSetting, record: CaseRecord) -> ChildChart:
    """One treated child of the first replicate by the hour: a typical child with fever spikes at entry.

    Of the children with spikes, it is the one whose CRP and joint count (ESR if joints were not counted)
    at entry are nearest the median by rank. The chart begins one week before the first dose. The child has
    the natural course and the infections that it had in the trial, but no concomitant steroid. Where no
    child was randomised to the first arm, it is one of all that were enrolled.
    """
    trial = setting.trial
    spikes = (
        fever_days(record.chart, record.chart_days, MORNING / 24, LOOK_BACK_DAYS, SPIKE)
        >= LOOK_BACK_DAYS // 2
    )
    first = record.replicate == record.replicate[0]
    given = first & (record.arm == 0)
    treated = given & spikes & ~record.escaped
    who = np.flatnonzero(next(group for group in (treated, given, first) if group.any()))
    joints = record.core[0].get("active_joints", record.core[0]["esr"])
    ranks = [np.argsort(np.argsort(x[who])) for x in (record.crp[0], joints)]
    middle = (len(who) - 1) / 2
    i = int(who[np.argmin(sum(np.abs(r - middle) for r in ranks))])
    name, arm = next(iter(trial.arms.items()))
    address = record.replicate[i : i + 1], record.number[i : i + 1]
    drawn = candidates(trial, setting.streams, *address, setting.population)
    child = drawn.children[0]
    shown = [name for name in SHOWN if name in setting.whole.model.observables]
    request = treatment_request(
        child, regimen_for(arm.give, child), model=trial.model, days=trial.primary_week * 7, from_day=-7.0,
        observables=shown, overlay=setting.overlay,
    )  # fmt: skip
    run = simulate(replace(request, background=(_background(setting, drawn, request.end_h),)))
    doses = tuple((dose.time_h / 24, dose.amount_mg) for dose in run.doses_given[0])
    return ChildChart(
        child.label, name, run.times / 24, {n: run[n][0] for n in shown}, dict(run.units), doses
    )
