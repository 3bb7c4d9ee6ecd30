"""Cells as numbers: what is not one is refused with its row and column, and never read as zero."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from quotidian.data.table_text import MISSING, TableText
from quotidian.errors import InvalidData

Floats = NDArray[np.float64]


def refusal(row: int, column: str, cell: str, why: str, remedy: str) -> InvalidData:
    """A refusal of one cell; ``row`` is counted from 0 and reported from 1."""
    shown = f"'{cell}'" if cell not in MISSING else "a missing value"
    return InvalidData(f"row {row + 1}, column {column}: {shown} cannot be used.", why, remedy)


def numbers(table: TableText, column: str, default: float = math.nan) -> Floats:
    """A column as numbers, [row]; ``default`` where it is missing, and everywhere without the column.

    Raises InvalidData for a cell that is neither a finite number nor missing.
    """
    if column not in table.columns:
        return np.full(len(table.rows), default)
    cells = table.column(column)
    values = _all_at_once(cells, default)
    if values is not None:
        return values
    return np.array([_number(row, column, cell, default) for row, cell in enumerate(cells)])


def _all_at_once(cells: tuple[str, ...], default: float) -> Floats | None:
    """The cells as numbers; None where one of them is none, so that it is found cell by cell."""
    missing = np.array([cell in MISSING for cell in cells])
    written = "".join(cells)
    if not written.isascii() or "_" in written:
        return None
    try:
        values = np.array(["0" if cell in MISSING else cell for cell in cells]).astype(np.float64)
    except ValueError:
        return None
    return np.where(missing, default, values) if np.isfinite(values).all() else None


def _number(row: int, column: str, cell: str, default: float) -> float:
    if cell in MISSING:
        return default
    if cell.isascii() and "_" not in cell:
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
    raise refusal(
        row, column, cell, "It is not a finite number.", "Write a number, or '.' where there is none."
    )
