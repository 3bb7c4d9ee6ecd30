"""Liver injury: transaminases from drugs and from activated macrophages; triglycerides in MAS."""

from __future__ import annotations

from typing import Any

from quotidian.network import NOTHING, Flux, InitialCondition, Module, Observable, Parameters, Species
from quotidian.network.flux import itself
from quotidian.network.laws import first_order
from quotidian.vocabulary import liver_injury, liver_strain, macrophage_activation

k = Parameters(__file__)
AST_0, k_ast, g_ast = k("ast_baseline", "U/L"), k("k_ast", "1/h"), k("ast_gain", "1")
ALT_0, k_alt, g_alt = k("alt_baseline", "U/L"), k("k_alt", "1/h"), k("alt_gain", "1")
s_ast = k("ast_share", "1")
T_0, k_t, g_t = k("triglyceride_baseline", "mg/dL"), k("k_triglyceride", "1/h"), k("lipase_loss", "1")
ast = Species("ast", "U/L", "aspartate aminotransferase", r"\mathrm{AST}", (10, 300))
alt = Species("alt", "U/L", "alanine aminotransferase", r"\mathrm{ALT}", (10, 300))
triglycerides = Species("triglycerides", "mg/dL", "triglycerides", r"\mathrm{TG}", (30, 500))


def released(k: Any, E_0: Any, s: Any, strain: Any, h: Any, g: Any, A: Any) -> Any:
    r"""Release of AST, :math:`v = k E_0 ((1 + s \theta_L)(1 + s h) + g A)`"""
    return k * E_0 * ((1 + s * strain) * (1 + s * h) + g * A)


def released_by_strain(k: Any, E_0: Any, strain: Any, h: Any, g: Any, A: Any) -> Any:
    r"""Release of ALT, :math:`v = k E_0 ((1 + \theta_L)(1 + h) + g A)`

    A chance event, such as a viral infection, multiplies the release of a liver that drugs strain.
    """
    return k * E_0 * ((1 + strain) * (1 + h) + g * A)


def entering(k: Any, T_0: Any) -> Any:
    r"""Production of triglycerides, :math:`v = k T_0`"""
    return k * T_0


def cleared(k: Any, T: Any, g: Any, A: Any) -> Any:
    r"""Clearance by the remaining lipoprotein lipase, :math:`v = k T/(1 + g A)`"""
    return k * T / (1 + g * A)


module = Module(
    "liver",
    "Liver",
    about="Drugs raise mainly ALT; macrophages of MAS raise mainly AST and inhibit lipoprotein lipase.",
    ledger=k.ledger,
    fluxes=(
        Flux(
            NOTHING >> ast,
            released,
            k_ast,
            AST_0,
            s_ast,
            liver_strain,
            liver_injury,
            g_ast,
            macrophage_activation,
        ),
        Flux(ast >> NOTHING, first_order, ast, k_ast),
        Flux(
            NOTHING >> alt,
            released_by_strain,
            k_alt,
            ALT_0,
            liver_strain,
            liver_injury,
            g_alt,
            macrophage_activation,
        ),
        Flux(alt >> NOTHING, first_order, alt, k_alt),
        Flux(NOTHING >> triglycerides, entering, k_t, T_0),
        Flux(triglycerides >> NOTHING, cleared, k_t, triglycerides, g_t, macrophage_activation),
    ),
    starts=(
        InitialCondition(ast, itself, AST_0),
        InitialCondition(alt, itself, ALT_0),
        InitialCondition(triglycerides, itself, T_0),
    ),
    observables=(
        Observable("ast", "U/L", "aspartate aminotransferase", itself, ast),
        Observable("alt", "U/L", "alanine aminotransferase", itself, alt),
        Observable("triglycerides", "mg/dL", "triglycerides", itself, triglycerides),
    ),
)
