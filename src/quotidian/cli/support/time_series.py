"""The course of a child as a table: time in days, then one column an observable; a block for each regimen."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quotidian.cli.support.progress import progress
from quotidian.reports.files import STDOUT, whole_file
from quotidian.simulation import SimulationResult

Floats = NDArray[np.float64]
Ends: TypeAlias = tuple[Floats, Floats]
ROWS = 20_000  # turned into text at a time
DIGITS = "%.10g"  # more than the solver's tolerance deserves, and the same on every run
REGIMEN = "regimen"


def write(
    path: Path, result: SimulationResult, units: dict[str, str], labels: Sequence[str] = (),
    known: Ends | None = None,
) -> None:  # fmt: skip
    """Write the course to a file whose suffix is one of ``TABLES``, or to ``STDOUT`` as CSV.

    With ``labels``, one a subject, a first column names the regimen of each row.

    ``known`` are the ends of intervals, [subject, time, observable] each: two further columns for each
    observable.

    Raises
    ------
    OutputError : the disk refused; nothing is left behind.
    """
    subjects = max(1, len(labels))
    heads, rows = headings(result, units), table(result, subjects)
    if known is not None:
        heads += [f"{name}_{end}_known [{units[name]}]" for end in ("low", "high") for name in result.names]
        rows = np.column_stack([rows, *(np.concatenate(end[:subjects]) for end in known)])
    with progress("Writing") as reach:
        if path == STDOUT:
            write_csv(sys.stdout, heads, rows, reach, labels)
            return
        with whole_file(path) as partial:
            if path.suffix.lower() == ".parquet":
                write_parquet(partial, heads, rows, labels)
                return
            with partial.open("w", encoding="utf-8", newline="\n") as stream:
                write_csv(stream, heads, rows, reach, labels)


def headings(result: SimulationResult, units: dict[str, str]) -> list[str]:
    """``time_day``, then ``name [unit]`` for each observable."""
    return ["time_day", *(f"{name} [{units[name]}]" for name in result.names)]


def table(result: SimulationResult, subjects: int = 1) -> Floats:
    """Time in days beside the observables of the first subjects, one after another, [row, column]."""
    days = result.times / 24.0
    return np.concatenate([np.column_stack([days, result.values[i]]) for i in range(subjects)])


def write_csv(
    stream: TextIO, heads: list[str], rows: Floats, reach: Callable[[float], None], labels: Sequence[str] = ()
) -> None:
    """Comma-separated values; numbers with ten significant digits."""
    stream.write(",".join([REGIMEN, *heads] if labels else heads) + "\n")
    each = len(rows) // max(1, len(labels))
    for i, label in enumerate(labels or ("",)):
        before = f"{_quoted(label)}," if labels else ""
        for text, fraction in _texts(rows[i * each : (i + 1) * each], before):
            stream.write(text)
            reach((i + fraction) / max(1, len(labels)))


def _quoted(text: str) -> str:
    """A text as a cell of CSV."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def _texts(rows: Floats, before: str) -> Iterator[tuple[str, float]]:
    """Blocks of lines, each line after ``before``, with the part of the table that is done after a block."""
    line = before.replace("%", "%%") + ",".join([DIGITS] * rows.shape[1]) + "\n"
    for first in range(0, len(rows), ROWS):
        block = rows[first : first + ROWS]
        yield (line * len(block)) % tuple(block.ravel().tolist()), (first + len(block)) / len(rows)


def write_parquet(path: Path, heads: list[str], rows: Floats, labels: Sequence[str] = ()) -> None:
    """Parquet with the same headings, numbers in full."""
    import polars

    columns: dict[str, object] = {head: rows[:, i] for i, head in enumerate(heads)}
    if labels:
        columns = {REGIMEN: np.repeat(list(labels), len(rows) // len(labels)).tolist()} | columns
    polars.DataFrame(columns).write_parquet(path)
