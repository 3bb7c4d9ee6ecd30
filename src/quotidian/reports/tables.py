"""The endpoints as CSV text and as a table for the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from quotidian.reports.wording import (
    arm_name,
    compared,
    counted,
    has_known,
    in_order,
    known_cell,
    no_verdict,
    number,
    published_cell,
    row_name,
    short_span,
    significant,
    span,
    spoken,
    unit_sign,
    verdict,
    virtual_cell,
)
from quotidian.trials.rows import EndpointRow

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from quotidian.trials.analysis.sample_size import SizePlan

COLUMNS = (
    *("arm", "endpoint", "week", "virtual", "low", "high"),
    *("published", "published_low", "published_high", "role", "unit", "inside", "source", "estimand"),
)
KNOWN = ("low_known", "high_known")
"""Ends of the interval with parameter uncertainty."""
VIRTUAL = ("virtual (95 % over replicates)", "with parameter uncertainty")
"""Headings of the two virtual intervals."""
_STYLES = {"inside": "green", "outside": "bold red", "": ""}


def endpoints_csv(rows: Sequence[EndpointRow]) -> str:
    """The rows as comma-separated text with the columns of ``COLUMNS``.

    Percentages have one decimal, other numbers four significant digits. A cell is empty if nothing was
    published, or if a single replicate gives no interval; ``inside`` is true, false, or empty if nothing was
    published or the replicates are fewer than `agreement.JUDGED_FROM`.
    A value that the trial does not define is nan. With an ensemble, ``low_known`` and ``high_known`` follow.
    """
    text = io.StringIO()
    known = has_known(rows)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *KNOWN) if known else COLUMNS)
    writer.writerows([*_cells(row), *(_known(row) if known else ())] for row in rows)
    return text.getvalue()


def _cells(row: EndpointRow) -> list[str]:
    ends = (row.low, row.high) if isfinite(row.low) or not isfinite(row.virtual) else (None, None)
    virtual = (row.virtual, *ends)
    published = (row.published, row.published_low, row.published_high)
    numbers = [_plain(value, row.unit) for value in (*virtual, *published)]
    inside = "" if row.inside is None else str(row.inside).lower()
    texts = (row.role, row.unit, inside, row.source, row.estimand)
    return [row.arm, row.endpoint, str(row.week), *numbers, *texts]


def _known(row: EndpointRow) -> list[str]:
    return [_plain(value, row.unit) for value in (row.low_known, row.high_known)]


def _plain(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if not isfinite(value):
        return "nan"
    return f"{value:.1f}" if unit == "%" else significant(value, 4)


def print_table(rows: Sequence[EndpointRow], console: Console, week: int | None = None) -> None:
    """Print the rows that have a published number; the last line counts those inside, by role.

    For a trial without published results, the rows of ``week`` are printed instead.
    """
    from rich.text import Text

    shown, why = compared(rows), "without a published number"
    if not shown and week is not None:
        shown, why = tuple(row for row in rows if row.week == week), "of other weeks"
    if shown:
        console.print(_table(shown))
    if hidden := len(rows) - len(shown):
        console.print(Text(f"{counted(hidden, 'row')} {why} not shown.", style="dim"))
    console.print(Text(inside_by_role(rows)))


def print_sizes(found: SizePlan, console: Console) -> None:
    """Print the result of a design at its own size, and below it the power at other sizes."""
    from rich.table import Table
    from rich.text import Text

    shown = (f"{arm_name(a)} {number(100 * x, '%')} %" for a, x in zip(found.arms, found.share, strict=True))
    console.print(Text(f"{spoken(found.endpoint)}, week {found.week}: {', '.join(shown)}", style="bold"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    if found.known is not None:
        console.print(Text(_share_intervals(found), style="dim"))
    wide = ("assurance with uncertainty, %",) if found.known is not None else ()
    for head in ("enrolled", "randomised", *map(arm_name, found.arms), "power, %", "assurance, %", *wide):
        table.add_column(head, justify="right")
    for size in found.sizes:
        whole = (size.enrolled, size.first + size.second, size.first, size.second)
        found_ones = (size.power, size.assurance, size.assurance_known)
        shares = (number(100.0 * x, "%") for x in found_ones if x is not None)
        table.add_row(*map(str, whole), *shares)
    console.print(table)


def _share_intervals(found: SizePlan) -> str:
    """``Central 95 % over replicates: A 20.0 to 40.0; with parameter uncertainty: A 15.0 to 50.0.``"""
    parts = []
    for said, shares in (("over replicates", found.shares), ("with parameter uncertainty", found.known)):
        if shares is not None:
            ends = found.interval(shares).items()
            arms = ", ".join(f"{arm_name(a)} {span(100 * low, 100 * high, '%')}" for a, (low, high) in ends)
            parts.append(f"{said}: {arms}")
    return f"Central 95 % {'; '.join(parts)} %."


def inside_by_role(rows: Sequence[EndpointRow]) -> str:
    """``Inside: calibration 14 of 16, validation 1 of 2.``"""
    judged = [row for row in rows if row.inside is not None]
    if not judged:
        return no_verdict(rows)
    parts = []
    for role in in_order(row.role for row in judged):
        hits = [bool(row.inside) for row in judged if row.role == role]
        parts.append(f"{role or 'no role'} {sum(hits)} of {len(hits)}")
    return f"Inside: {', '.join(parts)}."


def _table(rows: Sequence[EndpointRow]) -> Table:
    """A line for each endpoint, and below it one for each arm, within 80 columns."""
    from rich.table import Table
    from rich.text import Text

    weeks = in_order(str(row.week) for row in rows)
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="dim")
    table.add_column(f"week {weeks[0]}" if len(weeks) == 1 else "", no_wrap=True)
    known = has_known(rows)
    for head in VIRTUAL if known else ("virtual (95 %)",):
        table.add_column(head, justify="right")
    table.add_column("published (95 %)", justify="right")
    table.add_column("role")
    table.add_column("")
    before = ""
    for row in rows:
        name = _name(row, with_week=len(weeks) > 1)
        if name != before:
            table.add_row(Text(name, style="bold"))
        before = name
        wide = (short_span(known_cell(row)),) if known else ()
        numbers = (short_span(virtual_cell(row)), *wide, short_span(published_cell(row)))
        said = verdict(row)
        cells = [Text(cell) for cell in (f"  {arm_name(row.arm)}", *numbers, row.role)]
        table.add_row(*cells, Text(said, style=_STYLES[said]))
    return table


def _name(row: EndpointRow, *, with_week: bool) -> str:
    parts = (row_name(row), f"week {row.week}" if with_week else "", unit_sign(row.unit))
    return ", ".join(part for part in parts if part)
