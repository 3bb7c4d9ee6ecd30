"""A PEtab problem as our own values, the same for both versions of the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quotidian.errors import InvalidData, InvalidQuantity, UnknownName, closest
from quotidian.interchange.contents import Contents
from quotidian.interchange.formula import Formula
from quotidian.interchange.petab.priors import Prior

Changes = Mapping[str, Formula]


@dataclass(frozen=True)
class Parameter:
    """``scale`` (lin, log, log10) is that on which it is estimated; values and bounds are not scaled."""

    id: str
    nominal: float
    lower: float
    upper: float
    estimated: bool
    scale: str = "lin"
    prior: Prior | None = None


@dataclass(frozen=True)
class Observable:
    """What is measured, and its noise.

    Attributes
    ----------
    formula, noise : in terms of the model, of parameters, and of placeholders that measurements replace.
    family : "normal" or "laplace". transformation : "lin", "log" or "log10", the scale of the residual.
    placeholders, noise_placeholders : names in the order in which a measurement gives them.
    """

    id: str
    formula: Formula
    noise: Formula
    family: str
    transformation: str
    placeholders: tuple[str, ...] = ()
    noise_placeholders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """What is done to the model.

    Attributes
    ----------
    start : time of the beginning. settled : changes of a time without end before it; None for none.
    first : changes at the start. later : times and changes after it, ascending.
    feeds_starts : what ``first`` changes before any settling acts on what the model computes for its start
        (version 1). Version 2 does not say, and a run is refused where it matters.
    resets : after settling, what ``first`` does not change is again what the model says, states excepted
        (version 1); else it stays (version 2).
    """

    id: str
    start: float = 0.0
    settled: Changes | None = None
    first: Changes = field(default_factory=dict)
    later: tuple[tuple[float, Changes], ...] = ()
    feeds_starts: bool = False
    resets: bool = False

    @property
    def changes(self) -> tuple[Changes, ...]:
        """All of them, in order of time."""
        return (self.settled or {}, self.first, *(changes for _, changes in self.later))

    def renamed(self, names: Mapping[str, str]) -> Experiment:
        """With other names for what it changes. Raises InvalidData where a change has two."""
        settled = None if self.settled is None else _renamed(self.settled, names)
        later = tuple((time, _renamed(changes, names)) for time, changes in self.later)
        return replace(self, settled=settled, first=_renamed(self.first, names), later=later)


def _renamed(changes: Changes, names: Mapping[str, str]) -> Changes:
    found = {names.get(target, target): value for target, value in changes.items()}
    if len(found) < len(changes):
        twice = next(t for t in changes if names.get(t, t) != t and names[t] in changes)
        raise InvalidData(
            f"A condition changes '{twice}' and '{names[twice]}'.",
            "The mapping table states that they are the same quantity.", "Keep one of the changes.",
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Measurement:
    """One row of the measurement table; ``time`` may be infinite, when everything has settled."""

    observable: str
    experiment: str
    model: str
    time: float
    value: float
    parameters: tuple[Formula, ...]
    noise_parameters: tuple[Formula, ...]
    cells: Mapping[str, str]
    place: str


@dataclass(frozen=True)
class Problem:
    """A whole problem. ``experiments`` by their key in the measurements; the models by id; ``aliases`` are
    names of the mapping table, with the names of the models."""

    version: int
    models: Mapping[str, Contents]
    parameters: Mapping[str, Parameter]
    observables: Mapping[str, Observable]
    experiments: Mapping[str, Experiment]
    measurements: tuple[Measurement, ...]
    warnings: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def estimated(self) -> tuple[str, ...]:
        """Ids of what is to be estimated."""
        return tuple(p.id for p in self.parameters.values() if p.estimated)

    def values(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """Nominal values, or others, unscaled. Raises UnknownName, InvalidQuantity for what is none."""
        found = {p.id: p.nominal for p in self.parameters.values()}
        for name, value in (given or {}).items():
            if name not in found:
                raise UnknownName(f"The problem has no parameter '{name}'.", closest(name, found))
            found[name] = float(value)
        for name, value in found.items():
            if value != value:
                raise InvalidQuantity(
                    f"'{name}' has no value.", "Its nominalValue is empty.", f"Give one: {name}=VALUE."
                )
        return found
