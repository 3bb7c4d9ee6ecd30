r"""Macrophage activation: an episode that a trigger starts, that sustains itself, and that regulation
ends.

IL-18 and IL-12 induce IFN-gamma, which activates the macrophages that produce both. This positive feedback
is the loop. IL-18 is a trait of the child and determines whether the loop can sustain itself. An infection
or another chance event adds the IL-12 that starts it. Activated macrophages induce regulation (IL-10,
IL-18 binding protein, exhausted T cells), which stops the loop and prevents another episode for weeks. The
state without activation exists at every IL-18.
"""

from __future__ import annotations

from typing import Any

from quotidian.network import (
    NOTHING,
    AssignmentRule,
    Flux,
    InitialCondition,
    Module,
    Observable,
    Parameters,
    Signal,
    Species,
)
from quotidian.network.flux import itself
from quotidian.network.laws import first_order, hill
from quotidian.vocabulary import (
    ifn_block,
    ifn_gamma,
    ifn_signal,
    il1_signal,
    il6_reference,
    il6_signal,
    il18,
    infection,
    initial_activation,
    initial_activity,
    initial_ifn,
    innate_activity,
    macrophage_activation,
    macrophage_trigger,
    restraint,
)

k = Parameters(__file__)
k_x, x_0, x_M = k("k_il18", "1/h"), k("il18_floor", "pg/mL"), k("il18_innate", "pg/mL")
g, p, X = k("il18_feedback", "1"), k("il18_proneness", "1"), k("il18_half", "pg/mL")
k_y, Y = k("k_ifn", "1/h"), k("ifn_full", "pg/mL")
top, y_r = k("ifn_top", "1"), k("ifn_resting", "1")
r_i, q = k("infection_tone", "1"), k("quiet_tone", "1")
e_1, e_6, e_h = k("il1_need", "1"), k("il6_need", "1"), k("il6_half", "pg/mL")
h, n, kappa = k("activation_half", "1"), k("activation_steepness", "1"), k("ifn_free", "1")
k_A, k_W, omega = k("k_activation", "1/h"), k("k_regulation", "1/h"), k("regulation_strength", "1")

regulation = Species(
    "macrophage_activation.regulation", "1", "regulation of macrophage activation", "W", (0, 1)
)
il18_action = Signal(
    "macrophage_activation.il18_action", "1", "effect of total IL-18, relative to its maximum", "S"
)
initial_il18 = Signal("macrophage_activation.initial_il18", "pg/mL", "IL-18 at the start", "x^0")
tone = Signal("macrophage_activation.tone", "1", "IL-12 stimulus of triggers", "u_t")
help_ = Signal(
    "macrophage_activation.help", "1", "share of the feedback that IL-1 and IL-6 permit", r"\Lambda"
)


def il18_made(k_x: Any, p: Any, x_0: Any, x_M: Any, M: Any, g: Any, A: Any) -> Any:
    r"""IL-18 production, :math:`v = k_x\, p\, (x_0 + 2 x_M\, (1 + g A)\, M/(1 + M))`

    The rise with innate activity is bounded, because IL-18 is more a trait of the child than a measure of
    present disease.
    """
    return k_x * p * (x_0 + 2 * x_M * (1 + g * A) * M / (1 + M))


def over_binding_protein(x: Any, X: Any) -> Any:
    r"""Active IL-18, :math:`S = x/(X + x)`

    IL-18 binding protein binds most of it; X represents its capacity.
    """
    return x / (X + x)


def triggered(r_i: Any, i: Any, u: Any, q: Any, M: Any) -> Any:
    r"""IL-12 stimulus of triggers, :math:`u_t = (r_\iota \iota + u)(q + 2 (1 - q)\, M/(1 + M))`

    Active innate cells respond more to a trigger; the factor is 1 in typical active disease.
    """
    return (r_i * i + u) * (q + 2 * (1 - q) * M / (1 + M))


def permitted(e_1: Any, I_e: Any, e_6: Any, e: Any, e_h: Any, L_0: Any) -> Any:
    r"""Feedback that IL-1 and IL-6 permit,
    :math:`\Lambda = (1 - \epsilon_1 + 2 \epsilon_1 I_e/(1 + I_e))\,
    (1 - \epsilon_6 + \epsilon_6 (1 + e_h/L_0)\, e/(e_h + e))`

    IL-1 supports the T cells. IL-6 impairs killing by NK cells, which would end the contact of the cells.
    Both factors are 1 in typical active disease.
    """
    return (1 - e_1 + 2 * e_1 * I_e / (1 + I_e)) * (1 - e_6 + e_6 * (1 + e_h / L_0) * e / (e_h + e))


def ifn_made(
    k_y: Any, Y: Any, y_r: Any, f: Any, S: Any, top: Any, u_t: Any, A: Any, Lambda: Any, omega: Any, W: Any
) -> Any:  # fmt: skip
    r"""IFN-gamma production, :math:`v = k_y Y (y_r + f S\, y_{max} (u_t + A \Lambda)/(1 + \omega W))`"""
    return k_y * Y * (y_r + f * S * top * (u_t + A * Lambda) / (1 + omega * W))


def acting(y: Any, Y: Any, B: Any) -> Any:
    r"""Active IFN-gamma, :math:`\gamma_e = y / (Y (1 + B_\gamma))`"""
    return y / (Y * (1 + B))


def activating(k_A: Any, y_e: Any, kappa: Any, y: Any, Y: Any, h: Any, n: Any) -> Any:
    r"""Macrophages become activated,
    :math:`v = k_A\, H(\gamma_e + \kappa (\gamma/Y - \gamma_e); h, n)`

    A part of the signal needs no IFN-gamma and remains when IFN-gamma is blocked.
    """
    return k_A * hill(y_e + kappa * (y / Y - y_e), h, n)


def follows(k_W: Any, A: Any) -> Any:
    r"""Induction of regulation, :math:`v = k_W A`"""
    return k_W * A


def start_il18(p: Any, x_0: Any, x_M: Any, M_0: Any) -> Any:
    r"""Starts without MAS, :math:`x^0 = p\, (x_0 + 2 x_M\, M_0/(1 + M_0))`"""
    return p * (x_0 + 2 * x_M * M_0 / (1 + M_0))


def at_rest(y_r: Any, h: Any, n: Any) -> Any:
    r"""Starts at rest, :math:`A_0 = H(y_r; h, n)`"""
    return hill(y_r, h, n)


def by_mass(Y: Any, y: Any) -> Any:
    r"""As a concentration, :math:`Y \gamma_0`"""
    return Y * y


module = Module(
    "macrophage_activation",
    "Macrophage activation",
    about="Only high IL-18 allows MAS; a trigger starts it, IFN-gamma sustains it and regulation ends it.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(il18_action, over_binding_protein, il18, X),
        AssignmentRule(tone, triggered, r_i, infection, macrophage_trigger, q, innate_activity),
        AssignmentRule(help_, permitted, e_1, il1_signal, e_6, il6_signal, e_h, il6_reference),
        AssignmentRule(ifn_signal, acting, ifn_gamma, Y, ifn_block),
        AssignmentRule(initial_il18, start_il18, p, x_0, x_M, initial_activity),
        AssignmentRule(initial_ifn, itself, y_r),
        AssignmentRule(initial_activation, at_rest, initial_ifn, h, n),
    ),
    fluxes=(
        Flux(NOTHING >> il18, il18_made, k_x, p, x_0, x_M, innate_activity, g, macrophage_activation),
        Flux(il18 >> NOTHING, first_order, il18, k_x),
        Flux(
            NOTHING >> ifn_gamma, ifn_made,
            k_y, Y, y_r, restraint, il18_action, top, tone, macrophage_activation, help_, omega, regulation,
        ),
        Flux(ifn_gamma >> NOTHING, first_order, ifn_gamma, k_y),
        Flux(NOTHING >> macrophage_activation, activating, k_A, ifn_signal, kappa, ifn_gamma, Y, h, n),
        Flux(macrophage_activation >> NOTHING, first_order, macrophage_activation, k_A),
        Flux(NOTHING >> regulation, follows, k_W, macrophage_activation),
        Flux(regulation >> NOTHING, first_order, regulation, k_W),
    ),
    starts=(
        InitialCondition(il18, itself, initial_il18),
        InitialCondition(ifn_gamma, by_mass, Y, initial_ifn),
        InitialCondition(macrophage_activation, itself, initial_activation),
        InitialCondition(regulation, itself, initial_activation),
    ),
    observables=(
        Observable("il18", "pg/mL", "IL-18, total", itself, il18),
        Observable("ifn_gamma", "pg/mL", "IFN-gamma", itself, ifn_gamma),
        Observable(
            "macrophage_activation", "1", "activated macrophages, 1 in full MAS; above 0.5 a child has MAS",
            itself, macrophage_activation,
        ),
        Observable(
            "macrophage_regulation", "1",
            "regulation of macrophages, which ends MAS and prevents it for weeks",
            itself, regulation,
        ),
    ),
)  # fmt: skip
