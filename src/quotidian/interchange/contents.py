"""Contents of an SBML file as our own values: quantities, reactions, rules and events."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from quotidian.errors import InvalidInput, UnknownName, closest
from quotidian.interchange.formula import Formula, Number


@dataclass(frozen=True)
class Quantity:
    """A species, parameter, compartment, stoichiometry or rate of a reaction.

    Attributes
    ----------
    kind : "species", "parameter", "compartment", "stoichiometry", "rate" or "amount". label : its name for
        people.
    initial : value at time 0 of what its id means in a formula (a concentration, or an amount); None where
        the file gives none.
    space : compartment whose size turns amounts into what the id means; None for what is an amount itself.
    home : compartment of a species.
    fixed : reactions leave it alone (boundary condition, or constant).
    constant : the file says that nothing changes it.
    """

    id: str
    kind: str
    label: str
    initial: Formula | None
    space: str | None = None
    fixed: bool = True
    home: str | None = None
    constant: bool = False


@dataclass(frozen=True)
class Reaction:
    """``net`` are species with what each event of the reaction makes of them, in order of the file.

    The law gives an amount in a unit of time.
    """

    id: str
    label: str
    net: tuple[tuple[str, Formula], ...]
    law: Formula


@dataclass(frozen=True)
class Event:
    """Assignments made when ``trigger`` becomes true, or ``delay`` later.

    ``armed`` : at time 0 the trigger counts as false, so that it can fire then.
    ``early`` : the values are those of the instant at which it fired, not at which it acts.
    ``persistent`` : once it has fired, it acts even if its trigger is false again by then.
    ``keeps_densities`` : concentrations stay what they are where it changes the size of their space; an
    event of SBML keeps amounts. ``where`` : how a message names it.
    """

    id: str
    trigger: Formula
    changes: Mapping[str, Formula]
    delay: Formula = field(default=Number(0.0))
    armed: bool = False
    early: bool = True
    priority: Formula | None = None
    persistent: bool = True
    keeps_densities: bool = False
    where: str = ""


@dataclass(frozen=True)
class Balance:
    """An algebraic rule: ``formula`` is 0 at every instant."""

    formula: Formula
    where: str


@dataclass(frozen=True)
class Contents:
    """A whole file. ``factors`` convert amounts of reactions to those of a species, by its id."""

    name: str
    title: str
    time_unit: str
    quantities: Mapping[str, Quantity]
    reactions: tuple[Reaction, ...] = ()
    rules: Mapping[str, Formula] = field(default_factory=dict)
    rates: Mapping[str, Formula] = field(default_factory=dict)
    balances: tuple[Balance, ...] = ()
    events: tuple[Event, ...] = ()
    factors: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def formulas(self) -> Iterator[Formula]:
        """Every formula of the file."""
        yield from (r.law for r in self.reactions)
        yield from (count for r in self.reactions for _, count in r.net)
        yield from (*self.rules.values(), *self.rates.values(), *(b.formula for b in self.balances))
        yield from (q.initial for q in self.quantities.values() if q.initial is not None)
        for event in self.events:
            yield from (event.trigger, event.delay, *event.changes.values())
            yield from (() if event.priority is None else (event.priority,))

    def with_values(self, values: Mapping[str, float]) -> Contents:
        """The same with other values at time 0, by id or name; what the file computes from them follows.

        Raises UnknownName for no quantity of the file, InvalidInput for one that a rule gives and for a value
        that is no finite number.
        """
        changed = dict(self.quantities)
        for text, value in values.items():
            name = identified(text, {q.id: q.label for q in self.quantities.values()}, self.name)
            if name in self.rules:
                why = "A rule gives it at every instant."
                raise InvalidInput(
                    f"'{text}' cannot be set to {value:g}.", why, "Set a quantity on which the rule depends."
                )
            if not math.isfinite(value):
                raise InvalidInput(f"'{text}' cannot be set to {value}.", "", "Give a finite number.")
            if value < 0 and changed[name].kind == "compartment":
                what = f"The compartment '{text}' cannot be set to {value:g}."
                raise InvalidInput(what, "A size is 0 or more.", "Give a size.")
            changed[name] = replace(changed[name], initial=Number(float(value)))
        return replace(self, quantities=changed)


def identified(text: str, labels: Mapping[str, str], model: str) -> str:
    """The id that a text means; ``labels`` are id to ``name`` or ``name@compartment``, any of which will do.

    Raises UnknownName for a text that fits none, or several.
    """
    if text in labels:
        return text
    fits = [i for i, label in labels.items() if text in (label, label.partition("@")[0])]
    if not fits:
        known = {*labels, *(label.partition("@")[0] for label in labels.values())}
        raise UnknownName(f"{model} has no '{text}'.", closest(text, known))
    if len(fits) > 1:
        raise UnknownName(
            f"'{text}' is ambiguous in {model}.",
            f"It could be {' or '.join(f'{i} ({labels[i]})' for i in fits[:4])}.",
            "Give the id.",
        )
    return fits[0]
