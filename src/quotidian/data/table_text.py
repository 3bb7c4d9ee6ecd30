"""The text of a data file: encoding, separator, header and rows, each row with its number.

Rows are counted from 1 below the header. A line that begins with ``#`` is left out and not counted, and so is
one with a letter in a leading column ``C``, as NONMEM's ``IGNORE=C`` does.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    cells : [column][row], stripped. lines : [row] line of the file, from 1.
    """

    name: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column, [row]."""
        return self._by_name[name]

    def taken(self, rows: Sequence[int]) -> TableText:
        """These rows, in this order."""
        cells = tuple(tuple(map(column.__getitem__, rows)) for column in self.cells)
        return replace(self, cells=cells, lines=tuple(map(self.lines.__getitem__, rows)))

    def with_columns(self, changed: Mapping[str, tuple[str, ...]]) -> TableText:
        """The same rows with other cells in some columns, and with columns added."""
        merged = {**self._by_name, **changed}
        return replace(self, columns=tuple(merged), cells=tuple(merged.values()))

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        return dict(zip(self.columns, self.cells, strict=True))


def read_text(path: Path) -> TableText:
    """Read a table of text with one header line.

    Raises InvalidData for a file that is not a text, and the errors of :func:`table_of`.
    """
    return table_of(path.name, decoded(path))


def table_of(file: str, content: str) -> TableText:
    """A text as a table; ``file`` names it in messages.

    Raises InvalidData for a text that is empty, has no row, names a column twice, or has a row with more or
    fewer fields than the header.
    """
    lines = content.splitlines()
    head = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if head is None:
        raise InvalidData(f"'{file}' is empty.", "A table has a header line and rows.", "Check the file.")
    separator = next((s for s in SEPARATORS if s in lines[head]), None)
    columns = _header(file, _split(file, [lines[head]], separator, (head + 1,))[0])
    places = [i for i in range(head + 1, len(lines)) if _is_row(lines[i])]
    body, numbers = [lines[i] for i in places], tuple(i + 1 for i in places)
    cells = _plain(body, separator, len(columns)) if columns[0] != "C" else None
    if cells is None:
        rows = _split(file, body, separator, numbers)
        cells, numbers = _columns(file, columns, rows, numbers)
    if not numbers:
        raise InvalidData(
            f"'{file}' has no data row.", "Only its header was found.", "Add a row below the header."
        )
    return TableText(file, columns, cells, numbers)


def _plain(body: list[str], separator: str | None, width: int) -> tuple[tuple[str, ...], ...] | None:
    """Cells [column][row] of lines without quotes, remarks within and gaps; None where there are such."""
    if separator is None or not body or any(line.count(separator) != width - 1 for line in body):
        return None
    text = separator.join(body)
    if '"' in text or "#" in text:
        return None
    cells = tuple(map(str.strip, text.split(separator)))
    return tuple(cells[place::width] for place in range(width))


def _columns(
    file: str, columns: tuple[str, ...], rows: list[tuple[str, ...]], numbers: tuple[int, ...]
) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """Cells [column][row] and lines of the rows that are not left out.

    Raises InvalidData for a row with more or fewer fields than the header.
    """
    kept = [(n, row) for n, row in zip(numbers, rows, strict=True) if not _left_out(columns, row)]
    for number, (line, row) in enumerate(kept, start=1):
        if len(row) != len(columns):
            raise InvalidData(
                f"row {number} (line {line}) of '{file}' has {len(row)} fields.",
                f"The header names {len(columns)} columns.",
                "Write one field for each column; '.' or nothing stands for a missing value.",
            )
    return tuple(zip(*(row for _, row in kept), strict=True)), tuple(line for line, _ in kept)


def decoded(path: Path) -> str:
    """The text of a file of bounded size.

    Raises InvalidData for a device or a folder, more than ``MOST_BYTES``, or another encoding than UTF-8.
    """
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


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _split(
    file: str, lines: list[str], separator: str | None, numbers: tuple[int, ...]
) -> list[tuple[str, ...]]:
    """Cells [row][column]. Raises InvalidData for a quoted text that does not end on its line."""
    if separator is None:
        return [tuple(line.split()) for line in lines]
    found, rows = csv.reader(lines, delimiter=separator, skipinitialspace=True), []
    whole = True
    try:
        for row in found:
            rows.append(tuple(cell.strip() for cell in row))
            whole = found.line_num == len(rows)
            if not whole:
                rows.pop()
                break
    except csv.Error:
        whole = False
    if not whole:
        raise InvalidData(
            f"line {numbers[len(rows)]} of '{file}' cannot be split into cells.",
            "A quoted text does not end on its line, or a cell is too long.",
            "Close the quotation, or remove the mark.",
        )
    return rows


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
