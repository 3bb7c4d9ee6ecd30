"""A module: one mechanism with its parameters, fluxes, rules, initial conditions and observables."""

from __future__ import annotations

from dataclasses import dataclass

from quotidian.errors import AuditError, closest
from quotidian.evidence import Ledger, ledger_beside
from quotidian.network.flux import AssignmentRule, Flux, InitialCondition, Observable, Transfer, Use
from quotidian.network.names import Named, Parameter


class Parameters:
    """Parameters from the ledger beside a module: ``k = Parameters(__file__); k("k_on", "1/nM/h")``."""

    def __init__(self, python_file: str) -> None:
        self.ledger: Ledger = ledger_beside(python_file)

    @property
    def owner(self) -> str:
        """The module that the ledger belongs to."""
        return self.ledger.module.rpartition(".")[2]

    def __call__(self, name: str, unit: str) -> Parameter:
        if name not in self.ledger:
            raise AuditError(
                f"{self.ledger.module} uses parameter '{name}', which its ledger does not contain.",
                closest(name, self.ledger),
                "Add the entry to the YAML beside the module, with value, unit, variability, uncertainty, "
                "basis and source.",
            )
        entry = self.ledger[name]
        return Parameter(f"{self.owner}.{name}", unit, entry.meaning, entry.symbol, entry)


@dataclass(frozen=True)
class Module:
    """One mechanism. ``title`` heads its section of the equations page; ``about`` gives its rationale."""

    name: str
    title: str
    about: str = ""
    ledger: Ledger | None = None
    fluxes: tuple[Flux, ...] = ()
    definitions: tuple[AssignmentRule, ...] = ()
    starts: tuple[InitialCondition, ...] = ()
    observables: tuple[Observable, ...] = ()

    @property
    def laws(self) -> tuple[Use, ...]:
        """Every use of a law."""
        return (*self.definitions, *self.fluxes, *self.starts, *self.observables)

    @property
    def arguments(self) -> dict[str, Named]:
        """Every name that the module reads: arguments of its laws, volumes of its transfers."""
        return {a.name: a for law in self.laws for a in (*law.arguments, *volumes(law))}


def volumes(use: Use) -> tuple[Named, ...]:
    """Volumes by which the sides of a transfer are divided."""
    if not isinstance(use, Transfer):
        return ()
    return tuple(s.volume for s in use.arrow.net if s.volume is not None)
