"""From a libSBML document to :class:`Contents`: the only reader of its objects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from quotidian.errors import InvalidInput
from quotidian.interchange.contents import Contents, Event, Quantity, Reaction
from quotidian.interchange.formula import Formula, Name, Number, substituted
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

    def contents(self) -> Contents:
        """Everything. Raises InvalidInput for an element that is not supported, by its id."""
        _refuse_elements(self.sbml)
        quantities = {q.id: q for q in (*self._spaces(), *self._species(), *self._parameters())}
        initial = {a.getSymbol(): self._formula(a, "initial assignment of", a.getSymbol()) for a in
                   self.sbml.getListOfInitialAssignments()}  # fmt: skip
        for name, formula in initial.items():
            quantities[name] = _computed(quantities, name, formula)
        reactions = [self._reaction(r) for r in self.sbml.getListOfReactions()]
        local = {q.id: q for _, own in reactions for q in own}
        rules = [
            (r.isRate(), r.getVariable(), self._formula(r, "rule of", r.getVariable()))
            for r in self.sbml.getListOfRules()
        ]
        contents = Contents(
            name=self.sbml.getId() or "model",
            title=self.sbml.getName() or self.sbml.getId() or "An imported model",
            time_unit=self._time_unit(),
            quantities=quantities | local,
            reactions=tuple(reaction for reaction, _ in reactions),
            rules={variable: formula for is_rate, variable, formula in rules if not is_rate},
            rates={variable: formula for is_rate, variable, formula in rules if is_rate},
            events=tuple(self._event(e, i) for i, e in enumerate(self.sbml.getListOfEvents())),
            warnings=tuple(_warnings(self.sbml)),
        )
        return contents.with_rates_named()

    # ---- formulas
    def _formula(self, element: Sbml, what: str, name: str) -> Formula:
        where = f"the {what} '{name}'"
        if not element.isSetMath():
            raise InvalidInput(f"There is no formula in {where}.", "", "Give it one, or remove the element.")
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
            yield Quantity(c.getId(), "compartment", _label(c), _number(size))

    def _species(self) -> Iterator[Quantity]:
        for s in self.sbml.getListOfSpecies():
            home = self.sbml.getCompartment(s.getCompartment())
            amount_only = s.getHasOnlySubstanceUnits() or home.getSpatialDimensions() == 0
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
            )  # fmt: skip

    def _parameters(self) -> Iterator[Quantity]:
        for p in self.sbml.getListOfParameters():
            yield Quantity(
                p.getId(), "parameter", _label(p), _number(p.getValue()) if p.isSetValue() else None
            )

    # ---- what happens
    def _reaction(self, r: Sbml) -> tuple[Reaction, list[Quantity]]:
        """A reaction, and its own parameters under names that are theirs alone."""
        kinetics, where = r.getKineticLaw(), f"reaction '{r.getId()}'"
        if kinetics is None or not kinetics.isSetMath():
            raise InvalidInput(
                f"The {where} has no rate law.",
                "The file says who takes part, but not how fast; there is nothing to solve.",
                "Add kinetic laws, or use the file for its wiring only.",
            )
        formula = read(kinetics.getMath(), where, self._function)
        mine = [*kinetics.getListOfParameters(), *kinetics.getListOfLocalParameters()]
        renamed = {p.getId(): Name(_unused(self.sbml, f"{r.getId()}__{p.getId()}")) for p in mine}
        own = [Quantity(renamed[p.getId()].name, "parameter", _label(p), _number(p.getValue())) for p in mine]
        takes, makes = (self._counts(side, where) for side in (r.getListOfReactants(), r.getListOfProducts()))
        law = substituted(formula, renamed.get)
        return Reaction(r.getId(), _label(r), takes, makes, law), own

    def _counts(self, side: Sbml, where: str) -> dict[str, float]:
        counts: dict[str, float] = {}
        for reference in side:
            count, name = reference.getStoichiometry(), reference.getSpecies()
            if reference.isSetStoichiometryMath():
                formula = read(reference.getStoichiometryMath().getMath(), where, self._function)
                count = formula.value if isinstance(formula, Number) else math.nan
            own = reference.getId() if reference.isSetId() else ""
            if not math.isfinite(count) or (own and _steered(self.sbml, own)):
                raise InvalidInput(
                    f"The stoichiometry of '{name}' in the {where} is not a number.",
                    "It is computed or changes in time, which is not supported.",
                    "Put the factor into the rate law, and give a number as the stoichiometry.",
                )
            counts[name] = counts.get(name, 0.0) + count
        return counts

    def _event(self, e: Sbml, number: int) -> Event:
        name = e.getId() or f"number {number + 1}"
        trigger, delay, priority = e.getTrigger(), e.getDelay(), e.getPriority()
        if trigger is None:
            raise InvalidInput(f"The event '{name}' has no trigger.", "It never happens.", "Remove it.")
        later = self._formula(delay, "delay of event", name) if delay is not None else Number(0.0)
        rank = self._formula(priority, "priority of event", name) if priority is not None else Number(0.0)
        if not isinstance(rank, Number) or not (trigger.getPersistent() or later == Number(0.0)):
            raise InvalidInput(
                f"The event '{name}' has a priority that is computed, or can be called off while it waits.",
                "Neither is supported.",
                "Give a number as its priority; make its trigger persistent.",
            )
        return Event(
            id=name,
            trigger=self._formula(trigger, "trigger of event", name),
            changes={
                a.getVariable(): self._formula(a, f"event '{name}', assignment of", a.getVariable())
                for a in e.getListOfEventAssignments()
            },
            delay=later,
            armed=self.level >= 3 and not trigger.getInitialValue(),
            early=e.getUseValuesFromTriggerTime(),
            priority=rank.value,
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


def _label(element: Sbml) -> str:
    return str(element.getName() or element.getId())


def _number(value: float) -> Number | None:
    return Number(value) if math.isfinite(value) else None


def _unused(model: Sbml, name: str) -> str:
    """The name, with underscores behind it if an element is called so."""
    while model.getElementBySId(name) is not None:
        name += "_"
    return name


def _computed(quantities: Mapping[str, Quantity], name: str, formula: Formula) -> Quantity:
    if name not in quantities:
        raise InvalidInput(
            f"The initial assignment of '{name}' is not supported.",
            "It gives neither a species nor a parameter nor a compartment.",
            "State stoichiometries as numbers.",
        )
    return replace(quantities[name], initial=formula)


def _steered(model: Sbml, name: str) -> bool:
    """Whether a rule, initial assignment or event gives the stoichiometry of that id."""
    changed = (a.getVariable() for e in model.getListOfEvents() for a in e.getListOfEventAssignments())
    return (
        model.getRule(name) is not None
        or model.getInitialAssignment(name) is not None
        or name in set(changed)
    )


def _refuse_elements(model: Sbml) -> None:
    """Elements of the core that change the equations and are not supported."""
    algebraic = [r for r in model.getListOfRules() if r.isAlgebraic()]
    factors = [s.getId() for s in model.getListOfSpecies() if s.isSetConversionFactor()]
    fast = [r.getId() for r in model.getListOfReactions() if r.getFast()]
    clocks = [model.getElementBySId("time")] if model.getElementBySId("time") else []
    for found, what, remedy in (
        (algebraic, "an algebraic rule", "Solve it for one of its quantities and write an assignment rule."),
        (factors, f"a conversion factor (species '{factors[:1]}')", "State all amounts in one unit."),
        (model.isSetConversionFactor(), "a conversion factor", "State all amounts in one unit."),
        (fast, f"a fast reaction ('{''.join(fast[:1])}')", "Give it a rate, or replace it by its balance."),
        (clocks, "an element with the id 'time'", "Rename it: that word is kept for the clock."),
    ):
        if found:
            raise InvalidInput(f"The file has {what}.", "This is not supported.", remedy)


def _warnings(model: Sbml) -> Iterator[str]:
    if model.getNumConstraints():
        yield f"{model.getNumConstraints()} constraints are not watched"
    for c in model.getListOfCompartments():
        if not c.isSetSize() and model.getInitialAssignment(c.getId()) is None:
            yield f"compartment '{c.getId()}' has no size; it is taken as 1"
