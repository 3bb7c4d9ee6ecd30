"""Uses of laws: fluxes, assignment rules, initial conditions and observables, each with its arguments."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from quotidian.errors import AuditError, InvalidInput
from quotidian.network.names import Arrow, Named, Signal, Species

Law = Callable[..., Any]
WITHOUT_DOCSTRINGS = 2
"""Level of optimisation from which Python removes docstrings."""


def formula(law: Law) -> str:
    """First paragraph of a law's docstring. Raises InvalidInput where Python has removed all docstrings."""
    if sys.flags.optimize >= WITHOUT_DOCSTRINGS:
        raise InvalidInput(
            "The laws of the model have lost their names and formulas.",
            "Both are docstrings, and Python removes these with -OO.",
            "Run it with -O, or without an option.",
        )
    return (inspect.getdoc(law) or "").split("\n\n")[0].replace("\n", " ").strip()


def _check(what: str, law: Law, arguments: tuple[Named, ...]) -> None:
    parameters = inspect.signature(law).parameters
    wanted = list(parameters)
    if any(p.kind is p.VAR_POSITIONAL for p in parameters.values()):
        return
    if len(wanted) != len(arguments):
        raise AuditError(
            f"{what}: its law takes {len(wanted)} arguments but was given {len(arguments)}.",
            f"Wanted: {', '.join(wanted)}. Given: {', '.join(a.name for a in arguments)}.",
            "Pass one argument for each name of the law, in order.",
        )


def _keep(use: object, **fields: Any) -> None:
    """Set the fields of a frozen value in its own constructor."""
    for name, value in fields.items():
        object.__setattr__(use, name, value)


@dataclass(frozen=True, init=False)
class Flux:
    """One reaction: its arrow, its rate law, the law's arguments.

    The law gives a rate in [unit of the species / h]; signs and stoichiometry come from the arrow.
    """

    arrow: Arrow
    law: Law
    arguments: tuple[Named, ...]

    def __init__(self, arrow: Arrow, law: Law, *arguments: Named) -> None:
        _check(f"Flux {law.__name__}", law, arguments)
        _keep(self, arrow=arrow, law=law, arguments=arguments)

    @property
    def name(self) -> str:
        """The name of its law."""
        return self.law.__name__


class Transfer(Flux):
    """A transfer between compartments: its law gives [amount / h]; each side divides by its own volume."""


@dataclass(frozen=True, init=False)
class AssignmentRule:
    """A signal as a function of other quantities, valid at all times."""

    of: Signal
    law: Law
    arguments: tuple[Named, ...]

    def __init__(self, of: Signal, law: Law, *arguments: Named) -> None:
        _check(f"Definition of {of.name}", law, arguments)
        _keep(self, of=of, law=law, arguments=arguments)


@dataclass(frozen=True, init=False)
class InitialCondition:
    """The initial value of a species, from constants only."""

    of: Species
    law: Law
    arguments: tuple[Named, ...]

    def __init__(self, of: Species, law: Law, *arguments: Named) -> None:
        _check(f"Start of {of.name}", law, arguments)
        _keep(self, of=of, law=law, arguments=arguments)


@dataclass(frozen=True, init=False)
class Observable:
    """A quantity that can be observed: name, unit, meaning and the law that gives it."""

    name: str
    unit: str
    meaning: str
    law: Law
    arguments: tuple[Named, ...]

    def __init__(self, name: str, unit: str, meaning: str, law: Law, *arguments: Named) -> None:
        _check(f"Observable {name}", law, arguments)
        _keep(self, name=name, unit=unit, meaning=meaning, law=law, arguments=arguments)


Use: TypeAlias = Flux | AssignmentRule | InitialCondition | Observable
"""A law in one of its uses, with its arguments."""


def call(use: Use, values: Mapping[str, Any]) -> Any:
    """Evaluate the law for these values of its arguments, by name."""
    return use.law(*(values[a.name] for a in use.arguments))


def label(use: Use) -> str:
    """Name a use in a message: ``flux 'binding' (a + b >> ab)``."""
    if isinstance(use, Flux):
        return f"flux '{use.name}' ({use.arrow})"
    if isinstance(use, Observable):
        return f"observable '{use.name}' by '{use.law.__name__}'"
    kind = "assignment rule" if isinstance(use, AssignmentRule) else "initial condition"
    return f"{kind} of '{use.of.name}' by '{use.law.__name__}'"


def itself(x: Any) -> Any:
    """The quantity itself, :math:`x`"""
    return x
