"""Antibodies to the IL-6 receptor: binding in plasma, on cells and in the joint.

Bound soluble receptor is cleared far more slowly than free, so total sIL-6R rises. Bound membrane receptor is
internalised like free receptor. This removes no drug, because target-mediated clearance is counted once, in
the saturable path of the disposition.
"""

from __future__ import annotations

from typing import Any

from quotidian.drugs.effect import as_observable
from quotidian.drugs.joint_access import joint_access
from quotidian.drugs.module_parts import ModuleParts, symbol
from quotidian.network import NOTHING, AssignmentRule, Flux, Parameters, Part, Species
from quotidian.network.flux import itself
from quotidian.vocabulary import (
    joint_block,
    liver_strain,
    mil6r,
    mil6r_held,
    mil6r_renewal,
    plasma,
    sil6r,
    sil6r_held,
)


def binding(D: Any, S: Any, DS: Any, k_on: Any, k_off: Any) -> Any:
    r"""Net binding to IL-6R, :math:`v = k_{on} D S - k_{off} DS`"""
    return k_on * D * S - k_off * DS


def bound_lost(DS: Any, k_ds: Any) -> Any:
    r"""Loss of bound sIL-6R, :math:`v = k_{DS} DS`"""
    return k_ds * DS


def lost_with_receptor(DS: Any, k_ds: Any, r: Any) -> Any:
    r"""Complex lost as a whole, :math:`v = (1 - r)\, k_{DS} DS`"""
    return (1 - r) * k_ds * DS


def recycled(DS: Any, k_ds: Any, r: Any) -> Any:
    r"""Receptor lost, drug returned to plasma, :math:`v = r\, k_{DS} DS`"""
    return r * k_ds * DS


def taken(DR: Any, kr: Any) -> Any:
    r"""Internalisation of bound membrane receptor, at the rate of free receptor, :math:`v = k_r DR`"""
    return kr * DR


def strain(s: Any, DR: Any) -> Any:
    r"""Relative rise of transaminases with the receptors occupied, :math:`\theta_L = s\, DR`"""
    return s * DR


def receptor_binding(k: Parameters, drug: Species, tag: str = "") -> tuple[ModuleParts, ...]:
    """Let an antibody bind IL-6R in plasma, on the membrane and in the joint.

    With an entry ``recycled`` in its ledger, that fraction of the complexes lost returns the drug: it
    dissociates from the receptor at the pH of the endosome and returns to plasma alone.
    """
    joint_part = joint_access(k, drug, joint_block, tag).parts
    return (_in_plasma(k, drug, tag), _on_the_membrane(k, drug, tag), joint_part)


def _in_plasma(k: Parameters, drug: Species, tag: str) -> ModuleParts:
    k_on, k_off, k_ds = k("k_on", "1/nM/h"), k("k_off", "1/h"), k("k_bound", "1/h")
    name = drug.name
    bound = Species(f"{name}_sil6r", "nM", f"{name} with sIL-6R", symbol("DS", tag), (0, 40), plasma)
    part = Part(f"{name}.sil6r_held", "nM", "sIL-6R bound to the drug", "S_D", sil6r_held)
    binds = Flux(drug + sil6r >> bound, binding, drug, sil6r, bound, k_on, k_off)
    if "recycled" in k.ledger:
        r = k("recycled", "1")
        losses: tuple[Flux, ...] = (
            Flux(bound >> NOTHING, lost_with_receptor, bound, k_ds, r),
            Flux(bound >> drug, recycled, bound, k_ds, r),
        )
    else:
        losses = (Flux(bound >> NOTHING, bound_lost, bound, k_ds),)
    return ModuleParts((AssignmentRule(part, itself, bound),), (binds, *losses), (bound,))


def _on_the_membrane(k: Parameters, drug: Species, tag: str) -> ModuleParts:
    k_on, k_off = k("k_on_membrane", "1/nM/h"), k("k_off_membrane", "1/h")
    name = drug.name
    bound = Species(f"{name}_mil6r", "1", f"membrane receptor with {name}", symbol("DR", tag), (0, 1))
    part = Part(f"{name}.mil6r_held", "1", "membrane receptor bound to the drug", "R_D", mil6r_held)
    rise = f"relative rise of transaminases, by {name}"
    burden = Part(f"{name}.liver_strain", "1", rise, r"\theta_L", liver_strain)
    fluxes = (
        Flux(mil6r >> bound, binding, drug, mil6r, bound, k_on, k_off),
        Flux(bound >> NOTHING, taken, bound, mil6r_renewal),
    )
    definitions = (
        AssignmentRule(part, itself, bound),
        AssignmentRule(burden, strain, k("strain", "1"), bound),
    )
    return ModuleParts(definitions, fluxes, (bound,), (as_observable(name, burden),))
