"""Events of a file as events of the engine: a value is added to or set on a state, an input is switched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from quotidian.errors import InvalidInput
from quotidian.interchange.affine import Affine, NotAffine, Term
from quotidian.interchange.contents import Event
from quotidian.interchange.formula import evaluate, names, written
from quotidian.interchange.initial_values import Beginnings
from quotidian.interchange.timing import TRUTH, timeline


@dataclass(frozen=True)
class Happening:
    """At ``time`` a state gains ``value`` ("add"), or a state or an input is given it ("set", "switch")."""

    time: float
    kind: Literal["add", "set", "switch"]
    name: str
    value: float


@dataclass(frozen=True)
class _Act:
    """An event that acts: when it fired, when it acts, and its place among others of that instant."""

    event: Event
    fired: float
    acts: float
    place: tuple[float, int]


def happenings(beginnings: Beginnings, events: tuple[Event, ...]) -> tuple[Happening, ...]:
    """All that happens, in order of time.

    Raises InvalidInput for an event that waits for a state, changes a compartment or what a rule gives, or
    sets a state to anything but a number, or itself and a number.
    """
    acts = [act for i, event in enumerate(events) for act in _acts(beginnings, event, i)]
    inputs = {name: beginnings.value(name) for name in sorted(beginnings.switched)}
    found: list[Happening] = []
    for instant in sorted({act.acts for act in acts}):
        due = sorted((act for act in acts if act.acts == instant), key=lambda act: act.place)
        found += _at(beginnings, instant, due, inputs)
    return tuple(found)


def _acts(b: Beginnings, event: Event, number: int) -> Iterator[_Act]:
    """Each time that an event fires."""
    where = f"event '{event.id}'"
    for name in event.changes:
        if name in b.rules or b.quantities[name].kind == "compartment":
            owner = (
                "a rule gives it at every instant" if name in b.rules else "it is the size of a compartment"
            )
            raise InvalidInput(
                f"The {where} changes '{name}', which is not supported.",
                f"There {owner}." if name in b.rules else f"That is so because {owner}.",
                "Change a species or a parameter.",
            )
    trigger, delay = b.in_full(event.trigger), b.in_full(event.delay)
    moved = {*names(trigger), *names(delay)} & (b.moving | b.switched)
    if moved:
        raise InvalidInput(
            f"The {where} waits for {', '.join(sorted(moved))}.",
            f"Its trigger is {written(event.trigger)[:120]}; events must be at instants known beforehand.",
            "Let it fire at a time: time >= a constant.",
        )
    for fired in timeline(trigger, b.values, f"the {where}").rises(before=not event.armed):
        wait = float(evaluate(delay, {**b.values, "time": fired}, TRUTH))
        if wait > 0 and event.early and _reads_state(b, event):
            raise InvalidInput(
                f"The {where} remembers a state while it is delayed.",
                "Its assignments use values of the instant at which it fired, not of that at which it acts.",
                "Let it fire later instead of delaying it, or set useValuesFromTriggerTime to false.",
            )
        yield _Act(event, fired, fired + wait, (-event.priority, number))


def _reads_state(b: Beginnings, event: Event) -> bool:
    return any(n in b.moving or n in b.switched for f in event.changes.values() for n in names(b.in_full(f)))


def _at(b: Beginnings, instant: float, due: list[_Act], inputs: dict[str, float]) -> Iterator[Happening]:
    """One instant: early events read what was before it, the others what those ahead of them left."""
    before: dict[str, Term] = {**b.values, **inputs, **{n: Affine(0.0, {n: 1.0}) for n in b.moving}}
    now, last = dict(before), dict[str, Event]()
    for act in due:
        seen = before if act.event.early else dict(now)
        for name in act.event.changes:
            now[name], last[name] = _value(b, act, name, seen), act.event
    for name, event in last.items():
        change = Affine() + now[name]
        slopes = dict(change.slopes)
        if name in inputs and not slopes:
            inputs[name] = change.constant
            yield Happening(instant, "switch", name, change.constant)
        elif name in b.moving and slopes in ({}, {name: 1.0}):
            yield Happening(instant, "add" if slopes else "set", name, change.constant)
        else:
            raise _no_number(event, name)


def _value(b: Beginnings, act: _Act, name: str, values: Mapping[str, Term]) -> Term:
    formula = b.in_full(act.event.changes[name])
    time = act.fired if act.event.early else act.acts
    try:
        result: Term = evaluate(formula, {**values, "time": time}, TRUTH)
    except (NotAffine, TypeError, KeyError):
        raise _no_number(act.event, name) from None
    return result


def _no_number(event: Event, name: str) -> InvalidInput:
    return InvalidInput(
        f"The event '{event.id}' sets '{name}' to {written(event.changes[name])[:120]}.",
        "An event may give a quantity a number, or add one to it; this depends on other states.",
        "Let it add or set a number that constants give.",
    )
