"""Find entries by words."""

from __future__ import annotations

from collections.abc import Iterable

from quotidian.evidence.entry import Entry
from quotidian.evidence.ledger import Ledger, all_ledgers


def search(text: str, ledgers: Iterable[Ledger] | None = None) -> list[Entry]:
    """Entries in which every word of ``text`` occurs, whatever its case; all of them for an empty text.

    Looked through: name, module, meaning, note, basis, and key, place and citation of each source.

    Parameters
    ----------
    text : words separated by blanks; order does not matter, parts of words count.
    ledgers : where to look; by default in every ledger of the package.
    """
    words = text.casefold().split()
    places = all_ledgers() if ledgers is None else ledgers
    return [e for ledger in places for e in ledger.values() if all(word in _haystack(e) for word in words)]


def _haystack(entry: Entry) -> str:
    cited = (f"{source.key} {source.place} {source.citation}" for source in entry.sources)
    basis = f"{entry.basis.word} {entry.basis.detail}"
    return " ".join([entry.name, entry.module, entry.meaning, entry.note, basis, *cited]).casefold()
