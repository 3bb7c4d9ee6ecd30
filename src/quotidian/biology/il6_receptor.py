"""Membrane IL-6 receptor: renewed at a steady pace, blocked by tocilizumab, never taking drug away.

The drug's saturable clearance is counted once, in its disposition; here binding sets the effect.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Flux, Module, Observable, Parameters, Start
from quotidian.network.flux import itself
from quotidian.vocabulary import mil6r, tocilizumab, tocilizumab_mil6r

k = Parameters(__file__)
k_r = k("k_renewal", "1/h")
k_on, k_off = k("k_on", "1/nM/h"), k("k_off", "1/h")


def renewed(kr: Any) -> Any:
    r"""New receptor, :math:`v = k_r`"""
    return kr


def lost(R: Any, kr: Any) -> Any:
    r"""Receptor taken from the surface, :math:`v = k_r R`"""
    return kr * R


def blocked(D: Any, R: Any, DR: Any, on: Any, off: Any) -> Any:
    r"""Net binding of the antibody, :math:`v = k_{on} D R - k_{off} DR`"""
    return on * D * R - off * DR


def all_free() -> Any:
    """Starts at 1: every receptor free"""
    return 1.0


def none() -> Any:
    """Starts at 0"""
    return 0.0


module = Module(
    "il6_receptor",
    "Membrane IL-6 receptor",
    about="Bound and free receptor are lost alike, so their sum stays 1.",
    ledger=k.ledger,
    fluxes=(
        Flux(NOTHING >> mil6r, renewed, k_r),
        Flux(mil6r >> NOTHING, lost, mil6r, k_r),
        Flux(tocilizumab_mil6r >> NOTHING, lost, tocilizumab_mil6r, k_r),
        Flux(mil6r >> tocilizumab_mil6r, blocked, tocilizumab, mil6r, tocilizumab_mil6r, k_on, k_off),
    ),
    starts=(Start(mil6r, all_free), Start(tocilizumab_mil6r, none)),
    observables=(
        Observable("mil6r_free", "1", "share of membrane IL-6 receptor that is free", itself, mil6r),
        Observable("mil6r_bound", "1", "share held by tocilizumab", itself, tocilizumab_mil6r),
    ),
)
