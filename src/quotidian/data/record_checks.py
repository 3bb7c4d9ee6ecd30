"""Checks of event records: what a record must state, and which statements are inconsistent."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import refusal
from quotidian.data.event_table import EventTable

DOSES = (1, 4)
Bools = NDArray[np.bool_]


def check_records(table: EventTable) -> EventTable:
    """The table itself, where every record can be carried out. Raises InvalidData naming row and column."""
    for row in np.flatnonzero(~_plain(table)).tolist():
        _check_kind(table, row)
        if table.evid[row] in DOSES:
            _check_dose(table, row)
        else:
            _check_no_dose(table, row)
        _check_censoring(table, row)
    return table


def _plain(table: EventTable) -> Bools:
    """Rows of the two usual kinds, which hold nothing that could be wrong: an observation, or one bolus."""
    alone = (table.steady == 0) & (table.additional == 0) & (table.rate == 0) & (table.interval == 0)
    usual = ((table.evid == 0) & (table.amount == 0)) | ((table.evid == 1) & (table.amount > 0))
    odd = {cell for cell in set(table.compartment) if cell.startswith("-")}
    off = np.array([cell in odd for cell in table.compartment]) if odd else np.zeros(len(alone), dtype=bool)
    return np.asarray(alone & usual & (table.censored == 0) & ~off)


def _cell(table: EventTable, column: str, row: int) -> str:
    return table.text.column(column)[row] if column in table.text.columns else "."


def _refuse(table: EventTable, row: int, column: str, why: str, remedy: str) -> Any:
    raise refusal(row, column, _cell(table, column, row), why, remedy)


def _check_kind(table: EventTable, row: int) -> None:
    evid = table.evid[row]
    if evid not in range(5):
        why = "EVID is 0 to 4." + (" Codes of three digits are those of RxODE." if evid > 99 else "")
        _refuse(table, row, "EVID", why, "Translate the code into EVID, AMT, RATE and CMT.")
    if table.compartment[row].startswith("-"):
        why = "A negative CMT switches a compartment off, which is not supported."
        _refuse(table, row, "CMT", why, "Leave the row out, or reset the subject with EVID 3.")
    if table.steady[row] not in (0, 1, 2):
        _refuse(table, row, "SS", "SS is 0, 1 or 2.", "Correct it.")


def _check_dose(table: EventTable, row: int) -> None:
    amount, rate, interval = table.amount[row], table.rate[row], table.interval[row]
    if amount < 0:
        _refuse(table, row, "AMT", "A dose cannot be negative.", "Correct the sign.")
    if rate < 0 and rate not in (-1.0, -2.0):
        _refuse(table, row, "RATE", "A rate is positive, or -1 or -2 for the model's own.", "Correct it.")
    constant = amount == 0 and rate > 0 and table.steady[row] == 1 and interval == 0
    if amount == 0 and not constant:
        if rate > 0:
            why = f"RATE is {rate:g}: an infusion without an amount has no end."
            _refuse(table, row, "AMT", why, "Write AMT, or SS 1 with II 0 for a constant infusion up to now.")
        _refuse(table, row, "AMT", f"EVID {table.evid[row]} is a dose.", "Write the amount, or change EVID.")
    _check_repeats(table, row, constant)


def _check_repeats(table: EventTable, row: int, constant: bool) -> None:
    interval, more = table.interval[row], table.additional[row]
    if interval < 0:
        _refuse(table, row, "II", "The interval between doses is positive.", "Correct the sign.")
    if more < 0:
        why = "It counts further doses; the negative ADDL of NONMEM 7.5 is not supported."
        _refuse(table, row, "ADDL", why, "State the steady state with SS.")
    if more > 0 and interval == 0:
        why = f"ADDL is {more}, and II states no interval between the doses."
        _refuse(table, row, "II", why, "Write II, or ADDL 0.")
    if table.steady[row] and interval == 0 and not constant:
        why = f"SS is {table.steady[row]}, and II states no interval between the doses."
        _refuse(table, row, "II", why, "Write II, or SS 0.")


def _check_no_dose(table: EventTable, row: int) -> None:
    for column, values in (("AMT", table.amount), ("SS", table.steady), ("ADDL", table.additional)):
        if values[row] != 0:
            why = f"EVID {table.evid[row]} does not mark a dose."
            _refuse(table, row, column, why, f"Write {column} 0, or EVID 1 for a dose.")


def _check_censoring(table: EventTable, row: int) -> None:
    censored = table.censored[row]
    if censored not in (-1, 0, 1):
        _refuse(table, row, "CENS", "CENS is -1, 0 or 1.", "Correct it.")
    if censored == 0 or table.evid[row] != 0 or table.missing[row]:
        return
    value, limit = table.value[row], table.limit[row]
    if np.isnan(value):
        _refuse(table, row, "DV", "A censored observation states its limit in DV.", "Write the limit.")
    if np.isfinite(limit) and (limit - value) * censored > 0:
        side = "above" if censored == 1 else "below"
        why = f"The interval from LIMIT to DV is empty: {limit:g} is {side} DV {value:g}."
        _refuse(table, row, "LIMIT", why, "Exchange the two, or correct one.")
