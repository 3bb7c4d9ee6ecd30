"""A drug as one value: its mechanism, how it is given, and the limits within which it is given.

A drug is declared at the end of its own module, with its numbers in the ledger beside; ``registry`` collects
the declarations, and whatever holds for all drugs is read from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quotidian.dosing import Regimen, Route
from quotidian.drugs.antidrug_antibodies import AntidrugAntibodies
from quotidian.drugs.safety import Limit
from quotidian.drugs.variability import Variability
from quotidian.network import Module
from quotidian.population import PopulationModel

Basis = Literal["licensed", "tried", "scaled"]


@dataclass(frozen=True)
class Port:
    """Where a dose enters the model: an input in mg/h for an infusion, else a species that gains mg.

    ``lag_h`` (h) is the time from the dose to the start of its absorption.
    """

    drug: str
    route: str
    name: str
    is_input: bool
    lag_h: float = 0.0


@dataclass(frozen=True)
class Preparation:
    """A drug by one route, under the name that a regimen calls it by.

    Attributes
    ----------
    name : as written in a regimen, such as ``tocilizumab-sc``.
    standard : the standard regimen, or None where no dose is usual.
    basis, source : the evidence for the standard regimen.
    over_h : usual infusion time, h; 0 by other routes.
    enters : the species that receives a dose which is not infused, without the name of the drug.
    lag_h : time from the dose to the start of its absorption, h.
    """

    name: str
    route: Route
    standard: Regimen | None
    basis: Basis
    source: str
    over_h: float = 0.0
    enters: str = "depot"
    lag_h: float = 0.0


@dataclass(frozen=True)
class Drug:
    """Everything the program knows of one drug.

    Attributes
    ----------
    module : its disposition and effects.
    group : the class of drugs that lists show it under.
    preparations : how it can be given; none for a drug that trials give as background treatment only.
    most_per_day : largest dose in any 24 hours, mg/kg; more is refused. None: no limit.
    safety : readings at which it is held, reduced or stopped.
    variability : of its parameters between subjects; None: every subject has the typical values.
    antibodies : formation of antibodies against it; None where it is not modelled.
    """

    module: Module
    group: str = "Other drugs"
    preparations: tuple[Preparation, ...] = ()
    most_per_day: float | None = None
    safety: tuple[Limit, ...] = ()
    variability: Variability | None = None
    antibodies: AntidrugAntibodies | None = None

    @property
    def random_effects(self) -> PopulationModel:
        """Its random effects, with the sizes of its ledger."""
        return PopulationModel() if self.variability is None else self.variability.population_model()

    @property
    def name(self) -> str:
        """The name of its module and of its species in plasma."""
        return self.module.name

    @property
    def ports(self) -> tuple[Port, ...]:
        """Where the doses of each preparation enter the model."""
        return tuple(self._port(p) for p in self.preparations)

    def _port(self, p: Preparation) -> Port:
        is_input = p.route == "infusion"
        place = f"{self.name}_{'infusion' if is_input else p.enters}"
        return Port(self.name, p.route, place, is_input, p.lag_h)
