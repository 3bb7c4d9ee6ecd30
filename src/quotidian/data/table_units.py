"""Units that an event table states in columns of its own: one unit for each kind of value.

A fit does not convert values. Two units in one column would give wrong estimates, and so would a unit that
some rows lack.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from quotidian import units
from quotidian.data.cells import refusal
from quotidian.data.event_table import DOSE, RESET_AND_DOSE, EventTable
from quotidian.data.table_text import MISSING
from quotidian.errors import InvalidQuantity

OF_VALUES = ("UNIT", "UNITS", "DVU", "DVUNIT", "DV_UNIT", "AVALU")
"""Names of a column with the unit of DV; AVALU is that of ADPPK."""
OF_AMOUNTS = ("AMTU", "AMTUNIT", "AMT_UNIT", "DOSEU")
"""Names of a column with the unit of AMT."""


def refuse_mixed_units(table: EventTable) -> None:
    """Refuse a table in which one kind of value has two units, or a unit in some rows alone.

    Observations are of one kind if they share CMT and DVID, doses if they share CMT. A column without any
    cell that is a unit is not one of units. Raises InvalidData.
    """
    doses = np.flatnonzero(np.isin(table.evid, (DOSE, RESET_AND_DOSE))).tolist()
    there = table.text.columns
    for names, rows, by in ((OF_VALUES, table.counted.tolist(), "DVID"), (OF_AMOUNTS, doses, "")):
        kinds = table.text.column(by) if by in there else ("",) * len(table.time)
        for name in names:
            if name in there:
                _refuse(table, name, rows, [(table.compartment[row], kinds[row]) for row in rows])


def _refuse(table: EventTable, column: str, rows: list[int], kinds: Iterable[tuple[str, str]]) -> None:
    cells = table.text.column(column)
    if not any(_is_unit(cell) for cell in {cells[row] for row in rows}):
        return
    first = dict[tuple[str, str], int]()
    for row, kind in zip(rows, kinds, strict=True):
        place, earlier = table.place(row), first.setdefault(kind, row)
        if cells[row] in MISSING:
            raise refusal(
                place, column, cells[row], "Other rows state a unit.", "Write the unit of this row."
            )
        if not _alike(cells[row], cells[earlier]):
            why = f"Row {table.number[earlier]} is in {cells[earlier]}, and values are not converted."
            raise refusal(place, column, cells[row], why, "Convert the values to one unit.")


def _is_unit(cell: str) -> bool:
    try:
        units.check(cell)
    except InvalidQuantity:
        return False
    return cell not in MISSING and cell not in units.PURE and not cell.replace(".", "").isdigit()


def _alike(a: str, b: str) -> bool:
    """Whether two cells state one unit: mg/L and ug/mL do, mg/L and ng/mL do not."""
    try:
        return a == b or abs(units.convert(1.0, a, b) - 1.0) < 1e-9
    except InvalidQuantity:
        return False
