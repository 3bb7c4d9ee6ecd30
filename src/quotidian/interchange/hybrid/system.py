"""A file as one hybrid system: smooth equations between instants, and what happens at these."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents, Event
from quotidian.interchange.formula import Apply, Formula, Name, Number, evaluate, names
from quotidian.interchange.hybrid.conditions import Condition
from quotidian.interchange.hybrid.initial_values import Beginnings
from quotidian.interchange.hybrid.instant import Values
from quotidian.interchange.hybrid.switching import Conditions

SMALL = 1e-6
"""Part of the largest start that counts as the usual size of what starts lower. Assumed, because a file says
nothing of usual sizes; it scales the absolute tolerance of what starts at 0."""
NEAR = 1e-9
"""Part of the usual size of a base up to which a broken power has a bounded slope: the absolute tolerance."""
MOST_STATES = 1000
"""States of a file. The solver is dense: code for a thousand compiles in a minute, for 2,000 in five."""
STILL = "nothing moves"
"""The state of a file without one: the engine needs something to integrate."""


@dataclass(frozen=True)
class System:
    """Rates, rules and events of a file with switches in place of comparisons that turn over."""

    contents: Contents
    beginnings: Beginnings
    rates: dict[str, Formula]
    rules: dict[str, Formula]
    events: tuple[Event, ...]
    conditions: tuple[Condition, ...]

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Names of what moves, in order of the file."""
        return tuple(self.rates)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of what only events change."""
        return tuple(sorted(self.beginnings.switched))

    @cached_property
    def measures(self) -> dict[str, Formula]:
        """Amount and concentration of each species, whichever its id means: ``amount(S)``, ``[S]``."""
        found: dict[str, Formula] = {}
        for q in self.contents.quantities.values():
            if q.kind == "species":
                space, itself = q.space or q.home, Name(q.id)
                found[f"amount({q.id})"] = itself * Name(q.space) if q.space else itself
                if space is not None:
                    found[f"[{q.id}]"] = itself if q.space else itself / Name(space)
        return found

    @cached_property
    def sizes(self) -> dict[str, float]:
        """Usual size of each state, from where they start."""
        starts = {name: abs(self.beginnings.finite(name)) for name in self.states if name != STILL}
        largest = max(starts.values(), default=0.0) or 1.0
        return {name: max(start, SMALL * largest) for name, start in starts.items()} | {STILL: 1.0}

    def start(self) -> Values:
        """Values at time 0."""
        b = self.beginnings
        starts = {name: 0.0 if name == STILL else b.finite(name) for name in self.states}
        inputs = {name: _unless_missing(b, name) for name in self.inputs}
        return Values(self.rules, self.conditions, b.values, {**starts, **inputs}, 0.0)


def system_of(contents: Contents) -> System:
    """The hybrid system of lowered contents.

    Raises InvalidInput for a rate that reads what has no value, and for more than ``MOST_STATES`` states.
    """
    _refuse_large(contents)
    b = Beginnings(contents)
    conditions = Conditions(b)
    order = {name: None for name in contents.quantities if name in b.moving}
    rates = {name: conditions.switched(contents.rates[name]) for name in order}
    rules = {name: conditions.switched(formula) for name, formula in contents.rules.items()}
    events = tuple(_switched(event, conditions) for event in contents.events)
    for name, formula in contents.rates.items():
        _refuse_missing(b, formula, f"the rate of '{name}'")
    system = System(
        contents, b, rates or {STILL: Number(0.0)}, rules, events, tuple(conditions.found.values())
    )
    return _with_slopes_bounded(system)


def _unless_missing(b: Beginnings, name: str) -> float:
    if b.quantities[name].initial is None:
        return math.nan
    return b.value(name)


def _refuse_large(contents: Contents) -> None:
    if len(contents.rates) > MOST_STATES:
        raise InvalidInput(
            f"The model has {len(contents.rates):,} states, and at most {MOST_STATES:,} are solved.",
            "Its Jacobian is factorised as a dense matrix, and its code would compile for minutes.",
            "Simulate it with a program that has sparse solvers, or a part of it here.",
        )


def _refuse_missing(b: Beginnings, formula: Formula, where: str) -> None:
    for name in sorted(b.reads(formula) & {*b.unknown}):
        if b.quantities[name].initial is None:
            raise InvalidInput(
                f"'{name}' has no value.",
                f"The file gives it neither a number nor an initial assignment, and {where} reads it.",
                f"Set it in the file, or from outside: {name}=VALUE.",
            )


def _switched(event: Event, conditions: Conditions) -> Event:
    return replace(
        event,
        trigger=conditions.switched(event.trigger),
        delay=conditions.switched(event.delay),
        priority=None if event.priority is None else conditions.switched(event.priority),
        changes={name: conditions.switched(f) for name, f in event.changes.items()},
    )


# ---- powers whose slope has no bound
def _with_slopes_bounded(s: System) -> System:
    """With each broken power and root next to the size of its base at which its slope is bounded."""
    sizes = dict.fromkeys((*s.inputs, *(c.name for c in s.conditions)), 1.0)
    constants = {name: abs(value) for name, value in s.beginnings.values.items()}
    at_size = Values(s.rules, (), constants, {**sizes, **s.sizes}, 1.0)

    def bounded(formula: Formula) -> Formula:
        if not isinstance(formula, Apply):
            return formula
        args = tuple(bounded(a) for a in formula.args)
        broken = formula.op == "sqrt" or (formula.op == "^" and not _whole(args[1]))
        return Apply(formula.op, (*args, *([_near(args[0])] if broken else [])))

    def _near(base: Formula) -> Number:
        try:
            size = abs(float(evaluate(base, at_size)))
        except (KeyError, TypeError, ArithmeticError, ValueError):
            size = 1.0
        return Number(NEAR * (size if 0 < size < math.inf else 1.0))

    rates = {name: bounded(f) for name, f in s.rates.items()}
    rules = {name: bounded(f) for name, f in s.rules.items()}
    conditions = tuple(replace(c, sides=(bounded(c.sides[0]), bounded(c.sides[1]))) for c in s.conditions)
    return replace(s, rates=rates, rules=rules, conditions=conditions)


def _whole(exponent: Formula) -> bool:
    return isinstance(exponent, Number) and exponent.value.is_integer()


def ordered_rules(rules: dict[str, Formula]) -> Iterator[str]:
    """Names of rules, each after those that it reads. Raises InvalidInput for a circle."""
    done: dict[str, None] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            chain = " reads ".join([*path[path.index(name) :], name])
            raise InvalidInput("Rules have a circular definition.", f"{chain}.", "Give one of them a rate.")
        if name not in done:
            for other in names(rules[name]):
                if other in rules:
                    visit(other, (*path, name))
            done[name] = None

    for name in rules:
        visit(name, ())
    yield from done
