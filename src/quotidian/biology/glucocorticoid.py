"""Glucocorticoid inhibits the production of inflammatory mediators, not their action (Horton 2010).

The drug acts through gene transcription, so its effect outlasts its plasma level: it acts at a site whose
concentration follows plasma. At the cortisol of the typical child with active disease the effect of cortisol
is zero, because the production of IL-6 already contains it. Lower cortisol raises production, for example
when the drug is stopped while the adrenals are still suppressed.
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
    Part,
    Signal,
)
from quotidian.network.flux import itself
from quotidian.network.laws import zero
from quotidian.vocabulary import (
    cortisol_unbound,
    glucocorticoid_dose,
    glucocorticoid_site,
    growth_suppression,
    neutrophil_mobilisation,
    restraint,
)

k = Parameters(__file__)
E_max, IC50 = k("E_max", "1"), k("IC50", "nM")
k_g, pi, F_0 = k("k_site", "1/h"), k("cortisol_potency", "1"), k("typical_cortisol", "nM")
G_half, n_G = k("growth_half", "nM"), k("growth_power", "1")
m_max, G_m = k("neutrophil_gain", "1"), k("neutrophil_half", "nM")

tone = Signal("glucocorticoid.tone", "nM", "drug and cortisol, as unbound prednisolone", "C")
growth_part = Part(
    "glucocorticoid.growth", "1", "reduction of growth by glucocorticoid", "x_G", growth_suppression
)
neutrophil_part = Part(
    "glucocorticoid.neutrophils",
    "1",
    "neutrophils mobilised by glucocorticoid",
    "m_G",
    neutrophil_mobilisation,
)


def enters(k_g: Any, C_g: Any) -> Any:
    r"""Distribution to the site of action, :math:`v = k_G C_g`"""
    return k_g * C_g


def leaves(k_g: Any, G: Any) -> Any:
    r"""Loss from the site of action, :math:`v = k_G G`"""
    return k_g * G


def together(G: Any, pi: Any, F_u: Any) -> Any:
    r"""Drug and cortisol, :math:`C = G + \pi F_u`"""
    return G + pi * F_u


def settled_tone(G: Any, F: Any, K_G: Any) -> Any:
    r"""Drug and cortisol once the axis has adapted to the drug, :math:`C = G + \pi F_0/(1 + G/K_G)`

    In closed form: the feedback of the drug on ACTH reduces cortisol, here in units of the drug
    (:math:`F = \pi F_0`).
    """
    return together(G, 1.0, F / (1.0 + G / K_G))


def left(E: Any, C: Any, IC50: Any, pi: Any, F_0: Any) -> Any:
    r"""Remaining production, :math:`f = (1 - E_{max} h(C))/(1 - E_{max} h(\pi F_0))`

    with :math:`h(x) = x/(IC_{50} + x)`; 1 without drug and at the cortisol of typical active disease.
    """
    return (1 - E * C / (IC50 + C)) / (1 - E * pi * F_0 / (IC50 + pi * F_0))


def over(G: Any, G_half: Any, n: Any) -> Any:
    r"""Effect on growth, :math:`x_G = (G/G_{1/2})^{n_G}`; a power above 1 spares growth at low doses"""
    return (G / G_half) ** n


def called(m: Any, G: Any, G_m: Any) -> Any:
    r"""Neutrophil mobilisation, :math:`m_G = m_{max} G/(G_m + G)`"""
    return m * G / (G_m + G)


module = Module(
    "glucocorticoid",
    "Glucocorticoid effect",
    about="Glucocorticoid reduces recruitment of innate cells and production of IL-6.",
    ledger=k.ledger,
    definitions=(
        AssignmentRule(tone, together, glucocorticoid_site, pi, cortisol_unbound),
        AssignmentRule(restraint, left, E_max, tone, IC50, pi, F_0),
        AssignmentRule(growth_part, over, glucocorticoid_site, G_half, n_G),
        AssignmentRule(neutrophil_part, called, m_max, glucocorticoid_site, G_m),
    ),
    fluxes=(
        Flux(NOTHING >> glucocorticoid_site, enters, k_g, glucocorticoid_dose),
        Flux(glucocorticoid_site >> NOTHING, leaves, k_g, glucocorticoid_site),
    ),
    starts=(InitialCondition(glucocorticoid_site, zero),),
    observables=(
        Observable(
            "restraint",
            "1",
            "fraction of inflammatory production that remains under glucocorticoid",
            itself,
            restraint,
        ),
        Observable(
            "steroid_on_growth",
            "1",
            "reduction of growth by glucocorticoid, x in 1/(1 + x)",
            itself,
            growth_part,
        ),
        Observable(
            "steroid_on_neutrophils",
            "1",
            "relative rise of neutrophils by glucocorticoid",
            itself,
            neutrophil_part,
        ),
    ),
)
