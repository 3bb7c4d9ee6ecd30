"""Parts of a drug's module, as its builders return them, and the module that they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from quotidian.evidence import Ledger
from quotidian.network import AssignmentRule, Flux, InitialCondition, Module, Observable, Parameters, Species
from quotidian.network.laws import zero


@dataclass(frozen=True)
class ModuleParts:
    """Part of a module: its definitions, fluxes and observables, and the species that it owns."""

    definitions: tuple[AssignmentRule, ...] = ()
    fluxes: tuple[Flux, ...] = ()
    species: tuple[Species, ...] = ()
    observables: tuple[Observable, ...] = ()


def symbol(letter: str, tag: str, place: str = "") -> str:
    """LaTeX of a species: ``D`` alone, ``D_p`` at a place, ``D_{p,tag}`` for one drug of several."""
    marks = ",".join(mark for mark in (place, tag) if mark)
    return f"{letter}_{{{marks}}}" if len(marks) > 1 else f"{letter}_{marks}" if marks else letter


def assembled(name: str, title: str, about: str, k: Parameters, parts: Iterable[ModuleParts]) -> Module:
    """The module of a drug; every species of its parts starts at 0.

    Its ledger holds the entries that its laws read. Limits of doses and safety rules stand in the same file,
    but belong to the declaration of the drug.
    """
    parts = tuple(parts)
    module = Module(
        name,
        title,
        about=about,
        definitions=tuple(d for part in parts for d in part.definitions),
        fluxes=tuple(f for part in parts for f in part.fluxes),
        starts=tuple(InitialCondition(s, zero) for part in parts for s in part.species),
        observables=tuple(o for part in parts for o in part.observables),
    )
    read = {n: entry for n, entry in k.ledger.items() if f"{k.owner}.{n}" in module.arguments}
    return replace(module, ledger=Ledger(k.ledger.module, read))
