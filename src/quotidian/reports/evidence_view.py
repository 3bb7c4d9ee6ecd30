"""The evidence in a report: the ledger by basis, and numbered references."""

from __future__ import annotations

import csv
import io
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
_EVERY_TRIAL = ("patients.", "trials.")
"""Ledgers of all virtual children and of all measurements."""


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
    """The references of a report: those of its text in alphabetical order, then those of its values alone."""

    def __init__(self, keys: Iterable[str], of_values: Iterable[str] = ()) -> None:
        self.text = _by_citation(keys)
        self.values = tuple(one for one in _by_citation(of_values) if one not in self.text)
        self._numbers = {one.key: i for i, one in enumerate((*self.text, *self.values), start=1)}

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


def _by_citation(keys: Iterable[str]) -> tuple[Reference, ...]:
    """The known references among keys, each once, in the order of their citations."""
    known = bibliography()
    cited = {known[key].citation.casefold(): known[key] for key in keys if key in known}
    return tuple(cited[name] for name in sorted(cited))


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


def used_by(result: TrialResult, ledgers: Iterable[Ledger]) -> tuple[Ledger, ...]:
    """The ledgers of the model, the drugs, the children and the measurements of this trial.

    All of them, if the result does not name the modules of its model.
    """
    if not result.modules:
        return tuple(ledgers)
    model = result.provenance.get("model", "")
    own = {f"models.{model}", f"indications.diseases.{model}", "drugs.safety"}
    own |= {f"{layer}.{name}" for layer in ("biology", "drugs") for name in result.modules}
    return tuple(one for one in ledgers if one.module in own or one.module.startswith(_EVERY_TRIAL))


def evidence_csv(ledgers: Sequence[Ledger]) -> str:
    """Every value as comma-separated text: name, meaning, value, unit, variability, uncertainty, basis, and
    its sources in full."""
    known, text = bibliography(), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("name", "meaning", "value", "unit", "variability", "uncertainty", "basis", "detail", "sources")
    )
    for one in (entry for ledger in ledgers for entry in ledger.values()):
        sources = (f"{known[s.key].citation}, {s.place}" for s in one.sources if s.key in known)
        ranges = (one.variability.text(one.unit), one.uncertainty.text(one.unit))
        name, basis = f"{one.module}.{one.name}", one.basis
        writer.writerow(
            (
                name,
                one.meaning,
                f"{one.value:g}",
                one.unit,
                *ranges,
                basis.word,
                basis.detail,
                "; ".join(sources),
            )
        )
    return text.getvalue()


def references_of(result: TrialResult, ledgers: Sequence[Ledger]) -> References:
    """The references of the design, the published results and the baseline; then those of the values."""
    values = [source.key for ledger in ledgers for entry in ledger.values() for source in entry.sources]
    keys = [key_of(row.source) for row in result.rows] + [key_of(row.source) for row in result.baseline]
    return References([*keys, key_of(result.citation)], values)
