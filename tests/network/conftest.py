"""A network small enough to know by heart: ligand and receptor bind, one is lost, one moves to tissue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from quotidian.errors import AuditError
from quotidian.evidence import Entry, Ledger
from quotidian.evidence.basis import Assumed
from quotidian.evidence.spread import NoSpread, Unknown
from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Compartment,
    Covariate,
    Flux,
    InitialCondition,
    Model,
    Module,
    Observable,
    Parameter,
    Signal,
    Species,
    Transfer,
)
from quotidian.network.flux import itself


def binding(a: Any, b: Any, ab: Any, on: Any, off: Any) -> Any:
    r"""Net association, :math:`v = k_{on} A B - k_{off} AB`"""
    return on * a * b - off * ab


def product(a: Any, b: Any) -> Any:
    r"""Product, :math:`a b`"""
    return a * b


def moved(q: Any, a: Any, p: Any) -> Any:
    r"""Moved, :math:`v = Q (A - P)`"""
    return q * (a - p)


def nothing() -> Any:
    """Starts at 0"""
    return 0.0


@dataclass(frozen=True)
class Tiny:
    """The pieces, and the model they make."""

    a: Species
    b: Species
    ab: Species
    p: Species
    on: Parameter
    off: Parameter
    loss: Parameter
    mass: Parameter
    exchange: Parameter
    amount: Signal
    weight: Covariate
    module: Module

    @property
    def model(self) -> Model:
        return Model("tiny", "A tiny network", (self.module,))

    def with_(self, **fields: Any) -> Model:
        """The model with these fields of its module replaced."""
        return Model("tiny", "A tiny network", (replace(self.module, **fields),))

    def plus(self, **fields: Any) -> Model:
        """The model with something added to these fields of its module."""
        return self.with_(**{name: getattr(self.module, name) + more for name, more in fields.items()})


def entry(name: str, value: float, unit: str, symbol: str = "", module: str = "tiny") -> Entry:
    """A number that is honest about being made up."""
    size = abs(value) or 1.0
    return Entry(
        name=name, module=module, meaning=f"the {name} | of tests", symbol=symbol or name,
        value=value, unit=unit, variability=NoSpread("one value for all"),
        uncertainty=Unknown("nobody measured it"),
        basis=Assumed("a test needs it"), sources=(), plausible=(value - size, value + size),
    )  # fmt: skip


def parameter(e: Entry, unit: str) -> Parameter:
    return Parameter(f"{e.module}.{e.name}", unit, e.meaning, e.symbol, e)


ENTRIES = {
    "on": entry("on", 2.0, "1/nM/h", "k_{on}"),
    "off": entry("off", 12.0, "1/day", "k_{off}"),
    "loss": entry("loss", 0.1, "1/h", "k"),
    "mass": entry("mass", 50.0, "kDa", "m"),
    "exchange": entry("exchange", 20.0, "mL/h", "Q"),
    "blood": entry("blood", 3.0, "L", "V"),
    "tissue": entry("tissue", 9.0, "L", "V_t"),
}


@pytest.fixture
def tiny() -> Tiny:
    return make_tiny()


def make_tiny() -> Tiny:
    """A new network; a test that Hypothesis runs calls this rather than the fixture."""
    made = ENTRIES
    on, off, loss = (
        parameter(made["on"], "1/nM/h"),
        parameter(made["off"], "1/h"),
        parameter(made["loss"], "1/h"),
    )
    mass, exchange = parameter(made["mass"], "ug/nmol"), parameter(made["exchange"], "L/h")
    blood = Compartment("blood", parameter(made["blood"], "L"))
    tissue = Compartment("tissue", parameter(made["tissue"], "L"))
    a = Species("a", "nM", "ligand", "A", (0, 20), blood)
    b = Species("b", "nM", "receptor", "B", (0, 4), blood)
    ab = Species("ab", "nM", "complex", "AB", (0, 4), blood)
    p = Species("p", "nM", "ligand in tissue", "P", (0, 10), tissue)
    amount = Signal("amount", "ug/L", "ligand by mass", "m_A")
    weight = Covariate("weight", "kg", "weight", "w", typical=20.0)
    module = Module(
        "tiny",
        "Tiny",
        about="A ligand and its receptor.",
        ledger=Ledger("tiny", made),
        definitions=(AssignmentRule(amount, product, a, mass),),
        fluxes=(
            Flux(a + b >> ab, binding, a, b, ab, on, off),
            Flux(b >> NOTHING, product, b, loss),
            Transfer(a >> p, moved, exchange, a, p),
        ),
        starts=tuple(InitialCondition(s, nothing) for s in (a, b, ab, p)),
        observables=(
            Observable("ligand", "ng/mL", "ligand by mass", itself, amount),
            Observable("complex", "nM", "complex", itself, ab),
        ),
    )
    return Tiny(a, b, ab, p, on, off, loss, mass, exchange, amount, weight, module)


def refused_by(check: Callable[[Model], object], model: Model) -> str:
    """What a check says of a model that it refuses, with a remedy."""
    with pytest.raises(AuditError) as error:
        check(model)
    assert error.value.remedy
    return str(error.value)
