"""What a drug does in proportion to its concentration: a share of one of the sums that mechanisms read."""

from __future__ import annotations

from typing import Any

from quotidian.drugs.module_parts import Pieces
from quotidian.network import AssignmentRule, Observable, Parameter, Parameters, Part, Species, Sum
from quotidian.network.flux import itself


def strength(D: Any, C_50: Any) -> Any:
    r"""Strength of the effect, :math:`B = D / C_{50}`"""
    return D / C_50


def strength_at_site(rho: Any, D: Any, C_50: Any) -> Any:
    r"""Strength of the effect where the drug acts, :math:`B = \rho D / C_{50}`"""
    return rho * D / C_50


def effect(k: Parameters, drug: Species, on: Sum, half: str, site: str | None = None) -> Pieces:
    """The drug's concentration over its half-effective one: a part of the sum ``on``, and an observable.

    Parameters
    ----------
    half : name of the half-effective concentration in the ledger.
    site : name of the share of plasma that reaches the place of action; None where plasma is that place.
    """
    part = Part(f"{drug.name}.{on.name}", "1", f"{on.meaning}: {drug.name}", on.symbol, on)
    C_50: Parameter = k(half, "nM")
    definition = (
        AssignmentRule(part, strength, drug, C_50)
        if site is None
        else AssignmentRule(part, strength_at_site, k(site, "1"), drug, C_50)
    )
    return Pieces((definition,), observables=(told(drug.name, part),))


def told(drug: str, part: Part) -> Observable:
    """The part as an observable: ``anakinra_il1_block``."""
    assert part.of is not None
    return Observable(f"{drug}_{part.of.name}", part.unit, part.meaning, itself, part)
