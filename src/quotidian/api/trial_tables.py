"""Records of each child of a trial as tables: one row per child and visit, one per child and dose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from quotidian.api.arguments.door import door
from quotidian.api.arguments.results import TABLE
from quotidian.models import observables
from quotidian.reports.wording import significant
from quotidian.trials.conduct.case_record import CaseRecord
from quotidian.trials.conduct.participants import MORNING
from quotidian.trials.criteria import counted, fever_days, jia_acr
from quotidian.trials.endpoints.analysis_view import AnalysisView
from quotidian.trials.endpoints.definitions.responses import LEVELS
from quotidian.trials.protocol.design import Trial

FEVER, WEEK = 38.0, 7
"""degC, and days before a visit in which days of such fever are counted."""
DIGITS = 3


def visits(trial: Trial, records: Sequence[CaseRecord]) -> pl.DataFrame:
    """One row a child and visit, week 0 included; :func:`visit_units` has the units.

    ``arm`` is null for a child that was not randomised; ``there`` is false at a missed
    visit, after leaving, after the end of an event-driven trial, and after an escape or a flare until the
    randomised period is over; ``left``: the child had left the trial by then; ``missed``: it was absent;
    ``age``, ``sex``, ``weight`` and ``height`` are those of entry; ``severity`` is that of the disease
    (1: typical); ``dose`` is what was given of all drugs within a day from that visit on;
    ``acr`` the highest JIA ACR level reached against entry, 0 to 90; ``fever_days`` those of 38 degC or more
    among the last 7; ``steroid`` mg/kg/day from that visit on; then the core set and CRP as measured, and
    every other recorded observable without error of measurement.
    """
    tables = [_visit(trial, record, week) for record in records for week in record.weeks]
    return pl.concat(tables, how="diagonal")


OWN_UNITS: Mapping[str, str] = {
    "replicate": "1", "child": "1", "arm": "1", "age": "year", "sex": "1", "weight": "kg", "height": "cm",
    "severity": "1", "week": "week", "there": "1", "left": "1", "missed": "1", "dose": "mg", "acr": "1",
    "fever_days": "day", "steroid": "mg/kg/day",
}  # fmt: skip
"""Units of the columns that are no observables."""


def visit_units(trial: Trial, table: pl.DataFrame) -> dict[str, str]:
    """The unit of each column of :func:`visits`, ``1`` for numbers and words without one."""
    known = observables(trial.model)
    return {
        n: OWN_UNITS[n] if n in OWN_UNITS else known[n].unit if n in known else "1" for n in table.columns
    }


def exposures(trial: Trial, records: Sequence[CaseRecord]) -> pl.DataFrame:
    """One row a child and sampled dose, ``first`` or ``steady``, of those who were given it.

    ``cmax`` and ``ctrough`` in ug/mL, ``auc`` in ug*day/mL over ``interval_days``, the dosing interval of the
    child. Empty without kinetics.
    """
    found = [
        _who(trial, record).with_columns(
            dose=pl.lit(e.occasion),
            week=pl.lit(e.week),
            interval_days=pl.lit(e.days),
            cmax=e.cmax,
            ctrough=e.ctrough,
            auc=e.auc,
            on=e.on,
        )
        for record in records
        for e in record.exposure
    ]
    return pl.concat(found).filter("on").drop("on") if found else pl.DataFrame()


def events(trial: Trial, records: Sequence[CaseRecord]) -> pl.DataFrame:
    """One row an event, in order: child, week, and what happened: a flare, a taper, steroid raised, ..."""
    found = []
    for record in records:
        child = pl.Series([e.child for e in record.events], dtype=pl.Int64)
        found.append(
            _who(trial, record)[child].with_columns(
                week=pl.Series([e.week for e in record.events], dtype=pl.Int64),
                event=pl.Series([e.kind for e in record.events], dtype=pl.String),
            )
        )
    return pl.concat(found)


def _who(trial: Trial, record: CaseRecord) -> pl.DataFrame:
    names = [*trial.arms, None]  # -1: not randomised
    return pl.DataFrame(
        {
            "replicate": record.replicate,
            "child": record.number,
            "arm": pl.Series([names[i] for i in record.arm], dtype=pl.String),
            "age": record.body["age"],
            "sex": np.where(record.body["female"] > 0.5, "female", "male"),
            "weight": record.body["weight"],
            "height": record.body["height"],
            "severity": record.body["severity"],
        }
    )


def _visit(trial: Trial, record: CaseRecord, week: int) -> pl.DataFrame:
    away = AnalysisView(trial, record).away(week)
    at = week * 7 + MORNING / 24
    columns: dict[str, Any] = {
        "left": record.left[week],
        "missed": record.missed[week],
        "dose": _given(record, week),
        **({"acr": _acr(trial, record, week)} if trial.disease.core_set else {}),
        "fever_days": fever_days(record.chart, record.chart_days, at, WEEK, FEVER),
        "steroid": record.steroid[week],
        **record.core[week],
        **{name: x for name, x in record.observed[week].items() if name not in record.core[week]},
    }
    given = {name: pl.Series(np.asarray(values)) for name, values in columns.items()}
    return _who(trial, record).with_columns(week=pl.lit(week), there=pl.Series(~away), **given)


def _given(record: CaseRecord, week: int) -> NDArray[np.float64]:
    """Amount of all drugs that was given within a day from a visit on, mg, [child]."""
    begin = week * 168.0 + MORNING
    amounts = [sum(d.amount_mg for d in own if begin <= d.time_h < begin + 24.0) for own in record.doses]
    return np.array(amounts or np.zeros(record.children), dtype=np.float64)


def _acr(trial: Trial, record: CaseRecord, week: int) -> NDArray[np.int64]:
    """The highest JIA ACR level reached against entry, [child]."""
    entry, now = (counted(record.core[w], trial.marker) for w in (0, week))
    met = [jia_acr(entry, now, level) * level for level in LEVELS] if week else [0]
    return np.broadcast_to(np.max(met, axis=0), record.children).astype(np.int64)


@door(table=TABLE)
def as_text(table: pl.DataFrame) -> str:
    """A table as plain text with aligned columns and numbers to three digits."""
    cells = [list(table.columns), *([_cell(x) for x in row] for row in table.iter_rows())]
    numeric = [kind.is_numeric() for kind in table.dtypes]
    width = [max(len(row[i]) for row in cells) for i in range(table.width)]
    lines = (
        "  ".join(
            x.rjust(w) if right else x.ljust(w) for x, w, right in zip(row, width, numeric, strict=True)
        )
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return significant(value, DIGITS) if isinstance(value, float) else str(value)
