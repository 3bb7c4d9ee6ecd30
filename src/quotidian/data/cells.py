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
        return np.full(len(table), default)
    cells = table.column(column)
    read = {cell: _number(cell, default) for cell in set(cells)}
    known = {cell: value for cell, value in read.items() if value is not None}
    if wrong := read.keys() - known.keys():
        row = next(row for row, cell in enumerate(cells) if cell in wrong)
        why, remedy = "It is not a finite number.", "Write a number, or '.' where there is none."
        raise refusal(row, column, cells[row], why, remedy)
    return np.fromiter(map(known.__getitem__, cells), np.float64, len(cells))


def _number(cell: str, default: float) -> float | None:
    """A cell as a number, ``default`` where it is missing; None for what is no finite number."""
    if cell in MISSING:
        return default
    try:
        value = float(cell) if cell.isascii() and "_" not in cell else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None
