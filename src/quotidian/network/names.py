"""The quantities of a reaction network: parameters, covariates, inputs, signals, species, compartments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quotidian.evidence import Entry
from quotidian.units import convert


@dataclass(frozen=True)
class Named:
    """A quantity that a law can take as argument.

    ``name`` is unique in a model, ``unit`` is the unit the law sees, ``symbol`` is LaTeX.
    """

    name: str
    unit: str
    meaning: str = ""
    symbol: str = ""

    @property
    def latex(self) -> str:
        """The symbol as LaTeX; without one, the name itself as text."""
        return self.symbol or r"\text{" + self.name.rpartition(".")[2].replace("_", " ") + "}"


@dataclass(frozen=True)
class Parameter(Named):
    """A constant from the ledger, converted to the unit of its law."""

    entry: Entry | None = None

    @property
    def value(self) -> float:
        """Its value, in the unit of its law. Raises ValueError without an entry of the ledger."""
        if self.entry is None:
            raise ValueError(f"{self.name} has no ledger entry")
        return convert(self.entry.value, self.entry.unit, self.unit)


@dataclass(frozen=True)
class Covariate(Named):
    """A property of the subject (weight, age); ``typical`` is its value in the reference subject."""

    typical: float = 1.0


@dataclass(frozen=True)
class Input(Named):
    """A quantity set from outside, which events can change (an infusion rate); ``resting`` before that."""

    resting: float = 0.0


@dataclass(frozen=True)
class Signal(Named):
    """A quantity that one module defines and others read; it is not a state of the model."""


@dataclass(frozen=True)
class Sum(Signal):
    """A signal to which any number of modules add; 0 where none does."""


@dataclass(frozen=True)
class Part(Signal):
    """The contribution of one module to a sum."""

    of: Sum | None = None


@dataclass(frozen=True)
class Compartment:
    """A compartment; amounts transferred into or out of it are divided by its volume."""

    name: str
    volume: Named | None = None


@dataclass(frozen=True)
class Species(Named):
    """A state of the model.

    ``usual`` is its usual range in ``unit``; its upper end scales the solver's absolute tolerance.
    """

    usual: tuple[float, float] = (0.0, 1.0)
    within: Compartment | None = None

    @property
    def volume(self) -> Named | None:
        """Volume of its compartment, if that has one."""
        return self.within.volume if self.within is not None else None

    def __add__(self, other: Species | Side) -> Side:
        return Side({self: 1}) + other

    def __rmul__(self, count: int) -> Side:
        return Side({self: count})

    def __rshift__(self, other: Species | Side) -> Arrow:
        return Side({self: 1}) >> other


@dataclass(frozen=True)
class Side:
    """One side of an arrow: species with their stoichiometric numbers."""

    counts: Mapping[Species, int] = field(default_factory=dict)

    def __add__(self, other: Species | Side) -> Side:
        merged = dict(self.counts)
        for species, count in _side(other).counts.items():
            merged[species] = merged.get(species, 0) + count
        return Side(merged)

    def __rshift__(self, other: Species | Side) -> Arrow:
        return Arrow(self, _side(other))

    def __str__(self) -> str:
        """``2 a + b``, or ``nothing``."""
        terms = (s.name if count == 1 else f"{count} {s.name}" for s, count in self.counts.items())
        return " + ".join(terms) or "nothing"


@dataclass(frozen=True)
class Arrow:
    """The reactants and the products of a flux."""

    takes: Side
    makes: Side

    @property
    def net(self) -> dict[Species, int]:
        """Net stoichiometry: species to the number made per event (negative when consumed)."""
        change: dict[Species, int] = {}
        for species, count in self.makes.counts.items():
            change[species] = change.get(species, 0) + count
        for species, count in self.takes.counts.items():
            change[species] = change.get(species, 0) - count
        return {species: count for species, count in change.items() if count}

    @property
    def species(self) -> tuple[Species, ...]:
        """Every species on either side, changed or not."""
        return tuple({**self.takes.counts, **self.makes.counts})

    def __str__(self) -> str:
        """``a + b >> ab``."""
        return f"{self.takes} >> {self.makes}"


def _side(thing: Species | Side) -> Side:
    return thing if isinstance(thing, Side) else Side({thing: 1})


NOTHING = Side({})
"""The empty side of a reaction: a source or a sink."""
TIME = Signal("time", "h", "hours since midnight before the first day", "t")
"""Time, in hours from midnight of day 0."""
