r"""Macrophage activation: IL-18 and IL-12 induce IFN-gamma, which activates the cells that produce both.

The loop has a threshold. Over a range of IL-18 two states are stable, disease without MAS and MAS; a
trigger (infection, flare, less steroid) carries a child from one to the other, and where IL-18 of the
untriggered disease is high enough the first state is gone. IL-6 acts on it through innate activity alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Module,
    Observable,
    Parameters,
    Signal,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, hill
from quotidian.vocabulary import (
    ifn_block,
    ifn_gamma,
    ifn_signal,
    il18,
    infection,
    initial_activation,
    initial_activity,
    initial_ifn,
    innate_activity,
    macrophage_activation,
    restraint,
)

Floats = NDArray[np.float64]
k = Parameters(__file__)
k_x, x_0, x_M = k("k_il18", "1/h"), k("il18_floor", "pg/mL"), k("il18_innate", "pg/mL")
g, p = k("il18_feedback", "1"), k("il18_proneness", "1")
X = k("il18_half", "pg/mL")
k_y, Y = k("k_ifn", "1/h"), k("ifn_full", "pg/mL")
top, r, r_i = k("ifn_top", "1"), k("resting_tone", "1"), k("infection_tone", "1")
h, n = k("activation_half", "1"), k("activation_steepness", "1")

il18_action = Signal("macrophage_activation.il18_action", "1", "IL-18 not bound by its binding protein", "S")
initial_il18 = Signal("macrophage_activation.initial_il18", "pg/mL", "IL-18 at the start", "x^0")


def il18_made(k_x: Any, p: Any, x_0: Any, x_M: Any, M: Any, g: Any, A: Any) -> Any:
    r"""IL-18 production, :math:`v = k_x\, p\, (x_0 + x_M M (1 + g A))`"""
    return k_x * p * (x_0 + x_M * M * (1 + g * A))


def over_binding_protein(x: Any, X: Any) -> Any:
    r"""Active IL-18, :math:`S = x/(X + x)`

    IL-18 binding protein holds most of it; the half point stands for its capacity.
    """
    return x / (X + x)


def ifn_made(
    k_y: Any, Y: Any, f: Any, top: Any, S: Any, r: Any, r_i: Any, i: Any, A: Any
) -> Any:  # fmt: skip
    r"""IFN-gamma production, :math:`v = k_y Y f\, y_{max} S\, (r + r_\iota \iota + A)`

    The bracket is the IL-12 tone: resting, of an infection, of activated macrophages.
    """
    return k_y * Y * f * top * S * (r + r_i * i + A)


def acting(y: Any, Y: Any, B: Any) -> Any:
    r"""Active IFN-gamma, :math:`\gamma_e = y / (Y (1 + B_\gamma))`"""
    return y / (Y * (1 + B))


def activated(y_e: Any, h: Any, n: Any) -> Any:
    r"""Activated macrophages, :math:`A = H(\gamma_e; h, n)`"""
    return hill(y_e, h, n)


def start_il18(p: Any, x_0: Any, x_M: Any, M_0: Any) -> Any:
    r"""Starts without MAS, :math:`x^0 = p\, (x_0 + x_M M_0)`"""
    return p * (x_0 + x_M * M_0)


def start_ifn(top: Any, x: Any, X: Any, r: Any) -> Any:
    r"""Starts without MAS, :math:`\gamma_0 = y_{max}\, r\, x^0/(X + x^0)`"""
    return top * r * x / (X + x)


def by_mass(Y: Any, y: Any) -> Any:
    r"""As a concentration, :math:`Y \gamma_0`"""
    return Y * y


def il18_at_fold(
    X: Floats, top: Floats, r: Floats, h: Floats, n: Floats, f: Floats
) -> Floats:  # fmt: skip
    r"""IL-18 above which no state without MAS exists, pg/mL, in closed form; infinite where one always does.

    With IL-18 held, relative IFN-gamma is in balance at :math:`y = c (r + H(y; h, n))`, where
    :math:`c = f y_{max} S`. The balance is lost at the fold, where also :math:`1 = c H'(y)`: with
    :math:`z = (y/h)^n` that is :math:`(1 + r) z^2 - (n - 1 - 2r) z + r = 0`, the lesser root, and
    :math:`c = h z^{1/n} (1 + z)^2/(n z)`. Then :math:`S = c/(f y_{max})` and :math:`x = X S/(1 - S)`.

    Parameters
    ----------
    X, top, r, h, n : parameters of this module, [subject] each. f : [subject] restraint.
    """
    half = 0.5 * (n - 1.0 - 2.0 * r)
    root = half**2 - r * (1.0 + r)
    folds = (root > 0.0) & (half > 0.0)
    z = np.where(folds, half - np.sqrt(np.maximum(root, 0.0)), 1.0) / (1.0 + r)
    S = h * z ** (1.0 / n) * (1.0 + z) ** 2 / (n * z) / (f * top)
    reached = folds & (S < 1.0)
    return np.where(reached, X * S / np.where(reached, 1.0 - S, 1.0), np.inf)


module = Module(
    "macrophage_activation",
    "Macrophage activation",
    about="IL-18 determines the distance to the threshold; infections can exceed it; IFN-gamma sustains MAS.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(il18_action, over_binding_protein, il18, X),
        AssignmentRule(ifn_signal, acting, ifn_gamma, Y, ifn_block),
        AssignmentRule(macrophage_activation, activated, ifn_signal, h, n),
        AssignmentRule(initial_il18, start_il18, p, x_0, x_M, initial_activity),
        AssignmentRule(initial_ifn, start_ifn, top, initial_il18, X, r),
        AssignmentRule(initial_activation, activated, initial_ifn, h, n),
    ),
    fluxes=(
        Flux(NOTHING >> il18, il18_made, k_x, p, x_0, x_M, innate_activity, g, macrophage_activation),
        Flux(il18 >> NOTHING, first_order, il18, k_x),
        Flux(
            NOTHING >> ifn_gamma, ifn_made,
            k_y, Y, restraint, top, il18_action, r, r_i, infection, macrophage_activation,
        ),
        Flux(ifn_gamma >> NOTHING, first_order, ifn_gamma, k_y),
    ),
    starts=(
        InitialCondition(il18, itself, initial_il18),
        InitialCondition(ifn_gamma, by_mass, Y, initial_ifn),
    ),
    observables=(
        Observable("il18", "pg/mL", "IL-18, total", itself, il18),
        Observable("ifn_gamma", "pg/mL", "IFN-gamma", itself, ifn_gamma),
        Observable(
            "macrophage_activation", "1", "activated macrophages; MAS above 0.5, 1 when full",
            itself, macrophage_activation,
        ),
    ),
)  # fmt: skip
