"""The text of a data file: encoding, separator, header and rows, each row with its number.

Rows are counted from 1 below the header. A line that begins with ``#`` is left out and not counted, and so is
one with a letter in a leading column ``C``, as NONMEM's ``IGNORE=C`` does.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quotidian.errors import InvalidData

MOST_BYTES = 512 * 2**20
SEPARATORS = (",", "\t", ";")
MISSING = frozenset({"", "."})


@dataclass(frozen=True)
class TableText:
    """A table as text.

    Attributes
    ----------
    name : of the file, for messages. columns : names in upper case, in order.
    rows : [row] of stripped cells, one a column. lines : [row] line of the file, from 1.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column, [row]."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        return dict(zip(self.columns, zip(*self.rows, strict=True), strict=True))


def read_text(path: Path) -> TableText:
    """Read a table of text with one header line.

    Raises InvalidData for a file that is not a text, is empty, has no row, names a column twice, or has a row
    with more or fewer fields than the header.
    """
    text = _decoded(path)
    lines = text.splitlines()
    head = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if head is None:
        raise InvalidData(
            f"'{path.name}' is empty.", "A table has a header line and rows.", "Check the file."
        )
    separator = next((s for s in SEPARATORS if s in lines[head]), None)
    cells = _split(lines[head:], separator)
    columns = _header(path.name, cells[0])
    numbers = [head + 1 + i for i in range(1, len(cells))]
    kept = [(n, row) for n, row in zip(numbers, cells[1:], strict=True) if not _left_out(columns, row)]
    if not kept:
        raise InvalidData(
            f"'{path.name}' has no data row.", "Only its header was found.", "Add a row below the header."
        )
    for number, (line, row) in enumerate(kept, start=1):
        if len(row) != len(columns):
            raise InvalidData(
                f"row {number} (line {line}) of '{path.name}' has {len(row)} fields.",
                f"The header names {len(columns)} columns.",
                "Write one field for each column; '.' or nothing stands for a missing value.",
            )
    return TableText(path.name, columns, tuple(row for _, row in kept), tuple(line for line, _ in kept))


def _decoded(path: Path) -> str:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if path.is_file() and size <= MOST_BYTES else None
    except OSError as error:
        raise InvalidData(
            f"'{path}' cannot be read.", f"The system reports: {error.strerror}.", "Check the path."
        ) from None
    if content is None:
        raise InvalidData(
            f"'{path}' is not a file, or is larger than {MOST_BYTES // 2**20} MiB.",
            "A table is read as a whole.",
            "Name a file, or split it by subjects.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or content.startswith(b"PK"):
        raise InvalidData(
            f"'{path.name}' is not a text file in UTF-8.",
            "A spreadsheet, an archive or another encoding was found.",
            "Save the table as CSV (text, UTF-8).",
        )
    return text


def _split(lines: list[str], separator: str | None) -> list[tuple[str, ...]]:
    filled = [line for line in lines if line.strip()]
    if separator is None:
        return [tuple(line.split()) for line in filled]
    found = csv.reader(filled, delimiter=separator, skipinitialspace=True)
    return [tuple(cell.strip() for cell in row) for row in found]


def _header(file: str, cells: tuple[str, ...]) -> tuple[str, ...]:
    columns = tuple(cell.strip().strip('"').strip().upper() for cell in cells)
    for place, name in enumerate(columns):
        if not name:
            raise InvalidData(
                f"Column {place + 1} of '{file}' has no name.", "", "Name every column in the header."
            )
        if columns.count(name) > 1:
            raise InvalidData(
                f"The header of '{file}' names {name} twice.",
                "It is not clear which of the two columns is meant.",
                "Rename or remove one of them.",
            )
    return columns


def _left_out(columns: tuple[str, ...], row: tuple[str, ...]) -> bool:
    first = row[0] if row else ""
    return first.startswith("#") or (columns[0] == "C" and first not in MISSING)
