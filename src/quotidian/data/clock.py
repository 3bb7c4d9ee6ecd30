"""Times of records: hours as numbers, clock times, and dates with clock times.

With dates, time is counted in hours from the first record of the subject.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import numbers, refusal
from quotidian.data.table_text import MISSING, TableText
from quotidian.errors import InvalidData

DateFormat: TypeAlias = Literal["year-month-day", "month/day/year", "day/month/year", "day.month.year"]
FORMATS: Mapping[str, tuple[re.Pattern[str], tuple[int, int, int]]] = {
    "year-month-day": (re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})"), (0, 1, 2)),
    "month/day/year": (re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})"), (2, 0, 1)),
    "day/month/year": (re.compile(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})"), (2, 1, 0)),
    "day.month.year": (re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})"), (2, 1, 0)),
}
"""Pattern of each format, and which of its groups are year, month and day."""
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
Floats = NDArray[np.float64]


def hours(table: TableText, subject: NDArray[np.int64], dates: str | None) -> Floats:
    """Time of each record in the unit of the file (hours where it holds clock times), [row].

    Parameters
    ----------
    subject : [row] number of the subject.
    dates : format of the column DATE; ``year-month-day`` is recognised.

    Raises InvalidData for a missing time, two ways of writing time, a date that does not exist, or a date
    whose format was not stated.
    """
    cells = table.column("TIME")
    if absent := MISSING.intersection(cells):
        row = next(row for row, cell in enumerate(cells) if cell in absent)
        raise refusal(row, "TIME", cells[row], "Every record has a time.", "Write its time.")
    clocked = _are_clocks(cells)
    if "DATE" in table.columns:
        return _dated(table, subject, dates, clocked)
    return np.array([_clock(i, c) for i, c in enumerate(cells)]) if clocked else numbers(table, "TIME")


def _are_clocks(cells: Sequence[str]) -> bool:
    """Whether times are clock times. Raises InvalidData where some are and others not."""
    if ":" not in "".join(cells):
        return False
    clocked = [CLOCK.fullmatch(cell) is not None for cell in cells]
    if any(clocked) and not all(clocked):
        row = next(i for i, c in enumerate(clocked) if c != clocked[0])
        why = "Other rows write time as a clock time, this one as a number, or the reverse."
        raise refusal(row, "TIME", cells[row], why, "Write all times in one way.")
    return clocked[0]


def _clock(row: int, cell: str) -> float:
    """Clock time in hours."""
    found = CLOCK.fullmatch(cell)
    assert found is not None
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise refusal(row, "TIME", cell, "There is no such clock time.", "Write for example 08:30.")
    return (hour * 3600 + minute * 60 + second) / 3600


def _dated(table: TableText, subject: NDArray[np.int64], dates: str | None, clocked: bool) -> Floats:
    days = _dates(table, dates)
    times = table.column("TIME")
    elapsed = numbers(table, "TIME") if not clocked else np.zeros(0)
    found, first = np.zeros(len(times)), dict[int, datetime]()
    for row, day in enumerate(days):
        try:
            of_day = timedelta(seconds=round(_clock(row, times[row]) * 3600)) if clocked else timedelta(
                hours=float(elapsed[row])
            )  # fmt: skip
            instant = datetime.combine(day, time()) + of_day
        except OverflowError:
            why, remedy = "No calendar reaches that far.", "Write the hours of that day."
            raise refusal(row, "TIME", times[row], why, remedy) from None
        start = first.setdefault(int(subject[row]), instant)
        found[row] = (instant - start).total_seconds() / 3600
    return found


def _dates(table: TableText, dates: str | None) -> Sequence[date]:
    cells = table.column("DATE")
    chosen = dates
    if chosen is None:
        if not all(FORMATS["year-month-day"][0].fullmatch(cell) for cell in cells):
            raise InvalidData(
                f"The column DATE can be read in more than one way, for example '{cells[0]}'.",
                "Day and month could change places, and a table does not state which comes first.",
                f"State the format: one of {', '.join(FORMATS)}.",
            )
        chosen = "year-month-day"
    if chosen not in FORMATS:
        raise InvalidData(
            f"'{chosen}' is not a format of dates.", f"There are {', '.join(FORMATS)}.", "Choose one of them."
        )
    return [_date(row, cell, chosen) for row, cell in enumerate(cells)]


def _date(row: int, cell: str, chosen: str) -> date:
    pattern, (year, month, day) = FORMATS[chosen]
    found = pattern.fullmatch(cell)
    if found is None:
        raise refusal(
            row, "DATE", cell, f"It is not written as {chosen}.", "Correct it, or state the format."
        )
    parts = [int(part) for part in found.groups()]
    try:
        return date(parts[year], parts[month], parts[day])
    except ValueError:
        raise refusal(row, "DATE", cell, "This date does not exist.", "Correct the date.") from None
