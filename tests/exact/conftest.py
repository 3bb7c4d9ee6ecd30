"""Networks whose solutions are known, and the laws they share."""

from __future__ import annotations

from typing import Any

from quotidian.engine import CompiledModel
from quotidian.network import Covariate, Flux, InitialCondition, Model, Module, Observable, Species
from quotidian.network.flux import itself


def machine(name: str, starts: dict[Species, Covariate], *fluxes: Flux) -> CompiledModel:
    """One module of these fluxes; every species starts at a covariate and is observed under its name."""
    module = Module(
        name,
        name.capitalize(),
        fluxes=fluxes,
        starts=tuple(InitialCondition(species, itself, start) for species, start in starts.items()),
        observables=tuple(Observable(s.name, s.unit, s.name, itself, s) for s in starts),
    )
    return CompiledModel(Model(name, name.capitalize(), (module,)))


def first_order(k: Any, x: Any) -> Any:
    r"""First order, :math:`v = k x`"""
    return k * x


def second_order(k: Any, x: Any, y: Any) -> Any:
    r"""Second order, :math:`v = k x y`"""
    return k * x * y


def limited(r: Any, x: Any, K: Any) -> Any:
    r"""Limited growth, :math:`v = r x (1 - x / K)`"""
    return r * x * (1 - x / K)
