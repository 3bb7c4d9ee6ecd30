"""The one bibliography: every source that an entry of the ledger or a published number may cite."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from quotidian.errors import LedgerError, closest
from quotidian.evidence.reading import read_mapping

STATUSES = ("seen", "recalled")
"""``seen``: the numbers were read in a public page or file. ``recalled``: they are from memory."""
NOT_FOUND = "not found"
"""Beginning of a field whose content was not found."""
PAPER = ("authors", "title", "journal", "year", "volume", "pages")
"""What a paper says; a label, a page or a program has an edition instead."""

_FIELDS = ("citation", *PAPER, "edition", "doi", "pmid", "status", "note")
_FILE = Path(__file__).with_name("bibliography.yaml")
_NAMED = 3
_WORD = re.compile(r"\b[a-z]\w+\b")


@dataclass(frozen=True)
class Reference:
    """A paper, label, file or page.

    ``citation`` is short, as in a sentence. Of authors, title, journal, year, volume, pages and edition those
    that do not apply are empty, and those not found begin with `NOT_FOUND`. ``doi`` and ``pmid`` are
    empty where none is known; ``note`` says which part was recalled.
    """

    key: str
    citation: str
    doi: str
    status: str
    note: str
    pmid: str = ""
    edition: str = ""
    authors: str = ""
    title: str = ""
    journal: str = ""
    year: str = ""
    volume: str = ""
    pages: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields that were not found."""
        return tuple(name for name in (*PAPER, "edition") if getattr(self, name).startswith(NOT_FOUND))

    @property
    def full(self) -> str:
        """For a list of references: the first authors, title, journal, year, volume and pages."""
        if not self.title:
            edition = "edition not found" if "edition" in self.missing else self.edition
            return f"{self.citation.rstrip('.')}. {edition[0].upper()}{edition[1:]}."
        if "title" in self.missing:
            return f"{self.citation.rstrip('.')}. Not found: {', '.join(self.missing)}."
        names = self.authors.split(", ")
        several = len(names) > _NAMED and "authors" not in self.missing
        authors = f"{', '.join(names[:_NAMED])}, et al" if several else self.authors
        known = {name: "" if name in self.missing else getattr(self, name) for name in PAPER}
        where = f"{known['journal']} {known['year']}".strip() or self.citation
        volume = f";{known['volume']}" if known["volume"] else ""
        pages = f":{known['pages']}" if known["pages"] else ""
        by = "" if "authors" in self.missing else f"{authors.rstrip('.')}. "
        return f"{by}{self.title.rstrip('.')}. {where}{volume}{pages}."


@cache
def bibliography() -> Mapping[str, Reference]:
    """All references by key.

    Raises
    ------
    LedgerError
        An entry is incomplete without saying so, or has an unknown field.
    """
    return read_bibliography(_FILE)


def cited(text: str) -> str:
    """The text with every key of the bibliography replaced by the short citation of its source."""
    known = bibliography()
    return _WORD.sub(lambda found: known[found[0]].citation if found[0] in known else found[0], text)


def read_bibliography(path: Path) -> Mapping[str, Reference]:
    """The references of one file; errors as :func:`bibliography`."""
    return MappingProxyType({key: _reference(path, key, body) for key, body in read_mapping(path).items()})


def _reference(path: Path, key: str, body: Any) -> Reference:
    where = f"{path.name}, {key}"
    if not isinstance(body, dict):
        raise LedgerError(f"{where}: no fields.", "", "Write citation: and status: below it.")
    for field in body:
        if field not in _FIELDS:
            raise LedgerError(f"{where}: unknown field '{field}'.", "", closest(str(field), _FIELDS))
    if any(not isinstance(text, str) for text in body.values()) or not body.get("citation", "").strip():
        raise LedgerError(f"{where}: citation and all other fields must be texts.", "", "Quote them.")
    if body.get("status") not in STATUSES:
        raise LedgerError(f"{where}: no status.", "", f"Write status: {' or status: '.join(STATUSES)}.")
    wanted = ("edition",) if "edition" in body else PAPER
    if lacking := [field for field in wanted if not body.get(field, "").strip()]:
        raise LedgerError(
            f"{where}: {', '.join(lacking)} missing.",
            "A paper is cited in full; a label, page or program with its edition.",
            f"Write what is known, or '{NOT_FOUND}'.",
        )
    doi = body.get("doi", "")
    if doi and not doi.startswith("10."):
        raise LedgerError(
            f"{where}: '{doi}' is not a DOI.", "A DOI starts with 10.", "Put other links in note."
        )
    return Reference(key, **{"doi": "", "note": ""} | body)
