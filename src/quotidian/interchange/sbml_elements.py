"""The elements of a written SBML model: nouns, laws and events, each from one thing of ours.

A species with a concentration unit is a concentration in its compartment, any other an amount. A compartment
has the volume that the model gives it, else 1 L. A transfer is one reaction, since its law is an amount per
hour. The law of a plain flux is a concentration per hour: it is multiplied by the volume, and a flux that
joins spaces of different volume becomes one reaction in each. So every rate of change is the engine's,
term by term.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from quotidian.interchange.formula import Apply, Formula, Name, Number, names, parts
from quotidian.interchange.identifiers import NAMES, OBSERVABLES, REACTIONS, SPACES, Identifiers
from quotidian.interchange.mathml import tree
from quotidian.interchange.sbml_evidence import REACTION, SPACE, TRANSPORT, describe
from quotidian.interchange.sbml_units import Units, measures_substance, substance
from quotidian.network import Flux, Model, Species, Transfer
from quotidian.network.flux import Use, call
from quotidian.network.formula import words
from quotidian.network.names import Named, Parameter
from quotidian.version import RESEARCH_USE, __version__

ELSEWHERE = "space"
"""Compartment of species that are in none."""
SERIES = 200
"""Most operations of an initial assignment. A mean over the day has thousands, with which libRoadRunner
takes minutes to read a file."""


@dataclass(frozen=True)
class Dose:
    """At ``time`` (h) a species gains ``value``, or an input is switched to it."""

    time: float
    name: str
    value: float
    switches: bool


@dataclass(frozen=True)
class _Place:
    """Where a species is in SBML: compartment, and whether its id means an amount."""

    compartment: str
    amount_only: bool
    substance: str


class Elements:
    """Fills one libSBML model from one of ours, with ``values`` for its constants."""

    def __init__(self, sbml: Any, model: Model, values: Mapping[str, float]) -> None:
        self.sbml, self.model = sbml, model
        self.units, self.ids = Units(sbml), Identifiers()
        self.values = dict(values)
        for d in model.definitions:
            if d.of.name in model.constant_names:
                self.values[d.of.name] = float(call(d, self.values))
        nouns = [*model.species, *model.arguments.values(), *(d.of for d in model.definitions)]
        self.nouns = {noun.name: noun for noun in nouns}
        self.names = {name: Name(self.ids.of(NAMES, name)) for name in self.nouns} | {"time": Name("time")}

    def write(self, states: Mapping[str, float], doses: Iterable[Dose]) -> None:
        """Everything. ``states`` (by species) replace starts."""
        self._heading()
        self._spaces()
        for species in self.model.species:
            self._species(species, states.get(species.name))
        self._constants()
        self._signals()
        for module in self.model.modules:
            for flux in module.fluxes:
                self._flux(module.name, flux)
        for time, together in _by_time(doses).items():
            self._event(time, together)

    def _heading(self) -> None:
        self.sbml.setId(self.ids.of("model", self.model.name))
        self.sbml.setName(self.model.title)
        self.sbml.setTimeUnits(self.units.id("h"))
        self.sbml.setVolumeUnits("litre")
        about = f"{self.model.about} " if self.model.about else ""
        note = f"{about}Written by Quotidian {__version__}. {RESEARCH_USE}"
        self.sbml.setNotes(_paragraph(note))

    # ---- nouns
    def _spaces(self) -> None:
        spaces = {s.within.name if s.within else ELSEWHERE: self._volume(s) for s in self.model.species}
        for name, volume in spaces.items():
            element = self.sbml.createCompartment()
            element.setId(self.ids.of(SPACES, name))
            element.setConstant(True)
            element.setSBOTerm(SPACE)
            element.setSpatialDimensions(3)
            element.setUnits("litre")
            element.setSize(1.0 if volume is None else self.values[volume.name])
            if volume is not None:
                self._begins(element.getId(), self.names[volume.name])

    def _volume(self, species: Species) -> Named | None:
        """The volume of its space, if that has one and a transfer of the model divides by it."""
        volume = species.volume
        return volume if volume is not None and volume.name in self.values else None

    def _place(self, species: Species) -> _Place:
        compartment = self.ids.of(SPACES, species.within.name if species.within else ELSEWHERE)
        amount = substance(species.unit)
        if amount is None and self._volume(species) is None:
            return _Place(compartment, True, species.unit)
        return _Place(compartment, False, amount or "1")

    def _species(self, species: Species, stated: float | None) -> None:
        place, start = self._place(species), self.model.starts[species.name]
        element = self.sbml.createSpecies()
        element.setId(self.names[species.name].name)
        element.setName(species.meaning or species.name)
        element.setCompartment(place.compartment)
        element.setHasOnlySubstanceUnits(place.amount_only)
        element.setBoundaryCondition(False)
        element.setConstant(False)
        unit = self.units.id(place.substance)
        if unit is not None and measures_substance(place.substance):
            element.setSubstanceUnits(unit)
        value = float(call(start, self.values)) if stated is None else stated
        (element.setInitialAmount if place.amount_only else element.setInitialConcentration)(value)
        if stated is None and start.arguments:
            self._begins(element.getId(), self._formula(start))

    def _parameter(self, noun: Named, name: str, constant: bool, value: float | None) -> Any:
        element = self.sbml.createParameter()
        element.setId(name)
        element.setName(noun.meaning or noun.name)
        element.setConstant(constant)
        unit = self.units.id(noun.unit)
        if unit is not None:
            element.setUnits(unit)
        if value is not None:
            element.setValue(value)
        return element

    def _constants(self) -> None:
        """Parameters and covariates, what follows from them alone, and inputs."""
        m = self.model
        for name in m.constants:
            noun = m.arguments[name]
            element = self._parameter(noun, self.names[name].name, True, self.values[name])
            if isinstance(noun, Parameter) and noun.entry is not None:
                describe(element, noun.entry)
        for name, noun in m.inputs.items():
            self._parameter(noun, self.names[name].name, False, noun.resting)
        for d in m.definitions:
            if d.of.name in m.constant_names:
                name = self.names[d.of.name].name
                self._parameter(d.of, name, True, self.values[d.of.name])
                if d.arguments:
                    self._begins(name, self._formula(d))

    def _signals(self) -> None:
        """What holds at every instant: definitions that move, and observables."""
        for d in self.model.definitions:
            if d.of.name not in self.model.constant_names:
                self._rule(d.of, self.names[d.of.name].name, self._formula(d))
        for o in self.model.observables.values():
            noun = Named(o.name, o.unit, o.meaning)
            self._rule(noun, self.ids.of(OBSERVABLES, o.name), self._formula(o))

    def _rule(self, noun: Named, name: str, formula: Formula) -> None:
        self._parameter(noun, name, False, None)
        rule = self.sbml.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(tree(formula))

    # ---- laws
    def _formula(self, use: Use) -> Formula:
        result = call(use, self.names)
        return Number(float(result)) if isinstance(result, int | float) else result

    def _begins(self, name: str, formula: Formula) -> None:
        """The value at the start as a formula; a series that readers cannot bear stays the number it is."""
        if sum(1 for _ in islice(parts(formula), SERIES + 1)) > SERIES:
            return
        assignment = self.sbml.createInitialAssignment()
        assignment.setSymbol(name)
        assignment.setMath(tree(formula))

    def _flux(self, module: str, flux: Flux) -> None:
        """A reaction for a transfer, one in each space for any other flux."""
        formula = self._formula(flux)
        if isinstance(flux, Transfer):
            self._reaction(module, flux, flux.arrow.net, formula)
            return
        spaces: dict[str | None, dict[Species, int]] = {}
        for species, count in flux.arrow.net.items():
            space = species.within.name if species.within and self._volume(species) else None
            spaces.setdefault(space, {})[species] = count
        for space, net in spaces.items():
            law = formula if space is None else Name(self.ids.of(SPACES, space)) * formula
            self._reaction(module, flux, net, law)

    def _reaction(self, module: str, flux: Flux, net: Mapping[Species, int], law: Formula) -> None:
        element = self.sbml.createReaction()
        element.setId(self.ids.new(REACTIONS, f"{module}__{flux.name}"))
        element.setName(words(flux.law) or flux.name)
        element.setSBOTerm(TRANSPORT if isinstance(flux, Transfer) else REACTION)
        element.setFast(False)
        element.setReversible(any(isinstance(p, Apply) and p.op == "-" for p in parts(law)))
        changed = {self.names[s.name].name: count for s, count in net.items()}
        for name, count in changed.items():
            side = element.createReactant() if count < 0 else element.createProduct()
            side.setSpecies(name)
            side.setStoichiometry(abs(count))
            side.setConstant(True)
        species = {self.names[s.name].name for s in self.model.species}
        for name in names(law):
            if name in species and name not in changed:
                element.createModifier().setSpecies(name)
        element.createKineticLaw().setMath(tree(law))

    # ---- events
    def _event(self, time: float, doses: Iterable[Dose]) -> None:
        element = self.sbml.createEvent()
        element.setId(self.ids.new("event", f"at_{time:g}_h"))
        element.setUseValuesFromTriggerTime(True)
        trigger = element.createTrigger()
        trigger.setInitialValue(False)
        trigger.setPersistent(True)
        trigger.setMath(tree(Apply(">=", (Name("time"), time)), self.units.id("h")))
        for name, (gained, switched) in _by_name(doses).items():
            target, unit = self.names[name], self.units.id(self.nouns[name].unit)
            assignment = element.createEventAssignment()
            assignment.setVariable(target.name)
            assignment.setMath(tree(Number(gained) if switched else target + gained, unit))


def _by_time(doses: Iterable[Dose]) -> dict[float, list[Dose]]:
    found: dict[float, list[Dose]] = {}
    for dose in sorted(doses, key=lambda d: d.time):
        found.setdefault(dose.time, []).append(dose)
    return found


def _by_name(doses: Iterable[Dose]) -> dict[str, tuple[float, bool]]:
    """What each species gains in all, or each input is switched to last."""
    found: dict[str, tuple[float, bool]] = {}
    for dose in doses:
        before = 0.0 if dose.switches else found.get(dose.name, (0.0, False))[0]
        found[dose.name] = before + dose.value, dose.switches
    return found


def _paragraph(text: str) -> str:
    from xml.sax.saxutils import escape

    return f'<body xmlns="http://www.w3.org/1999/xhtml"><p>{escape(text)}</p></body>'
