"""The scoreboard as CSV, JSON and a table for the terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quotidian.reports.wording import (
    arm_name,
    counted,
    has_known,
    published_cell,
    short_span,
    spoken,
    unit_sign,
    virtual_cell,
)
from quotidian.trials.agreement import JUDGED_FROM
from quotidian.trials.benchmarks.calibration_curve import calibration, calibration_lines
from quotidian.trials.benchmarks.counts import role_lines
from quotidian.trials.benchmarks.scores import KEYS, KNOWN_KEYS, ScoreRow, TrialScore

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

COLUMNS = (*KEYS, "unit")
_MARKS = {True: ("✓ inside", "green"), False: ("✕ outside", "bold red")}


def rows_of(scores: Sequence[TrialScore]) -> tuple[ScoreRow, ...]:
    """Every row, trial by trial."""
    return tuple(row for one in scores for row in one.rows)


def scoreboard_json(scores: Sequence[TrialScore]) -> str:
    """A list of rows, each with the keys of `KEYS`; numbers in full precision, null if a source has none."""
    content: list[dict[str, Any]] = [row.as_dict() for row in rows_of(scores)]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def calibration_json(scores: Sequence[TrialScore]) -> str:
    """Curve of the predictive intervals, skill and labels; null without an ensemble."""
    found = calibration(rows_of(scores))
    return json.dumps(None if found is None else found.as_dict(), indent=2, allow_nan=False) + "\n"


def scoreboard_csv(scores: Sequence[TrialScore]) -> str:
    """The same rows and numbers as comma-separated text, with units; a cell without a value is empty.

    `KNOWN_KEYS` follow if an ensemble was run.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    rows = rows_of(scores)
    columns = (*COLUMNS, *KNOWN_KEYS) if has_known(rows) else COLUMNS
    writer.writerow(columns)
    for row in rows:
        cells = [getattr(row, column) for column in columns]
        writer.writerow([str(c).lower() if isinstance(c, bool) else "" if c is None else c for c in cells])
    return text.getvalue()


def apart_csv(scores: Sequence[TrialScore]) -> str:
    """Published numbers without a counterpart, as comma-separated text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("claim", "trial", "published", "unit", "role", "source", "because"))
    writer.writerows(
        (one.claim, one.trial, one.published, one.unit, one.role, one.source, one.because)
        for score in scores
        for one in score.apart
    )
    return text.getvalue()


def print_scoreboard(scores: Sequence[TrialScore], console: Console) -> None:
    """A table, and below it the results that it leaves out."""
    from rich.text import Text

    console.print(_table(scores))
    for line in accounts(scores):
        console.print(Text(line, style="dim"))


def accounts(scores: Sequence[TrialScore]) -> list[str]:
    """Lines below the table: frozen roles, numbers without a counterpart, trials and children left out."""
    lines = _few(scores) + role_lines(rows_of(scores))
    found = calibration(rows_of(scores))
    lines += [] if found is None else calibration_lines(found)
    if without := sum(len(one.apart) for one in scores):
        lines.append(f"{counted(without, 'published number')} without a counterpart in the model not shown.")
    if silent := [one.trial for one in scores if not one.rows]:
        lines.append(f"Not run, with nothing published to compare: {', '.join(silent)}.")
    for one in scores:
        for reason, number in one.failures.items():
            lines.append(
                f"{one.trial}: not simulated to the end, {counted(number, 'child', 'children')}: {reason}"
            )
    return lines


def _few(scores: Sequence[TrialScore]) -> list[str]:
    """A line that says of counts of few replicates what they are worth."""
    run = max((one.replicates for one in scores if one.rows), default=JUDGED_FROM)
    if run >= JUDGED_FROM:
        return []
    return [
        f"Few replicates: {run} of {JUDGED_FROM}. Rows near the edge of an interval change by chance, and "
        "'quotidian trial' judges no row of so few; compare these counts with those of as many replicates."
    ]


def row_name(row: ScoreRow) -> str:
    """``JIA ACR30, week 12``, with the unit if it is not per cent."""
    sign = "" if row.unit == "%" else unit_sign(row.unit)
    when = "entry" if row.week == 0 else f"week {row.week}"
    return ", ".join(part for part in (spoken(row.endpoint), when, sign) if part)


def _table(scores: Sequence[TrialScore]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("arm", no_wrap=True)
    table.add_column("virtual (95 %)", justify="right", no_wrap=True)
    table.add_column("published (95 %)", justify="right", no_wrap=True)
    table.add_column("role")
    table.add_column("", no_wrap=True)
    for one in (one for one in scores if one.rows):
        table.add_row(Text(one.trial, style="bold"))
        for row in one.rows:
            said, style = _MARKS[row.inside]
            numbers = (short_span(virtual_cell(row)), short_span(published_cell(row)))
            cells = (f"  {row_name(row)}", arm_name(row.arm), *numbers, row.role)
            table.add_row(*(Text(cell) for cell in cells), Text(said, style=style))
    return table
