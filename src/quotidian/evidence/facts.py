"""Facts: published results that were added after version 0.1, with or without a counterpart in the program.

An entry is brief, as in a table. ``says`` names the quantities and ``value`` gives them in the same order,
as printed. A semicolon separates quantities; a slash separates groups, arms or times. ``spread`` and ``n``
follow the same order. Abbreviations are those of docs/glossary.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from quotidian.errors import LedgerError, closest
from quotidian.evidence.bibliography import bibliography
from quotidian.evidence.entry import Source
from quotidian.evidence.reading import read_mapping

STATUSES = ("seen", "derived", "recalled")
"""``seen``: read in a public text. ``derived``: computed from such numbers. ``recalled``: from memory."""

_FOLDER = Path(__file__).with_name("facts")
_REQUIRED = ("says", "value", "unit", "source", "status")
_OPTIONAL = ("spread", "n", "population", "counterpart", "no_counterpart_yet", "note")


@dataclass(frozen=True)
class Fact:
    """A published result as printed.

    ``counterpart`` names the ledger entry or the test that uses it; ``no_counterpart_yet`` is the reason why
    there is none. A row of the scoreboard may cite a fact instead.
    """

    id: str
    says: str
    value: str
    unit: str
    sources: tuple[Source, ...]
    status: str
    spread: str = ""
    n: str = ""
    population: str = ""
    counterpart: str = ""
    no_counterpart_yet: str = ""
    note: str = ""


@cache
def facts() -> Mapping[str, Fact]:
    """All facts by id.

    Raises LedgerError for one that lacks a field, a source of the bibliography, or stands twice.
    """
    found: dict[str, Fact] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        read = read_facts(path)
        if twice := sorted(set(read) & set(found)):
            raise LedgerError(
                f"{path.name}: {', '.join(twice)} also occurs in another file.", "", "Remove one."
            )
        found |= read
    return MappingProxyType(found)


def read_facts(path: Path) -> Mapping[str, Fact]:
    """The facts of one file; errors as :func:`facts`."""
    return {name: _fact(f"{path.name}, {name}", name, body) for name, body in read_mapping(path).items()}


def _fact(where: str, name: str, body: Any) -> Fact:
    fields = (*_REQUIRED, *_OPTIONAL)
    if not isinstance(body, dict):
        raise LedgerError(f"{where}: no fields.", "", f"Write below it: {', '.join(_REQUIRED)}.")
    for field, content in body.items():
        if field not in fields:
            raise LedgerError(f"{where}: unknown field '{field}'.", "", closest(str(field), fields))
        if field != "source" and not (isinstance(content, str) and content.strip()):
            raise LedgerError(f"{where}: {field} must be a text.", "", "Quote it.")
    if lacking := [field for field in _REQUIRED if field not in body]:
        raise LedgerError(f"{where}: {', '.join(lacking)} missing.", "", "Write what the source says.")
    if body["status"] not in STATUSES:
        raise LedgerError(f"{where}: no status.", "", f"Write status: {', '.join(STATUSES)}.")
    if not body.get("no_counterpart_yet", "because ").startswith("because "):
        raise LedgerError(f"{where}: no reason.", "", "Write no_counterpart_yet: because ...")
    raw = body["source"]
    sources = tuple(_source(where, one) for one in (raw if isinstance(raw, list) else [raw]))
    return Fact(id=name, sources=sources, **{k: v for k, v in body.items() if k != "source"})


def _source(where: str, raw: Any) -> Source:
    if not (isinstance(raw, dict) and set(raw) == {"key", "place"} and raw["key"] in bibliography()):
        raise LedgerError(
            f"{where}: {raw!r} is not a source.",
            "",
            "Write {key: .., place: ..}, with a key of the bibliography.",
        )
    return Source(raw["key"], str(raw["place"]))
