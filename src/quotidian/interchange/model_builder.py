"""Build a model from the contents of a file: species, laws, initial conditions, observables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents, Reaction
from quotidian.interchange.formula import Formula, Name, Number, law
from quotidian.interchange.initial_values import Beginnings
from quotidian.interchange.selection import Smoother
from quotidian.interchange.timetable import Happening, happenings
from quotidian.network import (
    NOTHING,
    TIME,
    AssignmentRule,
    Compartment,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Signal,
    Species,
    Transfer,
)
from quotidian.network.names import Arrow, Named, Side

SMALL = 1e-6
"""Part of the largest start that counts as the usual size of what starts lower. Assumed, because a file says
nothing of usual sizes; it scales the absolute tolerance of what starts at 0."""


def built(contents: Contents) -> tuple[Model, tuple[Happening, ...]]:
    """The model of a file, and what happens to it.

    Raises InvalidInput for what no law or event can say.
    """
    builder = _Builder(contents)
    module = builder.module()
    model = Model(contents.name, contents.title, (module,), audited=False)
    return model, builder.timetable()


class _Builder:
    """Builds the quantities of one file, then its laws."""

    def __init__(self, contents: Contents) -> None:
        self.contents, self.quantities = contents, contents.quantities
        self.beginnings = Beginnings(contents)
        self.smoother = Smoother(self.beginnings)
        self.moving = [name for name in self.quantities if name in self.beginnings.moving]
        _refuse_changing_spaces(self.beginnings)
        starts = {name: abs(self.beginnings.value(name)) for name in self.moving}
        largest = max(starts.values(), default=0.0) or 1.0
        self.sizes = {name: max(start, SMALL * largest) for name, start in starts.items()}
        self.nouns: dict[str, Named] = {TIME.name: TIME}

    def timetable(self) -> tuple[Happening, ...]:
        """Events of the file and switches of its conditions, in order of time."""
        found = list(happenings(self.beginnings, self.contents.events))
        for switch in self.smoother.switches.values():
            found += [Happening(time, "switch", switch.name, value) for time, value in switch.changes]
        return tuple(sorted(found, key=lambda h: h.time))

    def module(self) -> Module:
        """Everything in one module."""
        b = self.beginnings
        shown = [q for q in self.quantities.values() if q.kind == "species" or q.id not in b.constants]
        return Module(
            "sbml",
            self.contents.title,
            fluxes=tuple(self._fluxes()),
            definitions=tuple(self._definitions()),
            starts=tuple(
                InitialCondition(self._state(name), *self._law(b.start(name), f"start of {name}"))
                for name in self.moving
            ),
            observables=tuple(
                Observable(q.id, "1", q.label, *self._law(Name(q.id), q.id))
                for q in shown
                if q.id not in b.unknown
            ),
        )

    # ---- laws
    def _law(self, formula: Formula, label: str) -> tuple[Any, ...]:
        """A law and its arguments."""
        says, wanted = law(self.smoother.smooth(formula, label), label)
        return says, *map(self._noun, wanted)

    def _definitions(self) -> Iterator[AssignmentRule]:
        for name, formula in self.contents.rules.items():
            yield AssignmentRule(self._signal(name), *self._law(formula, f"the rule of '{name}'"))
        for name in sorted(self.beginnings.derived):
            yield AssignmentRule(
                self._signal(name), *self._law(self.beginnings.start(name), f"start of '{name}'")
            )

    def _fluxes(self) -> Iterator[Flux]:
        for reaction in self.contents.reactions:
            yield from self._reaction(reaction)
        for name, formula in self.contents.rates.items():
            yield Flux(NOTHING >> self._state(name), *self._law(formula, f"the rate rule of '{name}'"))

    def _reaction(self, reaction: Reaction) -> Iterator[Flux]:
        """One arrow for whole numbers; each other number has its own, with a law so much larger."""
        where = f"the reaction '{reaction.id}'"
        whole, others = _sorted(self._changing(reaction.takes), self._changing(reaction.makes))
        arrow = Arrow(*(Side({self._state(n): int(count) for n, count in side.items()}) for side in whole))
        if arrow.net:
            yield Transfer(arrow, *self._law(reaction.law, where))
        for name, count in others.items():
            yield Transfer(NOTHING >> self._state(name), *self._law(Number(count) * reaction.law, where))

    def _changing(self, side: Mapping[str, float]) -> dict[str, float]:
        """Without what reactions leave alone."""
        return {name: count for name, count in side.items() if not self.quantities[name].fixed}

    # ---- nouns
    def _noun(self, name: str) -> Named:
        """What a name in a formula stands for."""
        if name not in self.nouns:
            self.nouns[name] = self._made(name)
        return self.nouns[name]

    def _made(self, name: str) -> Named:
        b = self.beginnings
        if name in b.moving:
            return self._state(name)
        if name in b.ruled or name in b.derived:
            return self._signal(name)
        if name in b.switched:
            return Input(name, "1", self.quantities[name].label, resting=b.value(name))
        if name in b.constants:
            return Covariate(name, "1", self.quantities[name].label, typical=b.constants[name])
        for switch in self.smoother.switches.values():
            if switch.name == name:
                return Input(name, "1", f"1 while {switch.condition}", resting=switch.resting)
        b.start(name)  # says what is missing
        raise AssertionError(name)

    def _signal(self, name: str) -> Signal:
        return Signal(name, "1", self.quantities[name].label)

    def _state(self, name: str) -> Species:
        q = self.quantities[name]
        space = Compartment(q.space, self._noun(q.space)) if q.space is not None else None
        return Species(name, "1", q.label, usual=(0.0, self.sizes[name]), within=space)


def _sorted(
    takes: Mapping[str, float], makes: Mapping[str, float]
) -> tuple[tuple[dict[str, float], dict[str, float]], dict[str, float]]:
    """Whole numbers of both sides, and the net of all others by species."""
    whole: tuple[dict[str, float], dict[str, float]] = ({}, {})
    others: dict[str, float] = {}
    for side, sign, into in ((takes, -1.0, whole[0]), (makes, 1.0, whole[1])):
        for name, count in side.items():
            if float(count).is_integer():
                into[name] = count
            else:
                others[name] = others.get(name, 0.0) + sign * count
    return whole, others


def _refuse_changing_spaces(b: Beginnings) -> None:
    spaces = {q.space for q in b.quantities.values() if q.space is not None}
    changing = sorted(name for name in spaces if name in b.moving | b.ruled | b.switched)
    if changing:
        raise InvalidInput(
            f"The compartment '{changing[0]}' changes its size.",
            "Concentrations in it would be thinned by more than reactions, which is not supported.",
            "Give it a constant size, or state its species as amounts (hasOnlySubstanceUnits).",
        )
