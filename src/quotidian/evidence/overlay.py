"""An overlay: values of the ledger, by full name, that replace those of the files for one run.

Entries derived from others follow them (``tied.yaml``), unless the overlay names them itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import isfinite
from pathlib import Path

from quotidian.errors import InvalidInput, closest
from quotidian.evidence.entry import Entry
from quotidian.evidence.formula import Formula
from quotidian.evidence.ledger import Ledger, UnknownEntry, all_ledgers
from quotidian.evidence.reading import read_mapping
from quotidian.units import convert


@cache
def entries() -> Mapping[str, Entry]:
    """Every entry of the package by its full name, such as ``biology.joints.exponent``."""
    return {full_name(entry): entry for ledger in all_ledgers() for entry in ledger.values()}


def full_name(entry: Entry) -> str:
    """Module and name of an entry."""
    return f"{entry.module}.{entry.name}"


@cache
def tied() -> Mapping[str, Formula]:
    """Formulas of entries that are derived from others, by full name."""
    raw = read_mapping(Path(__file__).with_name("tied.yaml"))
    return {name: Formula(str(text)) for name, text in raw.items()}


@dataclass(frozen=True)
class Overlay:
    """Replaced values, (full name, value in the unit of the ledger) each, in order of name; hashable.

    Make one with :meth:`of`. Without entries every reader sees the values of the files.
    """

    replaced: tuple[tuple[str, float], ...] = ()

    @staticmethod
    def of(values: Mapping[str, float]) -> Overlay:
        """The overlay of these values, and of the entries tied to them.

        Raises UnknownEntry for a name that no ledger holds, InvalidInput for a value that is not finite.
        """
        known = entries()
        for name, value in values.items():
            if name not in known:
                raise UnknownEntry(f"No ledger contains '{name}'.", "", closest(name, known))
            if not isfinite(value):
                raise InvalidInput(f"{name} cannot be {value}.", "", "Give a finite number.")
        return Overlay(tuple(sorted((dict(values) | _followers(values)).items())))

    def over(self, other: Overlay) -> Overlay:
        """The values of both; where both have one, that of this overlay counts."""
        return Overlay(tuple(sorted({**other.by_name, **self.by_name}.items())))

    @cached_property
    def by_name(self) -> Mapping[str, float]:
        """Replaced values by full name."""
        return dict(self.replaced)

    def value(self, entry: Entry) -> float:
        """The value of an entry, in its unit."""
        return self.by_name.get(full_name(entry), entry.value)

    def value_in(self, entry: Entry, unit: str) -> float:
        """The value of an entry in another unit. Raises InvalidQuantity for a unit of something else."""
        return convert(self.value(entry), entry.unit, unit)

    def values(self, ledger: Ledger) -> dict[str, float]:
        """Values of a ledger by name of the entry."""
        return {name: self.value(entry) for name, entry in ledger.items()}

    def changed(self, ledger: Ledger) -> dict[str, float]:
        """The replaced values of a ledger alone, by name of the entry."""
        own = self.by_name
        return {n: own[full_name(entry)] for n, entry in ledger.items() if full_name(entry) in own}


def _followers(values: Mapping[str, float]) -> dict[str, float]:
    r"""Tied entries of which an argument is replaced: :math:`v' = v\,f(x')/f(x)`, since v is rounded."""
    known, found = entries(), dict[str, float]()
    for name, formula in tied().items():
        if name in values or not any(x in values for x in formula.names):
            continue
        before = {x: known[x].value for x in formula.names}
        after = {x: found.get(x, values.get(x, known[x].value)) for x in formula.names}
        found[name] = known[name].value * formula(after) / formula(before)
    return found


NO_OVERLAY = Overlay()
"""No value replaced."""
