"""Networks of one or two species whose behaviour is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from quotidian.engine import CompiledModel
from quotidian.network import (
    NOTHING,
    Covariate,
    Flux,
    InitialCondition,
    Input,
    Model,
    Module,
    Observable,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import log

Floats = NDArray[np.float64]


def model(name: str, starts: dict[Species, Covariate], *fluxes: Flux) -> Model:
    """One module of these fluxes; every species starts at a covariate and is observed under its name."""
    module = Module(
        name,
        name.capitalize(),
        fluxes=fluxes,
        starts=tuple(InitialCondition(species, itself, start) for species, start in starts.items()),
        observables=tuple(Observable(s.name, s.unit, s.name, itself, s) for s in starts),
    )
    return Model(name, name.capitalize(), (module,))


def first_order(k: Any, x: Any) -> Any:
    r"""First order, :math:`v = k x`"""
    return k * x


def second_order(k: Any, x: Any) -> Any:
    r"""Second order, :math:`v = k x^2`"""
    return k * x * x


def logarithmic(k: Any, x: Any, x_0: Any) -> Any:
    r"""Falls with the logarithm, :math:`v = k \ln (x / x_0)`"""
    return k * log(x / x_0)


x = Species("x", "nM", usual=(0, 1))
x_0 = Covariate("x_0", "nM", typical=1.0)
k = Covariate("k", "1/h", typical=0.3)
k_2 = Covariate("k_2", "1/nM/h", typical=0.01)
made = Covariate("made", "nM/h", typical=0.0)
inflow = Input("inflow", "nM/h")

DECAY = model("decay", {x: x_0}, Flux(x >> NOTHING, first_order, k, x), Flux(NOTHING >> x, itself, inflow))
GROWTH = model("growth", {x: x_0}, Flux(NOTHING >> x, second_order, k_2, x), Flux(NOTHING >> x, itself, made))
LINE = model("line", {x: x_0}, Flux(NOTHING >> x, itself, made))
LOGARITHM = model("logarithm", {x: x_0}, Flux(NOTHING >> x, logarithmic, made, x, x_0))


@pytest.fixture(scope="session")
def decay() -> CompiledModel:
    """x' = inflow - k x."""
    return CompiledModel(DECAY)


@pytest.fixture(scope="session")
def growth() -> CompiledModel:
    """x' = k_2 x^2 + made: endless at t = 1 / (k_2 x_0)."""
    return CompiledModel(GROWTH)


def bits(values: Floats) -> NDArray[np.int64]:
    """Doubles as whole numbers: equal only if every bit is, not-a-number included."""
    return np.ascontiguousarray(values).view(np.int64)
