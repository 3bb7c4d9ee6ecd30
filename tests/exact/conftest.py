"""Networks whose solutions are known, and a cache of machine code of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from quotidian.engine import CompiledModel
from quotidian.network import Covariate, Flux, InitialCondition, Model, Module, Observable, Species
from quotidian.network.flux import itself


@pytest.fixture(scope="module", autouse=True)
def own_cache(machine_code: Path) -> Iterator[None]:
    """Machine code is compiled again for each test run, and never left in the user's cache.

    Other tests use the user's cache: the variable is reset at the end of each module.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUOTIDIAN_CACHE", str(machine_code))
        yield


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
