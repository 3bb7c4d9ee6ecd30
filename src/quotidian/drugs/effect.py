"""Effects proportional to the concentration of a drug: its contribution to a sum that mechanisms read."""

from __future__ import annotations

from typing import Any

from quotidian.drugs.module_parts import ModuleParts
from quotidian.network import AssignmentRule, Observable, Parameter, Parameters, Part, Species, Sum
from quotidian.network.flux import itself


def strength(D: Any, C_50: Any) -> Any:
    r"""Strength of the effect, :math:`B = D / C_{50}`"""
    return D / C_50


def strength_at_site(rho: Any, D: Any, C_50: Any) -> Any:
    r"""Strength of the effect where the drug acts, :math:`B = \rho D / C_{50}`"""
    return rho * D / C_50


def effect(k: Parameters, drug: Species, on: Sum, half: str, site: str | None = None) -> ModuleParts:
    """Add the concentration of the drug, relative to its EC50, to the sum ``on``.

    The contribution is also an observable.

    Parameters
    ----------
    half : entry of the half-effective concentration in the ledger.
    site : entry of the concentration at the site of action relative to plasma; None: the drug acts in plasma.
    """
    part = Part(f"{drug.name}.{on.name}", "1", f"{on.meaning} ({drug.name})", on.symbol, on)
    C_50: Parameter = k(half, "nM")
    definition = (
        AssignmentRule(part, strength, drug, C_50)
        if site is None
        else AssignmentRule(part, strength_at_site, k(site, "1"), drug, C_50)
    )
    return ModuleParts((definition,), observables=(as_observable(drug.name, part),))


def as_observable(drug: str, part: Part) -> Observable:
    """The contribution as an observable, such as ``anakinra_il1_block``."""
    assert part.of is not None
    return Observable(f"{drug}_{part.of.name}", part.unit, part.meaning, itself, part)
