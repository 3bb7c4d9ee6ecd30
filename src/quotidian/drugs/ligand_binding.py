"""Drugs that bind IL-6, or its complex with sIL-6R, in plasma and in the joint.

IL-6 bound to an antibody is cleared as slowly as the antibody, so total IL-6 rises while free IL-6 falls. The
two binding sites are counted as one, because the drug is in large excess over IL-6.
"""

from __future__ import annotations

from typing import Any

from quotidian.drugs.joint_access import joint_access
from quotidian.drugs.module_parts import ModuleParts, symbol
from quotidian.network import NOTHING, AssignmentRule, Flux, Parameters, Part, Species, Sum
from quotidian.network.flux import itself
from quotidian.network.laws import net_binding
from quotidian.vocabulary import (
    il6,
    il6_held,
    il6_sil6r,
    joint_block,
    joint_trans_block,
    plasma,
    sil6r,
    sil6r_held,
)


def bound_lost(DL: Any, k_b: Any) -> Any:
    r"""Loss of the complex, :math:`v = k_b DL`"""
    return k_b * DL


def both(DL: Any, DLS: Any) -> Any:
    r"""Bound in either form, :math:`DL + DLS`"""
    return DL + DLS


def ligand_binding(k: Parameters, drug: Species, tag: str) -> tuple[ModuleParts, ...]:
    """Let an antibody bind free IL-6 and prevent its binding to the receptor.

    It does not bind IL-6 that is already bound to its receptor; this dissociates within the hour.
    """
    bound, parts = _holding(k, drug, tag)
    held = (AssignmentRule(_part(drug, il6_held, "IL-6 bound to the drug"), itself, bound),)
    return (parts, ModuleParts(held), joint_access(k, drug, joint_block, tag).parts)


def ligand_binding_beside_receptor(k: Parameters, drug: Species, tag: str) -> tuple[ModuleParts, ...]:
    """Let an antibody bind the gp130 site of IL-6, whether IL-6 is free or bound to its soluble receptor.

    The result does not depend on the order of binding: the four constants form a closed cycle in balance.
    """
    bound, parts = _holding(k, drug, tag)
    k_on, k_off, k_b = k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")
    on_r, off_r = k("k_on_receptor", "1/nM/h"), k("k_off_receptor", "1/h")
    inert = Species(
        f"{drug.name}_il6_sil6r",
        "nM",
        f"{drug.name} with IL-6 and sIL-6R",
        symbol("DLS", tag),
        (0, 2),
        plasma,
    )
    fluxes = (
        Flux(drug + il6_sil6r >> inert, net_binding, drug, il6_sil6r, inert, k_on, k_off),
        Flux(bound + sil6r >> inert, net_binding, bound, sil6r, inert, on_r, off_r),
        Flux(inert >> NOTHING, bound_lost, inert, k_b),
    )
    held = (
        AssignmentRule(_part(drug, il6_held, "IL-6 bound to the drug"), both, bound, inert),
        AssignmentRule(_part(drug, sil6r_held, "sIL-6R bound to the drug"), itself, inert),
    )
    access = joint_access(k, drug, joint_block, tag).parts
    return (parts, ModuleParts(held, fluxes, (inert,)), access)


def complex_binding(k: Parameters, drug: Species, tag: str) -> tuple[ModuleParts, ...]:
    """Let a drug bind the complex of IL-6 and sIL-6R, as sgp130 does; classic signalling is not affected."""
    k_on, k_off, k_b = k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")
    name = drug.name
    bound = Species(
        f"{name}_il6_sil6r", "nM", f"{name} with IL-6 and sIL-6R", symbol("DLS", tag), (0, 0.2), plasma
    )
    fluxes = (
        Flux(drug + il6_sil6r >> bound, net_binding, drug, il6_sil6r, bound, k_on, k_off),
        Flux(bound >> NOTHING, bound_lost, bound, k_b),
    )
    held = (
        AssignmentRule(_part(drug, il6_held, "IL-6 bound to the drug"), itself, bound),
        AssignmentRule(_part(drug, sil6r_held, "sIL-6R bound to the drug"), itself, bound),
    )
    return (ModuleParts(held, fluxes, (bound,)), joint_access(k, drug, joint_trans_block, tag).parts)


def _holding(k: Parameters, drug: Species, tag: str) -> tuple[Species, ModuleParts]:
    """Binding of free IL-6 by the drug, and the slow clearance of the complex."""
    k_on, k_off, k_b = k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")
    name = drug.name
    bound = Species(f"{name}_il6", "nM", f"{name} with IL-6", symbol("DL", tag), (0, 5), plasma)
    fluxes = (
        Flux(drug + il6 >> bound, net_binding, drug, il6, bound, k_on, k_off),
        Flux(bound >> NOTHING, bound_lost, bound, k_b),
    )
    return bound, ModuleParts(fluxes=fluxes, species=(bound,))


def _part(drug: Species, of: Sum, meaning: str) -> Part:
    return Part(f"{drug.name}.{of.name}", of.unit, meaning, of.symbol, of)
