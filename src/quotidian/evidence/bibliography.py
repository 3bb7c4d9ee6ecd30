"""The one bibliography: every source an entry of the ledger may cite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from quotidian.errors import LedgerError, closest
from quotidian.evidence.reading import read_mapping

STATUSES = ("seen", "recalled")
"""``seen``: the numbers were read in a public page or file. ``recalled``: they await that check."""

_FIELDS = ("citation", "doi", "status", "note")
_FILE = Path(__file__).with_name("bibliography.yaml")


@dataclass(frozen=True)
class Reference:
    """A paper, label, file or page.

    ``doi`` is empty where none is known; ``note`` says which part was recalled.
    """

    key: str
    citation: str
    doi: str
    status: str
    note: str


@cache
def bibliography() -> Mapping[str, Reference]:
    """All references by key.

    Raises
    ------
    LedgerError
        An entry lacks its citation or status, or has an unknown field.
    """
    return read_bibliography(_FILE)


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
    doi = body.get("doi", "")
    if doi and not doi.startswith("10."):
        raise LedgerError(f"{where}: '{doi}' is no DOI.", "A DOI starts with 10.", "Put other links in note.")
    return Reference(key, body["citation"], doi, body["status"], body.get("note", ""))
