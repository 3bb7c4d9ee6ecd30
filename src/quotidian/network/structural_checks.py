"""Structural checks of a model: each quantity that is read is defined, and each one defined is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quotidian.errors import AuditError, closest
from quotidian.network.flux import Flux, Transfer, Use, label
from quotidian.network.model import Model
from quotidian.network.module import Module, volumes
from quotidian.network.names import TIME, Named, Parameter, Part, Signal, Species
from quotidian.units import quantity_text


def check_structure(model: Model) -> None:
    """Run every check; raise AuditError for the first fault, naming all quantities it affects."""
    _one_meaning(model)
    _owners(model)
    _signals(model)
    _species(model)
    _constants_only(model)
    _spaces(model)
    _ledgers(model)
    _values(model)


def unread_species(model: Model) -> tuple[str, ...]:
    """Species that no law reads."""
    return tuple(s.name for s in model.species if s.name not in model.arguments)


def idle_parts(model: Model) -> tuple[str, ...]:
    """Contributions to sums that are absent by design: what a drug does to a process that the model lacks."""
    parts = (d.of for module in model.modules for d in module.definitions if isinstance(d.of, Part))
    idle = model.absent - model.arguments.keys()
    return tuple(p.name for p in parts if p.of is not None and p.of.name in idle)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(set(names)))


def _mentions(module: Module) -> Iterator[Named]:
    """Every quantity that a module mentions."""
    for use in module.laws:
        yield from use.arguments
        yield from volumes(use)
        if isinstance(use, Flux):
            yield from use.arrow.species
    yield from (d.of for d in module.definitions)
    yield from (s.of for s in module.starts)


def _one_meaning(model: Model) -> None:
    known: dict[str, tuple[Named, str]] = {TIME.name: (TIME, "the network itself")}
    for module in model.modules:
        for noun in _mentions(module):
            first, where = known.setdefault(noun.name, (noun, module.name))
            if first != noun:
                raise AuditError(
                    f"{model.name}: '{noun.name}' has two meanings.",
                    f"{_described(first)} in {where}, {_described(noun)} in {module.name}.",
                    "Declare it once and import it, or rename one of them.",
                )


def _described(noun: Named) -> str:
    return f"{type(noun).__name__} [{noun.unit}] '{noun.meaning}'"


def _owners(model: Model) -> None:
    """Refuse two modules, initial conditions or observables of one name."""
    names = [m.name for m in model.modules]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise AuditError(
            f"{model.name}: two modules have the name {_listed(twice)}.", "", "Rename one of them."
        )
    _ = model.starts, model.observables


def _signals(model: Model) -> None:
    defined = {d.of.name: m.name for m in model.modules for d in m.definitions}
    for module in model.modules:
        read = {a.name for a in module.arguments.values() if isinstance(a, Signal)}
        missing = read - defined.keys() - {TIME.name}
        if missing:
            raise AuditError(
                f"{model.name}: {module.name} reads {_listed(missing)}, which no module defines.",
                f"Defined are {', '.join(sorted(defined)) or 'no signals'}.",
                "Add the module that defines it, or correct the name.",
            )
    _ = model.definitions  # refuses two owners, and circular definitions
    unread = defined.keys() - model.arguments.keys() - set(idle_parts(model))
    if unread:
        owners = ", ".join(sorted({defined[name] for name in unread}))
        raise AuditError(
            f"{model.name}: {owners} defines {_listed(unread)}, which is not used.",
            "A definition must be used by a flux, another definition, an initial value or an observable.",
            "Remove it, or make it an observable.",
        )


def _species(model: Model) -> None:
    moved = {s.name for s in model.species}
    read = {name for name, a in model.arguments.items() if isinstance(a, Species)}
    still = (read | model.starts.keys()) - moved
    if still:
        raise AuditError(
            f"{model.name}: no flux produces or consumes {_listed(still)}.",
            "A species changes by fluxes; this one is only read or given an initial value.",
            "Add its fluxes, or make it a covariate or a parameter.",
        )
    unstarted = moved - model.starts.keys()
    if unstarted:
        raise AuditError(
            f"{model.name}: {_listed(unstarted)} has no initial value.",
            "The solver needs the initial value of each species.",
            "Add InitialCondition(species, law, ...) to the module that owns it.",
        )


def _constants_only(model: Model) -> None:
    uses: tuple[Use, ...] = (*model.starts.values(), *model.fluxes)
    for use in uses:
        fixed = volumes(use) if isinstance(use, Flux) else use.arguments
        moving = {noun.name for noun in fixed} - model.constant_names
        if moving:
            what = "a volume of the" if isinstance(use, Flux) else "the"
            raise AuditError(
                f"{model.name}: {what} {label(use)} depends on {_listed(moving)}, which changes in time.",
                "Initial values and volumes are computed once for each subject, before the integration.",
                "Use parameters, covariates, or signals of these alone.",
            )


def _spaces(model: Model) -> None:
    for flux in model.fluxes:
        spaces = {s.within.name for s in flux.arrow.net if s.within is not None and s.volume is not None}
        if len(spaces) > 1 and not isinstance(flux, Transfer):
            raise AuditError(
                f"{model.name}: {label(flux)} joins compartments of different volume: {_listed(spaces)}.",
                "Mass would not be conserved, because the two concentrations change by different amounts.",
                "Make it a Transfer, whose law gives an amount per hour.",
            )


def _ledgers(model: Model) -> None:
    used = {(p.entry.module, p.entry.name) for p in model.parameters.values() if p.entry is not None}
    for module in model.modules:
        entries = [(e.module, e.name) for e in (module.ledger or {}).values()]
        unused = [name for where, name in entries if (where, name) not in used]
        if unused:
            raise AuditError(
                f"{model.name}: no law reads {_listed(unused)} of the ledger of {module.name}.",
                "A parameter without effect misleads readers of the ledger.",
                "Remove the entry, or use it.",
            )
        stated = {e.module for e in (module.ledger or {}).values()}
        own = [p for p in module.arguments.values() if isinstance(p, Parameter)]
        strays = [p.name for p in own if p.entry is None or p.entry.module not in stated]
        if strays:
            raise AuditError(
                f"{model.name}: {module.name} reads {_listed(strays)}, which its ledger does not contain.",
                "Each parameter of a mechanism must be in the ledger of that mechanism.",
                f"Make it with Parameters(__file__) and state ledger=... in the module {module.name}.",
            )


def _values(model: Model) -> None:
    settings = dict(model.settings or {})
    for name in settings:
        if name not in model.parameters and name not in model.covariates:
            raise AuditError(
                f"{model.name} sets '{name}', which no law of it reads.",
                closest(name, [*model.parameters, *model.covariates]),
                "Correct the name, or remove the entry.",
            )
    entries = {name: p.entry for name, p in model.parameters.items() if p.entry is not None} | settings
    for name, entry in entries.items():
        low, high = entry.plausible
        if not low <= entry.value <= high:
            raise AuditError(
                f"{model.name}: {name} is {quantity_text(f'{entry.value:g}', entry.unit)}.",
                f"Plausible is {quantity_text(f'{low:g} to {high:g}', entry.unit)}.",
                "Correct the value or, with a source, the range.",
            )
    for s in model.species:
        if not s.usual[0] < s.usual[1]:
            raise AuditError(
                f"{model.name}: the usual range of '{s.name}' is empty.",
                f"It goes from {s.usual[0]:g} to {s.usual[1]:g} {s.unit}.",
                "Give its lower end first; the upper one scales the solver's tolerance.",
            )
