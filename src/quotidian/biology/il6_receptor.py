"""Membrane IL-6 receptor: constant renewal, binding by antibodies, no clearance of drug.

The drug's saturable clearance is counted once, in its disposition; here binding sets the effect.
IL-6 also internalises its receptor (Zohlnhofer 1992): a setting, off in the typical child.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, AssignmentRule, Flux, InitialCondition, Module, Observable, Parameters
from quotidian.network.flux import itself
from quotidian.vocabulary import il6_concentration, il6_reference, mil6r, mil6r_held, mil6r_renewal

k = Parameters(__file__)
k_r, k_i, a = k("k_renewal", "1/h"), k("k_ligand", "1/h"), k("half_ligand", "pg/mL")


def renewed(kr: Any, ki: Any, a: Any, L_0: Any) -> Any:
    r"""Production that balances loss, :math:`v = k_r + k_i L_0/(a + L_0)`"""
    return kr + ki * L_0 / (a + L_0)


def lost(R: Any, kr: Any) -> Any:
    r"""Internalisation of free receptor, :math:`v = k_r R`"""
    return kr * R


def lost_with_ligand(R: Any, ki: Any, ell: Any, a: Any) -> Any:
    r"""Internalisation of receptor with IL-6, :math:`v = k_i R\, \ell/(a + \ell)`"""
    return ki * R * ell / (a + ell)


def all_free() -> Any:
    """Starts at 1: every receptor free"""
    return 1.0


module = Module(
    "il6_receptor",
    "Membrane IL-6 receptor",
    about="Free receptor is 1 in typical active disease. IL-6 does not internalise drug-bound receptor.",
    ledger=k.ledger,
    definitions=(AssignmentRule(mil6r_renewal, itself, k_r),),
    fluxes=(
        Flux(NOTHING >> mil6r, renewed, mil6r_renewal, k_i, a, il6_reference),
        Flux(mil6r >> NOTHING, lost, mil6r, mil6r_renewal),
        Flux(mil6r >> NOTHING, lost_with_ligand, mil6r, k_i, il6_concentration, a),
    ),
    starts=(InitialCondition(mil6r, all_free),),
    observables=(
        Observable("mil6r_free", "1", "share of membrane IL-6 receptor that is free", itself, mil6r),
        Observable("mil6r_bound", "1", "share of membrane IL-6 receptor bound to drugs", itself, mil6r_held),
    ),
)
