"""A model: modules resolved against one another and put in order.

``Model.evaluate`` is the one place where laws are called: with engine symbols it gives the right-hand
side, with floats a reference implementation, with quantities the audit of units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quotidian.errors import AuditError
from quotidian.evidence import Entry, Ledger, Overlay
from quotidian.network.flux import AssignmentRule, Flux, InitialCondition, Observable, Transfer, call
from quotidian.network.module import Module
from quotidian.network.names import TIME, Covariate, Input, Named, Parameter, Signal, Species
from quotidian.units import convert


@dataclass(frozen=True)
class ModelValues:
    """One evaluation of a model: signals, rates of change and initial values of species, observables."""

    signals: dict[str, Any]
    rates: dict[str, Any]
    initial_values: dict[str, Any]
    observables: dict[str, Any]


@dataclass(frozen=True)
class Model:
    """Modules under one name. ``settings`` (a ledger) replaces parameter values for a variant.

    ``audited`` is False for a model without units, such as one from a file: its units and conserved totals
    are then not checked. ``absent`` names sums whose process the model lacks by design, so that contributions
    of drugs to them have no effect.
    """

    name: str
    title: str
    modules: tuple[Module, ...]
    settings: Ledger | None = None
    about: str = ""
    audited: bool = True
    absent: frozenset[str] = frozenset()

    @cached_property
    def arguments(self) -> dict[str, Named]:
        return {name: a for m in self.modules for name, a in m.arguments.items()}

    @cached_property
    def fluxes(self) -> tuple[Flux, ...]:
        return tuple(f for m in self.modules for f in m.fluxes)

    @cached_property
    def species(self) -> tuple[Species, ...]:
        """Every state, in order of first mention by a flux."""
        found = {s: None for f in self.fluxes for s in f.arrow.net}
        return tuple(found)

    @cached_property
    def starts(self) -> dict[str, InitialCondition]:
        return _by_name("start", [(s.of.name, s) for m in self.modules for s in m.starts])

    @cached_property
    def observables(self) -> dict[str, Observable]:
        return _by_name("observable", [(o.name, o) for m in self.modules for o in m.observables])

    @cached_property
    def definitions(self) -> tuple[AssignmentRule, ...]:
        """Assignment rules in an order in which each reads only earlier ones."""
        waiting = _by_name("definition", [(d.of.name, d) for m in self.modules for d in m.definitions])
        done: list[AssignmentRule] = []
        ready = {name for name, a in self.arguments.items() if not isinstance(a, Signal)} | {TIME.name}
        while waiting:
            free = [d for d in waiting.values() if all(a.name in ready for a in d.arguments)]
            if not free:
                raise AuditError(*_unresolved(self.name, waiting))
            for d in free:
                done.append(waiting.pop(d.of.name))
                ready.add(d.of.name)
        return tuple(done)

    def _kind(self, kind: type[Named]) -> dict[str, Any]:
        return {name: a for name, a in sorted(self.arguments.items()) if isinstance(a, kind)}

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        return self._kind(Parameter)

    @cached_property
    def covariates(self) -> dict[str, Covariate]:
        return self._kind(Covariate)

    @cached_property
    def inputs(self) -> dict[str, Input]:
        return self._kind(Input)

    @cached_property
    def constants(self) -> dict[str, float]:
        """Values of parameters and covariates of the typical subject, settings applied."""
        values = {name: p.value for name, p in self.parameters.items()}
        values |= {name: c.typical for name, c in self.covariates.items()}
        for name, entry in (self.settings or {}).items():
            if name not in values:
                raise AuditError(
                    f"{self.name} sets '{name}', which no law of it reads.",
                    "A setting replaces the value of one of the model's parameters or covariates.",
                    "Correct the name, or remove the entry.",
                )
            values[name] = convert(entry.value, entry.unit, self.arguments[name].unit)
        return values

    @cached_property
    def constant_names(self) -> frozenset[str]:
        """Parameters, covariates, and signals that depend on these alone: constant for one subject."""
        fixed = {*self.parameters, *self.covariates}
        for d in self.definitions:
            if all(a.name in fixed for a in d.arguments):
                fixed.add(d.of.name)
        return frozenset(fixed)

    @cached_property
    def typical(self) -> dict[str, float]:
        """Values of ``constant_names`` in the typical subject."""
        values = dict(self.constants)
        for d in self.definitions:
            if d.of.name in self.constant_names:
                values[d.of.name] = call(d, values)
        return values

    def evaluate(self, values: Mapping[str, Any], zero: Any = 0.0) -> ModelValues:
        """Call every law with ``values`` (by name: species, parameters, covariates, inputs, ``time``)."""
        env: dict[str, Any] = dict(values)
        for d in self.definitions:
            env[d.of.name] = call(d, env)
        rates = {s.name: zero for s in self.species}
        for flux in self.fluxes:
            v = call(flux, env)
            for s, count in flux.arrow.net.items():
                change = v if abs(count) == 1 else abs(count) * v
                if isinstance(flux, Transfer) and s.volume is not None:
                    change = change / env[s.volume.name]
                rates[s.name] = rates[s.name] + change if count > 0 else rates[s.name] - change
        initial_values = {name: call(s, env) for name, s in self.starts.items()}
        observables = {name: call(o, env) for name, o in self.observables.items()}
        signals = {d.of.name: env[d.of.name] for d in self.definitions}
        return ModelValues(signals, rates, initial_values, observables)


def replaced_constants(model: Model, overlay: Overlay) -> dict[str, float]:
    """Constants of a model that an overlay replaces, by name, in the unit of the law.

    Where a variant has a setting of its own, the entry of the setting applies, not that of the mechanism.
    """
    if not overlay.replaced:
        return {}
    found = {}
    for name, entry in model_entries(model).items():
        value = overlay.value(entry)
        if value != entry.value:
            found[name] = convert(value, entry.unit, model.arguments[name].unit)
    return found


def model_entries(model: Model) -> dict[str, Entry]:
    """The entry from which each constant of a model has its value, by name of the constant."""
    own = {name: p.entry for name, p in model.parameters.items() if p.entry is not None}
    return own | dict(model.settings or {})


def _unresolved(model: str, waiting: Mapping[str, AssignmentRule]) -> tuple[str, str, str]:
    """Explain why no waiting signal can be computed: a circular or a missing definition."""
    path = [min(waiting)]
    while path[-1] not in path[:-1]:
        reads = [a.name for a in waiting[path[-1]].arguments if isinstance(a, Signal)]
        step = next((name for name in reads if name in waiting), None)
        if step is None:
            return (
                f"{model}: '{path[-1]}' cannot be computed.",
                f"Of the signals it reads ({', '.join(reads)}) one has no definition.",
                "Add the module that defines it.",
            )
        path.append(step)
    circle = path[path.index(path[-1]) :]
    return (
        f"{model}: signals have a circular definition.",
        f"{' reads '.join(circle)}.",
        "Make one of them a species, which has a state, or change one of the definitions.",
    )


def _by_name(what: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, thing in pairs:
        if name in found:
            raise AuditError(
                f"Two modules define a {what} of '{name}'.",
                "Each name is defined by one module.",
                "Remove one of them, or rename it.",
            )
        found[name] = thing
    return found
