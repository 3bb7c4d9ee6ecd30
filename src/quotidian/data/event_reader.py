"""From a text file to an event table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from quotidian.data.adppk import from_adppk, is_adppk
from quotidian.data.cells import numbers, refusal
from quotidian.data.clock import hours
from quotidian.data.event_table import (
    DOSE,
    OBSERVATION,
    RESET,
    RESET_AND_DOSE,
    EventTable,
    Floats,
    Integers,
)
from quotidian.data.record_checks import check_records
from quotidian.data.table_text import MISSING, TableText, read_text
from quotidian.errors import InvalidData

LARGEST = 2.0**53  # above it numbers have no units digit


def read_events(
    path: str | Path,
    *,
    dates: str | None = None,
    rename: Mapping[str, str] | None = None,
    sort: bool = False,
) -> EventTable:
    """Read an event table from a text file; the variables of CDISC ADPPK are recognised.

    Parameters
    ----------
    dates : format of the column DATE, such as ``month/day/year``; ``year-month-day`` is recognised.
    rename : data item by column of the file, such as ``{"CONC": "DV"}``.
    sort : whether to sort the rows by subject and time; rows of one time keep their order. Otherwise rows
        that are out of order are refused.

    Raises InvalidData naming the row and the column.
    """
    text = _renamed(read_text(Path(path)), rename or {})
    text = from_adppk(text) if is_adppk(text) else text
    for name in ("ID", "TIME"):
        if name not in text.columns:
            raise InvalidData(
                f"'{text.name}' has no column {name}.",
                f"It has {', '.join(text.columns)}.",
                f"Add {name}, or state which column it is.",
            )
    ids, subject = _subjects(text, sort)
    time = hours(text, subject, dates)
    table = check_records(_records(text, ids, subject, time))
    return _with_occasions(_sorted(table) if sort else table)


def _renamed(text: TableText, rename: Mapping[str, str]) -> TableText:
    upper = {old.upper(): new.upper() for old, new in rename.items()}
    for old in upper:
        if old not in text.columns:
            raise InvalidData(
                f"There is no column {old} to rename.",
                f"There are {', '.join(text.columns)}.",
                "Check the name.",
            )
    columns = tuple(upper.get(name, name) for name in text.columns)
    for name in upper.values():
        if columns.count(name) > 1:
            raise InvalidData(
                f"After renaming, two columns of '{text.name}' have the name {name}.",
                "It is not clear which of the two is meant.",
                f"Rename the other {name}, too.",
            )
    return replace(text, columns=columns)


def _subjects(text: TableText, mixed: bool) -> tuple[tuple[str, ...], Integers]:
    """Subjects in order of appearance, and whose each row is; rows may be ``mixed`` where they are sorted."""
    cells = text.column("ID")
    known = {cell: number for number, cell in enumerate(dict.fromkeys(cells))}
    if absent := MISSING.intersection(known):
        row = next(row for row, cell in enumerate(cells) if cell in absent)
        raise refusal(row, "ID", cells[row], "Every record belongs to a subject.", "Write its identifier.")
    found = np.fromiter(map(known.__getitem__, cells), np.int64, len(cells))
    again = np.flatnonzero(np.diff(found) < 0)  # numbers ascend until a subject appears again
    if again.size and not mixed:
        row = int(again[0]) + 1
        why = "This subject has earlier rows, and rows of another subject stand between."
        remedy = "Keep the rows of a subject together, rename one of the two, or sort ('run-events --sort')."
        raise refusal(row, "ID", cells[row], why, remedy)
    return tuple(known), found


def _records(text: TableText, ids: tuple[str, ...], subject: Integers, time: Floats) -> EventTable:
    amount = numbers(text, "AMT", 0.0)
    evid = numbers(text, "EVID")
    evid = np.where(np.isnan(evid), np.where(amount != 0, DOSE, OBSERVATION), evid)
    whole = {name: _whole(text, name) for name in ("ADDL", "SS", "MDV", "CENS")}
    return EventTable(
        ids, subject, np.zeros(len(subject), dtype=np.int64), time, amount,
        numbers(text, "RATE", 0.0), numbers(text, "II", 0.0), whole["ADDL"], whole["SS"],
        _as_whole(text, "EVID", evid),
        text.column("CMT") if "CMT" in text.columns else ("",) * len(subject),
        numbers(text, "DV"), whole["MDV"] == 1, whole["CENS"], numbers(text, "LIMIT"), text,
        np.arange(1, len(subject) + 1),
    )  # fmt: skip


def _sorted(table: EventTable) -> EventTable:
    """Rows by subject and time. Raises InvalidData for a reset, after which time may begin again."""
    for row in np.flatnonzero(np.isin(table.evid, (RESET, RESET_AND_DOSE))).tolist():
        why = "After a reset, time may start again, so it does not determine the order of the rows."
        raise refusal(row, "EVID", str(table.evid[row]), why, "Sort the rows before, or remove the reset.")
    order = np.lexsort((table.time, table.subject))
    start = np.full(len(table.ids), np.inf)
    np.minimum.at(start, table.subject, table.time)
    zero = start[table.subject] if "DATE" in table.text.columns else np.zeros(len(order))
    text = table.text.taken(order.tolist())
    moved: dict[str, Any] = {
        name: values[order] for name, values in vars(table).items() if isinstance(values, np.ndarray)
    }
    moved["time"] = (table.time - zero)[order]
    cells = tuple(table.compartment[i] for i in order)
    return replace(table, **moved, compartment=cells, text=text)


def _whole(text: TableText, name: str) -> Integers:
    return _as_whole(text, name, numbers(text, name, 0.0))


def _as_whole(text: TableText, name: str, values: Floats) -> Integers:
    bad = np.flatnonzero((values != np.floor(values)) | (np.abs(values) > LARGEST))
    if len(bad):
        row = int(bad[0])
        raise refusal(
            row, name, text.column(name)[row], "It is not a whole number, or is too large.", "Correct it."
        )
    if name == "MDV" and (wrong := np.flatnonzero(~np.isin(values, (0, 1)))).size:
        row = int(wrong[0])
        raise refusal(row, name, text.column(name)[row], "MDV is 0 or 1.", "Correct it.")
    return values.astype(np.int64)


def _with_occasions(table: EventTable) -> EventTable:
    """Occasions numbered; times of an occasion must ascend."""
    same = table.subject[1:] == table.subject[:-1]
    earlier = same & (table.time[1:] < table.time[:-1])
    resets = np.isin(table.evid[1:], (RESET, RESET_AND_DOSE))
    for row in (np.flatnonzero(earlier & ~resets) + 1).tolist():
        raise refusal(
                table.place(row), "TIME", table.text.column("TIME")[row],
                f"It is earlier than row {row} of subject '{table.ids[table.subject[row]]}'.",
                "Sort the rows by subject and time, as --sort of 'run-events' does; only a reset (EVID 3 or "
                "4) begins time again.",
            )  # fmt: skip
    occasion = np.concatenate([[0], np.cumsum(~same | (resets & earlier))])
    return replace(table, occasion=occasion)
