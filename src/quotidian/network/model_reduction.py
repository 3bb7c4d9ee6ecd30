"""Model reduction: keep only the laws on which chosen observables depend.

The other laws do not change these observables, except through the solver's choice of steps. Leaving them out
makes long runs of many subjects faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from quotidian.errors import UnknownName, closest
from quotidian.evidence import Ledger
from quotidian.network.flux import Flux, Transfer, Use
from quotidian.network.model import Model
from quotidian.network.module import Module
from quotidian.network.names import Arrow, Named, Side


def narrowed(model: Model, observables: Iterable[str]) -> Model:
    """Reduce a model to these observables and everything they depend on, directly or indirectly.

    Raises UnknownName for an observable that the model does not have.
    """
    wanted = tuple(dict.fromkeys(observables))
    for name in wanted:
        if name not in model.observables:
            raise UnknownName(f"{model.name} has no observable '{name}'.", closest(name, model.observables))
    needed = _closure(model, [model.observables[name] for name in wanted])
    modules = tuple(_kept(m, needed, set(wanted)) for m in model.modules)
    slim = replace(model, modules=tuple(m for m in modules if m.laws), settings=None, audited=False)
    held = {*slim.parameters, *slim.covariates}
    if model.settings is None:
        return slim
    kept = {name: entry for name, entry in model.settings.items() if name in held}
    return replace(slim, settings=Ledger(model.settings.module, kept) or None)


def _closure(model: Model, uses: Iterable[Use]) -> set[str]:
    """Every name on which the uses depend, directly or indirectly."""
    definitions = {d.of.name: d for d in model.definitions}
    touching: dict[str, list[Use]] = {}
    for flux in model.fluxes:
        for species in flux.arrow.net:
            touching.setdefault(species.name, []).append(flux)
    needed: set[str] = set()
    waiting = [a for use in uses for a in use.arguments]
    while waiting:
        name = waiting.pop().name
        if name in needed:
            continue
        needed.add(name)
        reasons = [use for use in (definitions.get(name), model.starts.get(name)) if use is not None]
        for use in (*reasons, *touching.get(name, ())):
            waiting += [*use.arguments, *_own_volumes(use, name)]
    return needed


def _own_volumes(use: Use, species: str) -> list[Named]:
    if not isinstance(use, Transfer):
        return []
    return [s.volume for s in use.arrow.net if s.name == species and s.volume is not None]


def _kept(module: Module, needed: set[str], wanted: set[str]) -> Module:
    return replace(
        module,
        ledger=_entries(module.ledger, needed),
        fluxes=tuple(f for flux in module.fluxes for f in _cut(flux, needed)),
        definitions=tuple(d for d in module.definitions if d.of.name in needed),
        starts=tuple(s for s in module.starts if s.of.name in needed),
        observables=tuple(o for o in module.observables if o.name in wanted),
    )


def _entries(ledger: Ledger | None, needed: set[str]) -> Ledger | None:
    """The entries that are still read: the structural checks refuse an unread one."""
    if ledger is None:
        return None
    owner = ledger.module.rpartition(".")[2]
    return Ledger(ledger.module, {n: e for n, e in ledger.items() if f"{owner}.{n}" in needed})


def _cut(flux: Flux, needed: set[str]) -> tuple[Flux, ...]:
    """The flux restricted to needed species; empty where it changes none."""
    net = {s: n for s, n in flux.arrow.net.items() if s.name in needed}
    if not net:
        return ()
    if len(net) == len(flux.arrow.net):
        return (flux,)
    takes = Side({s: -n for s, n in net.items() if n < 0})
    makes = Side({s: n for s, n in net.items() if n > 0})
    return (type(flux)(Arrow(takes, makes), flux.law, *flux.arguments),)
