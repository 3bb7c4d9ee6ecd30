"""Networks whose solutions are known, and a cache of machine code of the tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from quotidian.engine import CompiledModel
from quotidian.network import Covariate, Flux, InitialCondition, Model, Module, Observable, Species
from quotidian.network.flux import itself


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Machine code is compiled again for each test run, and never left in the user's cache."""
    before = os.environ.get("QUOTIDIAN_CACHE")
    os.environ["QUOTIDIAN_CACHE"] = str(tmp_path_factory.mktemp("machine_code"))
    yield
    os.environ.pop("QUOTIDIAN_CACHE")
    if before is not None:
        os.environ["QUOTIDIAN_CACHE"] = before


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
