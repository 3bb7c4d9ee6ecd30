"""A model as plain differential equations, which every program for pharmacometrics takes in some spelling.

It is read back from the SBML that we write, so that what is exported has passed the importer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Event
from quotidian.interchange.formula import Apply, Formula, Name, Number, names, parts
from quotidian.interchange.hybrid.restart import whole_system
from quotidian.interchange.hybrid.system import STILL, System, ordered_rules
from quotidian.interchange.sbml_contents import Reader
from quotidian.interchange.sbml_document import opened

PLAIN = {"+", "-", "*", "/", "^", "exp", "log", "sqrt", "cos", "sin", "abs"}
"""Operations that mean the same in all of them."""
LONGEST_START = 100
"""Most operations of a start that is written as a formula; a longer one is written as its value."""


@dataclass(frozen=True)
class Dose:
    """At ``time`` a state gains ``value`` or, where it ``switches``, an input is set to it."""

    time: float
    target: str
    value: float
    switches: bool


@dataclass(frozen=True)
class OdeSystem:
    """States with rates and starts, constants with values, rules in an order in which each can be computed.

    ``inputs`` are what doses switch, 0 at the start; ``labels`` say what each name means.
    """

    title: str
    time_unit: str
    rates: Mapping[str, Formula]
    starts: Mapping[str, Formula]
    constants: Mapping[str, float]
    rules: Mapping[str, Formula]
    inputs: tuple[str, ...]
    doses: tuple[Dose, ...]
    labels: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that has a name, each once."""
        return (*self.rates, *self.constants, *self.rules, *self.inputs)


def ode_system(sbml: str) -> OdeSystem:
    """The differential equations of an SBML document.

    Raises InvalidInput for events that are no doses, and for conditions.
    """
    contents = Reader(opened(sbml)).contents()
    doses = tuple(d for event in contents.events for d in _doses(event, {*contents.quantities}))
    system = whole_system(contents)
    rates = {n: f for n, f in system.rates.items() if n != STILL}
    read = _read(system, rates)
    rules = {n: system.rules[n] for n in ordered_rules(system.rules)}
    _refuse_conditions(system, [*rates.values(), *rules.values()])
    b = system.beginnings
    constants = {n: v for n, v in b.values.items() if n in read or n in b.derived}
    return OdeSystem(
        contents.title, contents.time_unit, _plain(rates),
        {n: _start(system, n) for n in rates}, constants, _plain(rules), system.inputs, doses,
        {q.id: q.label.partition("@")[0] for q in contents.quantities.values()},
    )  # fmt: skip


def _plain(formulas: Mapping[str, Formula]) -> dict[str, Formula]:
    """Without the second argument of powers and roots, which bounds their slope in the engine."""

    def plain(f: Formula) -> Formula:
        if not isinstance(f, Apply):
            return f
        args = f.args[:1] if f.op == "sqrt" else f.args[:2] if f.op == "^" else f.args
        return Apply(f.op, tuple(plain(a) for a in args))

    return {name: plain(f) for name, f in formulas.items()}


def _read(system: System, rates: Mapping[str, Formula]) -> set[str]:
    waiting = [n for f in (*rates.values(), *system.rules.values()) for n in names(f)]
    waiting += [n for name in rates for n in names(system.beginnings.start(name))]
    return {*waiting}


def _start(system: System, name: str) -> Formula:
    formula = system.beginnings.start(name)
    if sum(1 for _ in parts(formula)) > LONGEST_START or not _all_plain(formula):
        return Number(system.beginnings.value(name))
    return formula


def _all_plain(f: Formula) -> bool:
    return all(p.op in PLAIN for p in parts(f) if isinstance(p, Apply))


def _refuse_conditions(system: System, formulas: list[Formula]) -> None:
    switches = {c.name for c in system.conditions}
    if any(switches & {*names(f)} or not _all_plain(f) for f in formulas):
        raise InvalidInput(
            f"{system.contents.name} has conditions or piecewise formulas.",
            "Only smooth equations are written for these programs.",
            "Export SBML instead.",
        )


def _doses(event: Event, known: set[str]) -> Iterator[Dose]:
    """What an event of ours does. Raises InvalidInput for an event of another kind."""
    match event.trigger:
        case Apply(">=", (Name("time"), Number(time))) if event.delay == Number(0.0):
            for target, formula in event.changes.items():
                match formula:
                    case Number(value):
                        yield Dose(time, target, value, True)
                    case Apply("+", (Name(same), Number(value))) if same == target and target in known:
                        yield Dose(time, target, value, False)
                    case _:
                        raise _no_dose(event)
        case _:
            raise _no_dose(event)


def _no_dose(event: Event) -> InvalidInput:
    return InvalidInput(
        f"The {event.where} is not a dose at a fixed time.",
        "These programs take doses as data.",
        "Export SBML.",
    )
