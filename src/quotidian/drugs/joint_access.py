"""Distribution of a large drug into the joint, which is slow and partial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quotidian.drugs.module_parts import ModuleParts, symbol
from quotidian.network import NOTHING, AssignmentRule, Flux, Parameter, Parameters, Part, Species, Sum
from quotidian.vocabulary import joint


def entry(k_d: Any, rho: Any, D: Any, D_j: Any) -> Any:
    r"""Exchange between plasma and joint, :math:`v = k_D (\rho D - D_j)`"""
    return k_d * (rho * D - D_j)


def over(D_j: Any, K_d: Any) -> Any:
    r"""Strength of the block, :math:`B = D_j / K_d`"""
    return D_j / K_d


@dataclass(frozen=True)
class JointAccess:
    """The drug in the joint, and the parts of the module for its distribution and its block."""

    inside: Species
    parts: ModuleParts


def joint_access(k: Parameters, plasma: Species, block: Sum, tag: str = "") -> JointAccess:
    """Let the drug distribute into the joint and add its concentration over K_d to ``block``."""
    k_d, rho, K_d = k("k_entry", "1/h"), k("joint_ratio", "1"), k("K_d", "nM")
    drug, top = plasma.name, 0.2 * plasma.usual[1]
    inside = Species(f"joint_{drug}", "nM", f"{drug} in the joint", symbol("D", tag, "j"), (0, top), joint)
    follows = Flux(NOTHING >> inside, entry, k_d, rho, plasma, inside)
    return JointAccess(inside, ModuleParts((blocked(inside, K_d, block),), (follows,), (inside,)))


def blocked(drug: Species, K_d: Parameter, block: Sum) -> AssignmentRule:
    """The contribution of a concentration over its dissociation constant to ``block``."""
    owner = drug.name.removeprefix("joint_")
    part = Part(f"{owner}.{block.name}", "1", f"{drug.meaning} relative to K_d", block.symbol, block)
    return AssignmentRule(part, over, drug, K_d)
