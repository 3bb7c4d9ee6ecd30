"""The evidence in a report: the ledger by basis, and numbered references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quotidian.evidence import Assumed, Derived, Entry, Fitted, Ledger, Measured, Reference, bibliography
from quotidian.trials.result import TrialResult

BASES: Mapping[str, str] = {
    Measured.word: "the source reports the value itself",
    Derived.word: "arithmetic on reported values",
    Fitted.word: "estimated so that the model agrees with a reported result",
    Assumed.word: "chosen because no source determines it",
}
"""Each basis with its meaning, the strongest first."""

_KEY = re.compile(r"\w+")


@dataclass(frozen=True)
class Group:
    """All entries of one basis."""

    word: str
    meaning: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Citation:
    """The origin of a number: a numbered reference with the place in it, or text only."""

    number: int | None
    text: str


class References:
    """The references of a report, numbered in alphabetical order."""

    def __init__(self, keys: Iterable[str]) -> None:
        known = bibliography()
        cited = {known[key].citation.casefold(): known[key] for key in keys if key in known}
        self.all: tuple[Reference, ...] = tuple(cited[name] for name in sorted(cited))
        self._numbers = {reference.key: i for i, reference in enumerate(self.all, start=1)}

    def number(self, key: str) -> int:
        """The number of a reference that is cited."""
        return self._numbers[key]

    def find(self, source: str) -> Reference | None:
        """The reference that a text names by its key, alone or followed by a place."""
        key = key_of(source)
        return bibliography()[key] if key in self._numbers else None

    def cite(self, source: str) -> Citation:
        """The citation of a text that names a source: number and place; the text itself if it names none."""
        reference = self.find(source)
        if reference is None:
            return Citation(None, source)
        place = source.strip()[len(reference.key) :].strip(" ,;:")
        return Citation(self.number(reference.key), place)


def key_of(source: str) -> str:
    """The first word of a text: the key, if it is one."""
    found = _KEY.match(source.strip())
    return found[0] if found else ""


def grouped(ledgers: Sequence[Ledger]) -> tuple[Group, ...]:
    """The entries of all ledgers by basis, the strongest first; a basis without entries is kept."""
    entries = [entry for ledger in ledgers for entry in ledger.values()]
    return tuple(
        Group(word, meaning, tuple(entry for entry in entries if entry.basis.word == word))
        for word, meaning in BASES.items()
    )


def counted_by_module(ledgers: Sequence[Ledger]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The number of entries of each ledger by basis, in the order of ``BASES``."""
    return tuple(
        (ledger.module, tuple(sum(e.basis.word == word for e in ledger.values()) for word in BASES))
        for ledger in ledgers
    )


def references_of(result: TrialResult, ledgers: Sequence[Ledger]) -> References:
    """Every reference that the result or a ledger uses."""
    keys = [source.key for ledger in ledgers for entry in ledger.values() for source in entry.sources]
    keys += [key_of(row.source) for row in result.rows]
    keys += [key_of(row.source) for row in result.baseline]
    return References([*keys, key_of(result.citation)])
