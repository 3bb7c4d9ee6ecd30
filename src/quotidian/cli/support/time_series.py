"""One child's course as a table: time in days, then one column an observable."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from quotidian.cli.support.progress import progress
from quotidian.reports.files import STDOUT, whole_file
from quotidian.simulation import SimulationResult

Floats = NDArray[np.float64]
ROWS = 20_000  # turned into text at a time
DIGITS = "%.10g"  # more than the solver's tolerance deserves, and the same on every run


def write(path: Path, result: SimulationResult, units: dict[str, str]) -> None:
    """Write the first child's course to a file whose suffix is one of ``TABLES``, or to ``STDOUT`` as CSV.

    Raises
    ------
    OutputError : the disk refused; nothing is left behind.
    """
    heads, rows = headings(result, units), table(result)
    with progress("Writing") as reach:
        if path == STDOUT:
            write_csv(sys.stdout, heads, rows, reach)
            return
        with whole_file(path) as partial:
            if path.suffix.lower() == ".parquet":
                write_parquet(partial, heads, rows)
                return
            with partial.open("w", encoding="ascii", newline="\n") as stream:
                write_csv(stream, heads, rows, reach)


def headings(result: SimulationResult, units: dict[str, str]) -> list[str]:
    """``time_day``, then ``name [unit]`` for each observable."""
    return ["time_day", *(f"{name} [{units[name]}]" for name in result.names)]


def table(result: SimulationResult) -> Floats:
    """Time in days beside the first child's observables, [time, column]."""
    return np.column_stack([result.times / 24.0, result.values[0]])


def write_csv(stream: TextIO, heads: list[str], rows: Floats, reach: Callable[[float], None]) -> None:
    """Comma-separated values; numbers with ten significant digits."""
    stream.write(",".join(heads) + "\n")
    for text, fraction in _texts(rows):
        stream.write(text)
        reach(fraction)


def _texts(rows: Floats) -> Iterator[tuple[str, float]]:
    """Blocks of lines, each with the part of the table that is done after it."""
    line = ",".join([DIGITS] * rows.shape[1]) + "\n"
    for first in range(0, len(rows), ROWS):
        block = rows[first : first + ROWS]
        yield (line * len(block)) % tuple(block.ravel().tolist()), (first + len(block)) / len(rows)


def write_parquet(path: Path, heads: list[str], rows: Floats) -> None:
    """Parquet with the same headings, numbers in full."""
    import polars

    polars.DataFrame({head: rows[:, i] for i, head in enumerate(heads)}).write_parquet(path)
