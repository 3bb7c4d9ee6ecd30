"""From records to endpoints: responders, fever, exposure; by arm, visit and replicate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.trials.cohort import MORNING
from quotidian.trials.design import Trial
from quotidian.trials.endpoints import jia_acr, no_fever, non_responder
from quotidian.trials.record import Record
from quotidian.trials.visits import LOOK_BACK_DAYS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEVELS = (30, 50, 70, 90)
CRP_NORMAL = 10.0  # mg/L
FEVER_WINDOW_PRIMARY = 7


@dataclass(frozen=True)
class Measure:
    """One endpoint of one visit: a value a child, and who counts. Percentages come from truth values."""

    endpoint: str
    week: int
    unit: str
    values: Floats
    counted: Bools


def measures(trial: Trial, record: Record) -> Iterator[Measure]:
    """Every endpoint of the design over the children of a record."""
    for week in trial.visits:
        yield from _responders(trial, record, week)
    yield from _exposures(trial, record)


def febrile_at_entry(record: Record) -> Bools:
    """Any reading of 37.5 degC or more in the two weeks before randomisation."""
    return ~no_fever(record.chart, record.chart_days, MORNING / 24, LOOK_BACK_DAYS)


def _responders(trial: Trial, record: Record, week: int) -> Iterator[Measure]:
    everyone = np.ones(len(record.arm), dtype=bool)
    out = record.escaped | record.left[week]
    at = week * 7 + MORNING / 24

    def percent(endpoint: str, success: Bools, counted: Bools = everyone) -> Measure:
        return Measure(endpoint, week, "%", _percent(non_responder(success, out)), counted)

    acr = {level: jia_acr(record.core[0], record.core[week], level) for level in LEVELS}
    calm = no_fever(record.chart, record.chart_days, at, FEVER_WINDOW_PRIMARY)
    yield percent("primary", acr[30] & calm)
    for level in LEVELS:
        yield percent(f"acr{level}", acr[level])
    two_weeks = no_fever(record.chart, record.chart_days, at, LOOK_BACK_DAYS)
    yield percent("fever_free", two_weeks, febrile_at_entry(record))
    yield percent("crp_normal", record.crp[week] < CRP_NORMAL)
    yield Measure("crp", week, "mg/L", record.crp[week], ~out)
    yield Measure("escaped", week, "%", _percent(record.escaped), everyone)


def _exposures(trial: Trial, record: Record) -> Iterator[Measure]:
    """Exposure of children still on the dose they were randomised to."""
    week, first = trial.primary_week, trial.visits[0]
    dosed = [bool(list(arm.regimen.drugs)) for arm in trial.arms.values()]
    on = np.array(dosed)[record.arm] & ~record.escaped & ~record.left[week]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = record.trough[week] / record.trough[first]
    yield Measure("cmax", week, "ug/mL", record.cmax, on)
    yield Measure("ctrough", week, "ug/mL", record.trough[week], on)
    yield Measure("auc_2wk", week, "ug*day/mL", record.auc, on)
    yield Measure("ctrough_ratio", week, "1", ratio, on)


def _percent(truth: Bools) -> Floats:
    return np.where(truth, 100.0, 0.0)


def by_replicate(measure: Measure, record: Record, arm: int) -> list[float]:
    """Mean over the children of one arm, a number a replicate; nothing where nobody counts."""
    means = []
    for r in np.unique(record.replicate):
        own = (record.arm == arm) & (record.replicate == r) & measure.counted
        if own.any():
            means.append(float(measure.values[own].mean()))
    return means
