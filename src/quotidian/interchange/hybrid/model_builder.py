"""Build a model of the engine from a hybrid system: states, inputs, laws, initial conditions, observables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Quantity
from quotidian.interchange.formula import Formula, Name, Number, law, names, substituted
from quotidian.interchange.hybrid.system import STILL, System, ordered_rules
from quotidian.network import (
    NOTHING,
    TIME,
    AssignmentRule,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Signal,
    Species,
)
from quotidian.network.names import Named


def built(system: System, observables: Sequence[str] | None = None) -> Model:
    """The model of a system, with these observables (names or differences of conditions); None for all.

    Raises InvalidInput for what no law can say.
    """
    contents = system.contents
    module = _Builder(system).module(observables)
    return Model(contents.name, contents.title, (module,), audited=False)


class _Builder:
    """Builds the quantities of one file, then its laws."""

    def __init__(self, system: System) -> None:
        self.system, self.b = system, system.beginnings
        self.quantities = system.contents.quantities
        self.switches = {c.name: c for c in system.conditions}
        self.start = system.start()
        self.nouns: dict[str, Named] = {TIME.name: TIME}

    def module(self, observables: Sequence[str] | None) -> Module:
        """Everything in one module; of the rules, those that are read."""
        s = self.system
        shown = dict(self._shown(observables))
        read = self._rules_read([*s.rates.values(), *shown.values()])
        return Module(
            "sbml",
            s.contents.title,
            fluxes=tuple(
                Flux(NOTHING >> self._state(name), *self._law(formula, f"the rate of '{name}'"))
                for name, formula in s.rates.items()
            ),
            definitions=tuple(self._definitions(read, [*s.rates.values(), *shown.values()])),
            starts=tuple(
                InitialCondition(self._state(name), *self._law(self._begins(name), f"the start of '{name}'"))
                for name in s.states
            ),
            observables=tuple(
                Observable(name, "1", self._label(name), *self._law(formula, f"'{name}'"))
                for name, formula in shown.items()
            ),
        )

    def _shown(self, observables: Sequence[str] | None) -> Iterator[tuple[str, Formula]]:
        differences = {c.watched: c.difference for c in self.system.conditions if c.watched}
        for name in self.quantities if observables is None else observables:
            yield name, differences.get(name) or self.system.measures.get(name) or Name(name)

    def _rules_read(self, formulas: Sequence[Formula]) -> list[str]:
        read = set().union(*(self.system.beginnings.reads(f) for f in formulas))
        rules = self.system.rules
        waiting, seen = [n for f in formulas for n in names(f)], set[str]()
        while waiting:
            name = waiting.pop()
            if name in rules and name not in seen:
                seen.add(name)
                waiting += names(rules[name])
        return [name for name in ordered_rules(rules) if name in seen or name in read]

    def _definitions(self, rules: Sequence[str], formulas: Sequence[Formula]) -> Iterator[AssignmentRule]:
        for name in rules:
            yield AssignmentRule(
                self._signal(name), *self._law(self.system.rules[name], f"the rule of '{name}'")
            )
        wanted = {n for f in (*formulas, *(self.system.rules[r] for r in rules)) for n in names(f)}
        for name in sorted(self.b.derived & wanted):
            yield AssignmentRule(self._signal(name), *self._law(self.b.start(name), f"the start of '{name}'"))

    def _begins(self, name: str) -> Formula:
        return Number(0.0) if name == STILL else self.b.start(name)

    # ---- laws
    def _law(self, formula: Formula, label: str) -> tuple[Any, ...]:
        """A law and its arguments."""
        formula = substituted(formula, self._literal)
        says, wanted = law(formula, label)
        return says, *map(self._noun, wanted)

    def _literal(self, name: str) -> Formula | None:
        """The value of what is infinite or not a number, which no table of the engine takes."""
        return Number(self.b.unknown[name]) if name in self.b.unknown else None

    # ---- nouns
    def _noun(self, name: str) -> Named:
        """What a name in a formula stands for."""
        if name not in self.nouns:
            self.nouns[name] = self._made(name)
        return self.nouns[name]

    def _made(self, name: str) -> Named:
        if name in self.system.rates:
            return self._state(name)
        if name in self.b.ruled or name in self.b.derived:
            return self._signal(name)
        if name in self.b.switched:
            return Input(name, "1", self._label(name), resting=self.start[name])
        if name in self.switches:
            return Input(name, "1", f"1 while a {self.switches[name].op} holds", resting=0.0)
        if name in self.b.constants:
            return Covariate(name, "1", self._label(name), typical=self.b.constants[name])
        raise InvalidInput(f"'{name}' is not defined.", "A formula of the file reads it.", "Define it.")

    def _label(self, name: str) -> str:
        q: Quantity | None = self.quantities.get(name)
        return q.label if q is not None else name

    def _signal(self, name: str) -> Signal:
        return Signal(name, "1", self._label(name))

    def _state(self, name: str) -> Species:
        return Species(name, "1", self._label(name), usual=(0.0, self.system.sizes[name]))
