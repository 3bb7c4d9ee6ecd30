"""One value of the model, with everything that is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quotidian.evidence.basis import Basis
from quotidian.evidence.bibliography import bibliography
from quotidian.evidence.spread import Uncertainty, Variability
from quotidian.units import convert

RECALLED = "recalled"
"""Word of ledgers and bibliography for what is from memory."""
BY_AUTHORS = "by the authors of the source"
"""Begins the basis of a value that its source fitted and reports."""
STATUSES = ("seen", "derived", "recalled", "assumed")


@dataclass(frozen=True)
class Source:
    """A place in a reference: the key in the bibliography, and where to look once it is open."""

    key: str
    place: str

    @property
    def citation(self) -> str:
        """The reference in full."""
        return bibliography()[self.key].citation

    @property
    def status(self) -> str:
        """``seen``, or ``recalled`` where the place or the bibliography says so."""
        return RECALLED if RECALLED in self.place else bibliography()[self.key].status


@dataclass(frozen=True)
class Entry:
    """One parameter; value, variability, uncertainty and plausible range share the unit of the source.

    ``variability`` is that between subjects, ``uncertainty`` that of the value.
    """

    name: str
    module: str
    meaning: str
    symbol: str
    value: float
    unit: str
    variability: Variability
    uncertainty: Uncertainty
    basis: Basis
    sources: tuple[Source, ...]
    plausible: tuple[float, float]
    note: str = ""

    @property
    def status(self) -> str:
        """How the value is known: ``seen``, ``derived``, ``recalled`` or ``assumed``.

        A value is recalled if its source, its basis or its note says so. Otherwise the basis decides: a value
        that was measured, or fitted by the authors of the source, is seen; other derived and fitted values
        are derived; an assumption is assumed.
        """
        words = f"{self.basis.detail} {self.note}"
        if RECALLED in words or any(source.status == RECALLED for source in self.sources):
            return RECALLED
        if self.basis.word == "measured" or BY_AUTHORS in self.basis.detail:
            return "seen"
        return "assumed" if self.basis.word == "assumed" else "derived"

    def value_in(self, unit: str) -> float:
        """The value in another unit.

        Raises
        ------
        InvalidQuantity
            The unit measures something else.
        """
        return convert(self.value, self.unit, unit)

    def plausible_in(self, unit: str) -> tuple[float, float]:
        """The plausible range in another unit; errors as :meth:`value_in`."""
        low, high = self.plausible
        return convert(low, self.unit, unit), convert(high, self.unit, unit)


def as_dict(entry: Entry) -> dict[str, Any]:
    """The entry as plain lists, texts and numbers, ready for JSON, with its sources written out."""
    references = [(source, bibliography()[source.key]) for source in entry.sources]
    return {
        "name": entry.name,
        "module": entry.module,
        "meaning": entry.meaning,
        "symbol": entry.symbol,
        "value": entry.value,
        "unit": entry.unit,
        "variability": {"kind": entry.variability.word, "text": entry.variability.text(entry.unit)},
        "uncertainty": {"kind": entry.uncertainty.word, "text": entry.uncertainty.text(entry.unit)},
        "basis": {"kind": entry.basis.word, "detail": entry.basis.detail},
        "status": entry.status,
        "sources": [
            {"key": source.key, "place": source.place, "citation": found.citation, "doi": found.doi}
            | {"status": source.status}
            for source, found in references
        ],
        "plausible": list(entry.plausible),
        "note": entry.note,
    }
