"""Effects of treatment, flow of children and baseline by arm: as CSV, and the effects in a few lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from math import inf, isfinite, isnan

from quotidian.reports.wording import arm_name, row_name, significant, unit_sign
from quotidian.trials.result import BaselineRow, FlowRow, TrialResult
from quotidian.trials.rows import EffectRow
from quotidian.units import quantity_text

EFFECTS = (
    "arm", "against", "endpoint", "week", "measure", "virtual", "low", "high", "trial_low", "trial_high",
    "excluding_no_effect", "unit",
)  # fmt: skip
FLOW = ("stage", "arm", "mean", "least", "most")
BASELINE = ("statistic", "unit", "arm", "mean", "sd")


def effects_csv(rows: Sequence[EffectRow]) -> str:
    """Effects as comma-separated text with the columns ``EFFECTS``; four significant digits, ``inf`` where a
    ratio has no upper end, empty where a number has no interval of its own."""
    return _csv(
        EFFECTS,
        (
            (r.arm, r.against, r.endpoint, r.week, r.measure,
             *map(_plain, (r.virtual, r.low, r.high, r.trial_low, r.trial_high, r.excluding)), r.unit)
            for r in rows
        ),
    )  # fmt: skip


def flow_csv(rows: Sequence[FlowRow]) -> str:
    """The flow of children as comma-separated text with the columns ``FLOW``."""
    return _csv(FLOW, ((r.stage, r.arm, _plain(r.mean), _plain(r.least), _plain(r.most)) for r in rows))


def baseline_csv(rows: Sequence[BaselineRow]) -> str:
    """Characteristics at entry, of all children and by arm, as comma-separated text with the columns
    ``BASELINE``."""
    found = dict[tuple[str, str, str], tuple[float, float | None]]()
    for row in rows:
        name = row.statistic.partition(",")[0]  # a published arm may follow
        found[name, row.unit, "all"] = (row.virtual, row.spread)
        found |= {(name, row.unit, arm): own for arm, own in row.by_arm.items()}
    return _csv(BASELINE, ((*key, _plain(mean), _plain(sd)) for key, (mean, sd) in found.items()))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _plain(value: float | None) -> str:
    if value is None:
        return ""
    return significant(float(value), 4) if isfinite(value) else "nan" if isnan(value) else "inf"


def primary_effects(result: TrialResult) -> tuple[EffectRow, ...]:
    """Effects on the first endpoint that a design reports at its primary week."""
    here = [row for row in result.effects if row.week == result.primary_week]
    first = here[0].endpoint if here else ""
    return tuple(row for row in here if row.endpoint == first)


def main_effects(result: TrialResult) -> tuple[EffectRow, ...]:
    """Effects at the primary week in few rows: all measures of the first endpoint, then the difference in
    each endpoint with a published number; in every endpoint if nothing is published."""
    here = [row for row in result.effects if row.week == result.primary_week]
    published = {row.endpoint for row in result.rows if row.published is not None}
    chosen = published or {row.endpoint for row in here}
    first = primary_effects(result)
    return (
        *first,
        *(r for r in here if r not in first and r.endpoint in chosen and "ratio" not in r.measure),
    )


def effect_lines(rows: Sequence[EffectRow]) -> tuple[str, ...]:
    """One line an effect: ``Primary endpoint, week 12, tocilizumab against placebo: risk difference ...``."""
    return tuple(effect_line(row) for row in rows)


def effect_line(row: EffectRow) -> str:
    """The effect in words, with the interval over replicates and that of a single trial."""
    sign = "percentage points" if row.measure == "risk difference" else unit_sign(row.unit)
    said = (
        f"{row_name(row)}, week {row.week}, {arm_name(row.arm)} against {arm_name(row.against)}: "
        f"{row.measure} {quantity_text(short(row.virtual), sign)}"
    )
    found = [] if row.low is None else [f"{short(row.low)} to {short(row.high)} over replicates"]
    if row.trial_low is not None and row.excluding is not None:
        ends = f"95 % interval of one trial {short(row.trial_low)} to {short(row.trial_high)}"
        alone = (
            ""
            if row.low is None
            else f", which excludes the null value in {row.excluding:.0f} % of replicates"
        )
        found.append(f"{ends}{alone}")
    return f"{said} ({'; '.join(found)})" if found else said


def short(value: float | None) -> str:
    """A number with three digits; ``∞`` for an open end."""
    if value is None:
        return ""
    return "∞" if value == inf else significant(value, 3)
