"""The signal at gp130: classic through membrane IL-6R, trans through the soluble complex.

Effective IL-6 is given in pg/mL: without drug it equals free IL-6. In the reduced law the cell responds at
once, which is accurate after the first hours; ``gp130_signal_detailed`` describes these hours.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import AssignmentRule, Module, Observable, Parameters, Signal
from quotidian.network.flux import itself
from quotidian.vocabulary import (
    classic_signal,
    gp130_drive,
    il6_concentration,
    il6_reference,
    il6_signal,
    il6_sil6r,
    il6_sil6r_reference,
    jak_block,
    mil6r,
    trans_signal,
)

k = Parameters(__file__)
w = k("trans_share", "1")


def classic(w: Any, ell: Any, R: Any) -> Any:
    r"""Classic signal, :math:`e_c = (1 - w_t)\,\ell R`"""
    return (1 - w) * ell * R


def trans(w: Any, L_0: Any, LS: Any, LS_0: Any) -> Any:
    r"""Trans signal, :math:`e_t = w_t L_0\, LS / LS_0`"""
    return w * L_0 * LS / LS_0


def both(e_c: Any, e_t: Any, B_J: Any) -> Any:
    r"""Effective IL-6, :math:`e = (e_c + e_t)/(1 + B_J)`"""
    return (e_c + e_t) / (1 + B_J)


def _module(what: Signal, *observables: Observable) -> Module:
    return Module(
        "gp130_signal",
        "Signal through gp130",
        about="Liver and brain respond almost only to classic signalling.",
        ledger=k.ledger,
        definitions=(
            AssignmentRule(classic_signal, classic, w, il6_concentration, mil6r),
            AssignmentRule(trans_signal, trans, w, il6_reference, il6_sil6r, il6_sil6r_reference),
            AssignmentRule(what, both, classic_signal, trans_signal, jak_block),
        ),
        observables=(
            *observables,
            Observable(
                "classic_signal", "pg/mL", "effective IL-6 through membrane IL-6R", itself, classic_signal
            ),
            Observable(
                "trans_signal", "pg/mL", "effective IL-6 through the soluble complex", itself, trans_signal
            ),
        ),
    )


module = _module(il6_signal, Observable("il6_signal", "pg/mL", "effective IL-6 at gp130", itself, il6_signal))
"""With the reduced law of the cell: the signal is what reaches gp130."""
upstream = _module(gp130_drive)
"""For the detailed law, which computes the signal from what reaches gp130."""
