"""The data of one child: one measurement a row, each with its unit; refusals state row and remedy.

Columns: DAY (days from midnight of the first day of treatment), or DATE and TIME; ANALYTE; VALUE (``<5`` lies
below 5); UNIT. A row with ANALYTE ``death`` ends the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quotidian.data.cells import numbers, refusal
from quotidian.data.clock import CLOCK, hours
from quotidian.data.table_text import MISSING, TableText, read_text
from quotidian.errors import InvalidData, InvalidQuantity, closest
from quotidian.units import convert, plain_number

Floats = NDArray[np.float64]
DEATH = "death"
SYNONYMS = {
    "il-6": "il6", "sil6r": "sil6r_total", "sil-6r": "sil6r_total", "joints": "active_joints",
    "temp": "temperature", "drug": "tocilizumab",
}  # fmt: skip
MOST_DAYS = 3650.0


@dataclass(frozen=True)
class ChildRecord:
    """Measurements of one child.

    Attributes
    ----------
    hour : [row] from midnight of the first day of treatment. analyte : [row] observable. value : [row] in its
        unit. censored : [row] 1 below ``value``, -1 above, 0 quantified. row : [row] of the file, from 1.
    death_h : hour of death; infinite without. notes : what was taken for granted.
    """

    hour: Floats
    analyte: tuple[str, ...]
    value: Floats
    censored: NDArray[np.int64]
    row: tuple[int, ...]
    death_h: float = np.inf
    death_row: int = 0
    notes: tuple[str, ...] = field(default=())


def read_child(
    path: str | Path | TableText, units: Mapping[str, str], start: str | None = None
) -> ChildRecord:
    """Measurements from a file, or from a table that has been read.

    Parameters
    ----------
    units : unit of each analyte that the model can predict and an error is known for.
    start : date of the first day of treatment, year-month-day; None: the earliest date of the file.

    Raises InvalidData for the first row that cannot be used: a missing or wrong unit, an unknown analyte, a
    negative or missing value, a row that stands twice, a date that does not exist, a measurement after death.
    """
    text = path if isinstance(path, TableText) else read_text(Path(path))
    for name in ("ANALYTE", "VALUE"):
        _require(text, name)
    if "UNIT" not in text.columns:
        raise InvalidData(
            f"'{text.name}' has no column UNIT.", "A number without a unit can be wrong tenfold.",
            "Add a column UNIT, such as mg/L for crp.",
        )  # fmt: skip
    hour = _hours(text, start)
    names = [_analyte(row, cell, units) for row, cell in enumerate(text.column("ANALYTE"))]
    deaths = [row for row, name in enumerate(names) if name == DEATH]
    death_h = float(hour[deaths[0]]) if deaths else np.inf
    kept = [row for row, name in enumerate(names) if name != DEATH]
    late = [row for row in kept if hour[row] > death_h]
    if late:
        why = f"Row {deaths[0] + 1} states the death of the child on day {death_h / 24:g}."
        raise refusal(late[0], "ANALYTE", names[late[0]], why, "Correct one of the two times.")
    values, censored = _values(text, kept)
    found, notes = _in_model_units(text, kept, names, values, units), list[str]()
    _refuse_twice(text, kept, hour, names)
    if not kept:
        raise InvalidData(
            f"'{text.name}' holds no measurement.", "", "Add rows with ANALYTE, VALUE and UNIT."
        )
    if np.all(censored != 0):
        notes.append(
            "Every value lies below its limit of quantification: they bound the child's parameters from one "
            "side only. Add a quantified value."
        )
    order = np.argsort(hour[kept], kind="stable")
    return ChildRecord(
        hour[kept][order], tuple(names[kept[i]] for i in order), found[order], censored[order],
        tuple(kept[i] + 1 for i in order), death_h, deaths[0] + 1 if deaths else 0, tuple(notes),
    )  # fmt: skip


def _require(text: TableText, name: str) -> None:
    if name not in text.columns:
        raise InvalidData(
            f"'{text.name}' has no column {name}.", f"It has {', '.join(text.columns)}.",
            "Write the columns DAY (or DATE and TIME), ANALYTE, VALUE and UNIT.",
        )  # fmt: skip


def _hours(text: TableText, start: str | None) -> Floats:
    if "DAY" in text.columns:
        days = numbers(text, "DAY")
        for row in np.flatnonzero(~np.isfinite(days) | (np.abs(days) > MOST_DAYS)).tolist():
            why = f"A day counts from the first dose and lies within {MOST_DAYS:g} of it."
            raise refusal(row, "DAY", text.column("DAY")[row], why, "Write the day, such as 13.5.")
        return 24.0 * days
    _require(text, "DATE")
    _require(text, "TIME")
    extended = text
    if start is not None:  # a first row that fixes where time begins
        blank = tuple({"DATE": start, "TIME": "00:00"}.get(name, ".") for name in text.columns)
        longer = tuple((*cells, last) for cells, last in zip(text.cells, blank, strict=True))
        extended = TableText(text.name, text.columns, longer, (*text.lines, 0))
    elapsed = hours(extended, np.zeros(len(extended), dtype=np.int64), None)
    first = CLOCK.fullmatch(text.column("TIME")[0])
    of_day = int(first[1]) + int(first[2]) / 60 if first is not None else numbers(text, "TIME")[0]
    absolute = elapsed + of_day
    origin = absolute[-1] if start is not None else 24.0 * np.floor(absolute.min() / 24.0)
    return np.asarray(absolute[: len(text)] - origin)


def _analyte(row: int, cell: str, units: Mapping[str, str]) -> str:
    name = cell.strip().lower().replace(" ", "_")
    name = SYNONYMS.get(name, name)
    if name != DEATH and name not in units:
        why = f"The model has no such measurement. {closest(name, units)}"
        raise refusal(row, "ANALYTE", cell, why, "Correct the name, or leave the row out.")
    return name


def _values(text: TableText, kept: list[int]) -> tuple[Floats, NDArray[np.int64]]:
    values, censored = np.zeros(len(kept)), np.zeros(len(kept), dtype=np.int64)
    for place, row in enumerate(kept):
        cell = text.column("VALUE")[row]
        sign = {"<": 1, ">": -1}.get(cell[:1], 0)
        value = plain_number(cell[abs(sign) :])
        if not np.isfinite(value):
            why = "It is not a number." if cell not in MISSING else "A measurement has a value."
            raise refusal(row, "VALUE", cell, why, "Write a number, or '<5' for a value below 5.")
        if value < 0 or (value == 0 and sign):
            why = "A measurement of the model is never negative."
            raise refusal(row, "VALUE", cell, why, "Correct the value, or write '<5' for one below 5.")
        values[place], censored[place] = value, sign
    return values, censored


def _in_model_units(
    text: TableText, kept: list[int], names: list[str], values: Floats, units: Mapping[str, str]
) -> Floats:
    found = values.copy()
    first: dict[str, tuple[str, int]] = {}
    for place, row in enumerate(kept):
        name, cell = names[row], text.column("UNIT")[row]
        if cell in MISSING:
            raise refusal(
                row, "UNIT", cell, f"{name} has no unit.", f"Write its unit, such as {_unit(units[name])}."
            )
        if cell != first.setdefault(name, (cell, row))[0]:
            earlier, where = first[name]
            why = f"Row {where + 1} gives {name} in {earlier}: two units in one column are often a mistake."
            raise refusal(row, "UNIT", cell, why, "Convert the values to one unit.")
        try:
            found[place] = _converted(values[place], cell, units[name])
        except InvalidQuantity as error:
            raise refusal(
                row, "UNIT", cell, f"{name} is measured in {_unit(units[name])}. {error.what}",
                f"Write {_unit(units[name])} or a unit of the same kind.",
            ) from None  # fmt: skip
    return found


def _converted(value: float, unit: str, wanted: str) -> float:
    plain = {"count": "1", "joints": "1", "cm": "1", "score": "1", "°c": "degC", "c": "degC"}
    given = plain.get(unit.lower(), unit) if wanted in ("1", "degC") else unit
    return value if given == wanted else convert(value, given, wanted)


def _unit(unit: str) -> str:
    return "1 (a number without unit)" if unit == "1" else unit


def _refuse_twice(text: TableText, kept: list[int], hour: Floats, names: list[str]) -> None:
    seen: dict[tuple[float, str], int] = {}
    for row in kept:
        earlier = seen.setdefault((float(hour[row]), names[row]), row)
        if earlier != row:
            why = f"Row {earlier + 1} gives {names[row]} at the same time."
            raise refusal(
                row, "ANALYTE", text.column("ANALYTE")[row], why, "Keep one of the rows, or correct a time."
            )
