"""Membrane IL-6 receptor: renewed at a steady pace, held by antibodies, never taking drug away.

The drug's saturable clearance is counted once, in its disposition; here binding sets the effect.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Definition, Flux, Module, Observable, Parameters, Start
from quotidian.network.flux import itself
from quotidian.vocabulary import mil6r, mil6r_held, mil6r_renewal

k = Parameters(__file__)
k_r = k("k_renewal", "1/h")


def renewed(kr: Any) -> Any:
    r"""New receptor, :math:`v = k_r`"""
    return kr


def lost(R: Any, kr: Any) -> Any:
    r"""Receptor taken from the surface, :math:`v = k_r R`"""
    return kr * R


def all_free() -> Any:
    """Starts at 1: every receptor free"""
    return 1.0


module = Module(
    "il6_receptor",
    "Membrane IL-6 receptor",
    about="Bound and free receptor are lost alike, so their sum stays 1.",
    ledger=k.ledger,
    definitions=(Definition(mil6r_renewal, itself, k_r),),
    fluxes=(
        Flux(NOTHING >> mil6r, renewed, mil6r_renewal),
        Flux(mil6r >> NOTHING, lost, mil6r, mil6r_renewal),
    ),
    starts=(Start(mil6r, all_free),),
    observables=(
        Observable("mil6r_free", "1", "share of membrane IL-6 receptor that is free", itself, mil6r),
        Observable("mil6r_bound", "1", "share held by drugs", itself, mil6r_held),
    ),
)
