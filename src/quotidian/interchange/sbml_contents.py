"""From a libSBML document to :class:`Contents`: the only reader of its objects."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Balance, Contents, Event, Quantity, Reaction
from quotidian.interchange.formula import Formula, Name, Number, substituted
from quotidian.interchange.functions import truth
from quotidian.interchange.mathml import read

Sbml = Any  # an object of libSBML, which has no types
SECONDS = {1.0: "s", 60.0: "min", 3600.0: "h", 86400.0: "day", 604800.0: "week"}


class Reader:
    """Reads one document; keeps the functions it defines."""

    def __init__(self, document: Sbml) -> None:
        self.document = document  # kept, because libSBML frees the model with it
        self.sbml = document.getModel()
        self.level = document.getLevel()
        self.defined: dict[str, tuple[tuple[str, ...], Formula] | None] = {}
        self.left_out: list[str] = []

    def contents(self) -> Contents:
        """Everything. Raises InvalidInput for an element that is not supported, by its id and line."""
        refuse_elements(self.document)
        quantities = {
            q.id: q
            for q in (*self._spaces(), *self._species(), *self._parameters(), *self._stoichiometries())
        }
        for a in self.sbml.getListOfInitialAssignments():
            formula = self._formula(a, "initial assignment of", a.getSymbol())
            if formula is not None and a.getSymbol() in quantities:
                quantities[a.getSymbol()] = replace(quantities[a.getSymbol()], initial=formula)
        reactions = [self._reaction(r) for r in self.sbml.getListOfReactions()]
        local = {q.id: q for _, own in reactions for q in own}
        rules = [
            (r, self._formula(r, "rule of", r.getVariable() or "an algebraic rule"))
            for r in self.sbml.getListOfRules()
        ]
        given = [(r, formula) for r, formula in rules if formula is not None]
        return Contents(
            name=self.sbml.getId() or "model",
            title=self.sbml.getName() or self.sbml.getId() or "An imported model",
            time_unit=self._time_unit(),
            quantities=quantities | local,
            reactions=tuple(reaction for reaction, _ in reactions if reaction is not None),
            rules={r.getVariable(): formula for r, formula in given if r.isAssignment()},
            rates={r.getVariable(): formula for r, formula in given if r.isRate()},
            balances=tuple(Balance(f, f"algebraic rule{in_line(r)}") for r, f in given if r.isAlgebraic()),
            events=tuple(self._events()),
            factors=dict(self._factors()),
            warnings=(*_warnings(self.sbml), *self.left_out),
        )

    # ---- formulas
    def _formula(self, element: Sbml, what: str, name: str) -> Formula | None:
        """The formula of an element; None, with a warning, where it has none (Level 3 Version 2)."""
        where = f"the {what} '{name}'{in_line(element)}"
        if not element.isSetMath():
            self.left_out.append(f"{where} has no formula and does nothing")
            return None
        return read(element.getMath(), where, self._function)

    def _function(self, name: str) -> tuple[tuple[str, ...], Formula] | None:
        """Arguments and body of a function, calls in it written out."""
        if name not in self.defined:
            found = self.sbml.getFunctionDefinition(name)
            self.defined[name] = None  # so that one which calls itself finds nothing
            if found is not None and found.getBody() is not None:
                arguments = tuple(found.getArgument(i).getName() for i in range(found.getNumArguments()))
                body = read(found.getBody(), f"the function '{name}'", self._function)
                self.defined[name] = arguments, body
        return self.defined[name]

    # ---- quantities
    def _spaces(self) -> Iterator[Quantity]:
        for c in self.sbml.getListOfCompartments():
            size = c.getSize() if c.isSetSize() else 1.0
            if size < 0 and not _restated(self.sbml, c.getId()):
                raise InvalidInput(
                    f"The compartment '{c.getId()}' (line {c.getLine()}) has a size of {size:g}.",
                    "A size is 0 or more.", "Correct the size.",
                )  # fmt: skip
            yield Quantity(c.getId(), "compartment", _label(c), Number(size), constant=c.getConstant())

    def _species(self) -> Iterator[Quantity]:
        for s in self.sbml.getListOfSpecies():
            home = self.sbml.getCompartment(s.getCompartment())
            points = home.isSetSpatialDimensions() and home.getSpatialDimensionsAsDouble() == 0
            amount_only = s.getHasOnlySubstanceUnits() or points
            size = Name(home.getId())
            initial: Formula | None = None
            if s.isSetInitialAmount():
                amount = Number(s.getInitialAmount())
                initial = amount if amount_only or amount.value == 0 else amount / size
            elif s.isSetInitialConcentration():
                density = Number(s.getInitialConcentration())
                initial = density * size if amount_only else density
            yield Quantity(
                s.getId(), "species", f"{_label(s)}@{_label(home)}", initial,
                space=None if amount_only else home.getId(),
                fixed=s.getBoundaryCondition() or s.getConstant(),
                home=None if points else home.getId(), constant=s.getConstant(),
            )  # fmt: skip

    def _parameters(self) -> Iterator[Quantity]:
        for p in self.sbml.getListOfParameters():
            value = Number(p.getValue()) if p.isSetValue() else None
            yield Quantity(p.getId(), "parameter", _label(p), value, constant=p.getConstant())

    def _references(self) -> Iterator[tuple[Sbml, float]]:
        """Every mention of a species by a reaction, with its sign."""
        for r in self.sbml.getListOfReactions():
            for sign, side in ((-1.0, r.getListOfReactants()), (1.0, r.getListOfProducts())):
                yield from ((reference, sign) for reference in side)

    def _stoichiometries(self) -> Iterator[Quantity]:
        for reference, _ in self._references():
            if reference.isSetId() and not reference.isSetStoichiometryMath():
                count = reference.getStoichiometry()
                value = Number(count) if math.isfinite(count) else None
                yield Quantity(
                    reference.getId(), "stoichiometry", _label(reference), value,
                    constant=self.level >= 3 and reference.getConstant(),
                )  # fmt: skip

    def _factors(self) -> Iterator[tuple[str, str]]:
        for s in self.sbml.getListOfSpecies():
            if s.isSetConversionFactor():
                yield s.getId(), s.getConversionFactor()
            elif self.level >= 3 and self.sbml.isSetConversionFactor():
                yield s.getId(), self.sbml.getConversionFactor()

    # ---- what happens
    def _reaction(self, r: Sbml) -> tuple[Reaction | None, list[Quantity]]:
        """A reaction, and its own parameters under names that are theirs alone."""
        kinetics, where = r.getKineticLaw(), f"reaction '{r.getId()}'{in_line(r)}"
        if kinetics is None or not kinetics.isSetMath():
            raise InvalidInput(
                f"The {where} has no rate law.",
                "The file states the participants but no rate; there is nothing to solve.",
                "Add kinetic laws, or use the file as a network only.",
            )
        formula = read(kinetics.getMath(), where, self._function)
        mine = [*kinetics.getListOfParameters(), *kinetics.getListOfLocalParameters()]
        renamed = {p.getId(): Name(_unused(self.sbml, f"{r.getId()}__{p.getId()}")) for p in mine}
        own = [
            Quantity(renamed[p.getId()].name, "parameter", _label(p),
                     Number(p.getValue()) if p.isSetValue() else None, constant=True)
            for p in mine
        ]  # fmt: skip
        net = tuple(
            (reference.getSpecies(), Number(sign) * self._count(reference, where))
            for sign, side in ((-1.0, r.getListOfReactants()), (1.0, r.getListOfProducts()))
            for reference in side
        )
        return Reaction(r.getId(), _label(r), net, substituted(formula, renamed.get)), own

    def _count(self, reference: Sbml, where: str) -> Formula:
        if reference.isSetStoichiometryMath():
            return read(reference.getStoichiometryMath().getMath(), where, self._function)
        if reference.isSetId():
            return Name(reference.getId())
        count = reference.getStoichiometry()
        if not math.isfinite(count):
            raise InvalidInput(
                f"The stoichiometry of '{reference.getSpecies()}' in the {where} is missing.",
                "Level 3 has no default for it, and nothing in the file can give it, since it has no id.",
                "State it.",
            )
        return Number(count)

    def _events(self) -> Iterator[Event]:
        for i, e in enumerate(self.sbml.getListOfEvents()):
            event = self._event(e, e.getId() or f"number {i + 1}")
            if event is not None:
                yield event

    def _event(self, e: Sbml, name: str) -> Event | None:
        trigger, delay, priority = e.getTrigger(), e.getDelay(), e.getPriority()
        fires = None if trigger is None else self._formula(trigger, "trigger of event", name)
        if fires is None:
            return None
        later = self._formula(delay, "delay of event", name) if delay is not None else None
        changes = {
            a.getVariable(): self._formula(a, f"event '{name}', assignment of", a.getVariable())
            for a in e.getListOfEventAssignments()
        }
        return Event(
            id=name,
            trigger=truth(fires),
            changes={variable: formula for variable, formula in changes.items() if formula is not None},
            delay=later or Number(0.0),
            armed=self.level >= 3 and not trigger.getInitialValue(),
            early=e.getUseValuesFromTriggerTime(),
            priority=self._formula(priority, "priority of event", name) if priority is not None else None,
            persistent=self.level < 3 or trigger.getPersistent(),
            where=f"event '{name}'{in_line(e)}",
        )

    def _time_unit(self) -> str:
        """Symbol of the unit of time; ``unit of time`` where the file does not say."""
        stated = self.sbml.getTimeUnits() if self.level >= 3 else "time"
        if stated in ("", "dimensionless"):
            return "unit of time"
        found = self.sbml.getUnitDefinition(stated)
        if found is None:
            return "s"
        units = list(found.getListOfUnits())
        if len(units) != 1 or units[0].getExponentAsDouble() != 1:
            return "unit of time"
        seconds = units[0].getMultiplier() * 10.0 ** units[0].getScale()
        return SECONDS.get(round(seconds, 9), f"{seconds:g} s")


def _restated(model: Sbml, name: str) -> bool:
    """Whether a rule or an initial assignment replaces the value that an element states."""
    return model.getRule(name) is not None or model.getInitialAssignmentBySymbol(name) is not None


def _label(element: Sbml) -> str:
    return str(element.getName() or element.getId())


def _unused(model: Sbml, name: str) -> str:
    """The name, with underscores behind it if an element is called so."""
    while model.getElementBySId(name) is not None:
        name += "_"
    return name


def in_line(element: Sbml) -> str:
    """`` (line 12)``; nothing where the element was made by a conversion, which has no lines."""
    return f" (line {element.getLine()})" if element.getLine() > 0 else ""


def refuse_elements(document: Sbml) -> None:
    """Refuse elements of the core that change the equations and are not supported."""
    model = document.getModel()
    fast = [r for r in model.getListOfReactions() if r.getFast()]
    clock = model.getElementBySId("time")
    objectives = [p for p in (model.getPlugin("fbc"),) if p is not None and p.getNumObjectives()]
    for found, what, why, remedy in (
        (fast[:1], "The reaction '{0}'{1} is fast.", "It keeps an equilibrium and has no rate.",
         "Give it a rate, or replace it by its balance."),
        ([clock] if clock else [], "An element{1} has the id 'time'.", "That name is reserved for time.",
         "Rename it."),
        ([model] if objectives else [], "The model '{0}'{1} is a flux-balance problem.",
         "It states an objective and bounds, but no rates: there is no course to solve.",
         "Use a program for flux-balance analysis, such as COBRApy."),
    ):  # fmt: skip
        for element in found:
            raise InvalidInput(what.format(element.getId(), in_line(element)), why, remedy)


def _warnings(model: Sbml) -> Iterator[str]:
    if model.getNumConstraints():
        yield f"{model.getNumConstraints()} constraints are not checked"
    for c in model.getListOfCompartments():
        if not c.isSetSize() and model.getInitialAssignment(c.getId()) is None:
            yield f"compartment '{c.getId()}' has no size; it is taken as 1"
