"""Measurements of a user for the chart of ``simulate --data``: a CSV file of days and observables."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.data.table_text import decoded
from quotidian.errors import InvalidData, closest
from quotidian.units import convert, plain_number

Points: TypeAlias = Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Days and values by observable."""
TIME = "time_day"
_HEAD = re.compile(r"(\w+)(?: \[(.+)\])?")
REMEDY = "Write for example 'time_day,crp [mg/L],temperature', as the tables of this program are written."


def read_points(path: Path, units: Mapping[str, str]) -> Points:
    """The measurements of a file.

    The first line names the columns: ``time_day`` (day from the first day of treatment), then observables as
    ``name`` or ``name [unit]``. An empty cell was not measured.

    Parameters
    ----------
    units : of the observables that can be drawn, by name.

    Raises InvalidData, with the line, for a file that cannot be read so; InvalidQuantity for a unit of
    something else.
    """
    try:
        lines = list(csv.reader(decoded(path).splitlines()))
    except csv.Error as error:
        raise InvalidData(f"{path} cannot be read.", f"{error}", "Give a CSV file.") from None
    if not lines or TIME not in lines[0]:
        raise InvalidData(f"{path} has no column '{TIME}'.", "Its first line names the columns.", REMEDY)
    heads = [cell.strip() for cell in lines[0]]
    rows = [(i, row) for i, row in enumerate(lines[1:], start=2) if any(cell.strip() for cell in row)]
    days = [_number(path, i, row, heads.index(TIME)) for i, row in rows]
    found = {}
    for column, head in enumerate(heads):
        if head == TIME:
            continue
        name, unit = _named(path, head, units)
        values = np.array([_number(path, i, row, column) for i, row in rows])
        own = np.isfinite(values) & np.isfinite(days)
        found[name] = (np.array(days)[own], values[own] * convert(1.0, unit, units[name]))
    return found


def _named(path: Path, head: str, units: Mapping[str, str]) -> tuple[str, str]:
    match = _HEAD.fullmatch(head)
    name = match[1] if match else head
    if name not in units:
        raise InvalidData(f"{path}: no panel shows '{name}'.", closest(name, units), "Leave the column out.")
    return name, (match[2] if match and match[2] else units[name])


def _number(path: Path, line: int, row: list[str], column: int) -> float:
    """A cell as a number; not-a-number for one that is empty or missing."""
    text = row[column].strip() if column < len(row) else ""
    value = plain_number(text)
    if text and math.isnan(value):
        raise InvalidData(f"{path}, line {line}: '{text}' is not a number.", "", "Correct the cell.")
    return value
