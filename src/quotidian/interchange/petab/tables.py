"""Tables of a PEtab problem: tab-separated text with a heading, and the place of each cell for messages."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from quotidian.errors import InvalidData
from quotidian.interchange.formula import Formula
from quotidian.interchange.petab.expressions import parsed
from quotidian.units import plain_number

LARGEST = 100 * 2**20
"""Bytes of the largest table that is read."""


@dataclass(frozen=True)
class Row:
    """One row: cells by column, without blanks at their ends; ``place`` is how a message names it."""

    cells: Mapping[str, str]
    place: str

    def text(self, column: str, usual: str | None = None) -> str:
        """A cell; ``usual`` where it is empty or there is no such column, or a refusal without ``usual``."""
        found = self.cells.get(column, "")
        if found:
            return found
        if usual is None:
            raise self.refused(column, "It is missing, and it is required", "State it")
        return usual

    def number(self, column: str, usual: str | None = None) -> float:
        """A cell as a number, which may be infinite."""
        text = self.text(column, usual)
        value = plain_number(text)
        if math.isnan(value):
            raise self.refused(column, f"'{text}' is not a number", "Write one, such as 0.5")
        return value

    def truth(self, column: str) -> bool:
        """A cell that is true or false (in version 1, 1 or 0)."""
        text = self.text(column).lower()
        if text not in ("true", "false", "1", "0", "1.0", "0.0"):
            raise self.refused(column, f"'{text}' is neither true nor false", "Write true or false")
        return text in ("true", "1", "1.0")

    def chosen(self, column: str, known: tuple[str, ...]) -> str:
        """A cell that is one of a few words, by default the first."""
        text = self.text(column, known[0])
        if text not in known:
            raise self.refused(column, f"'{text}' is none of {', '.join(known)}", "Write one of these")
        return text

    def listed(self, column: str) -> tuple[str, ...]:
        """Parts of a cell, separated by semicolons."""
        found = self.cells.get(column, "")
        return tuple(part.strip() for part in found.split(";")) if found else ()

    def formula(self, column: str, usual: str | None = None) -> Formula:
        """A cell as a formula."""
        return parsed(self.text(column, usual), f"{column} ({self.place})")

    def formulas(self, column: str) -> tuple[Formula, ...]:
        """Parts of a cell as formulas."""
        return tuple(parsed(part, f"{column} ({self.place})") for part in self.listed(column))

    def refused(self, column: str, why: str, remedy: str) -> InvalidData:
        """The refusal of a cell."""
        return InvalidData(f"{column} cannot be used ({self.place}).", f"{why}.", f"{remedy}.")


def rows_of(files: list[Path], needed: tuple[str, ...]) -> Iterator[Row]:
    """Rows of all tables of one kind. Raises InvalidData for no such file, or a column that is missing."""
    for file in files:
        yield from _rows(file, needed)


def _rows(file: Path, needed: tuple[str, ...]) -> Iterator[Row]:
    try:
        if file.stat().st_size > LARGEST:
            raise InvalidData(f"'{file}' is too large.", "It has more than 100 MB.", "Split the problem.")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise InvalidData(f"'{file}' cannot be read.", f"{why}.", "Correct the problem file.") from None
    heads = [h.strip() for h in lines[0].split("\t")] if lines else []
    missing = [column for column in needed if column not in heads]
    if missing or len(set(heads)) < len(heads):
        twice = sorted({h for h in heads if heads.count(h) > 1})
        what = f"no column {' and no column '.join(missing)}" if missing else f"{twice} more than once"
        raise InvalidData(
            f"The heading of '{file.name}' cannot be used.",
            f"It has {what}; it reads: {', '.join(heads) or 'nothing'}.",
            "Separate columns by tabs, and name them as PEtab does.",
        )
    for number, cells in enumerate(_cells(lines[1:], file), start=2):
        place = f"line {number} of {file.name}"
        if len(cells) > len(heads):
            raise InvalidData(
                f"There are {len(cells)} cells below {len(heads)} headings ({place}).", "", "Remove some."
            )
        if any(cell.strip() for cell in cells):
            yield Row(dict(zip(heads, (cell.strip() for cell in cells), strict=False)), place)


def _cells(lines: list[str], file: Path) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter="\t")
    except csv.Error as error:
        raise InvalidData(f"'{file}' cannot be read.", f"{error}.", "Write it as plain text.") from None
