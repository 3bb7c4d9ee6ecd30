"""The models by name: one set of mechanisms, with settings for each variant and each scenario."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from quotidian.biology import (
    acute_phase,
    blood_cells,
    clinical_scores,
    fever,
    glucocorticoid,
    gp130_signal,
    gp130_signal_detailed,
    growth,
    growth_curve,
    hpa_axis,
    ifn_markers,
    igf_axis,
    il6_feedback,
    il6_homeostasis,
    il6_receptor,
    innate_loop,
    iron,
    joints,
    liver,
    lymph_node,
    macrophage_activation,
    macrophage_toll,
    mouse_size,
    plate_inflammation,
    red_cells,
    serum_proteins,
    skin_and_serosa,
    transgene,
)
from quotidian.drugs import anti_mouse_il6r
from quotidian.drugs.registry import DRUGS
from quotidian.errors import UnknownName, closest
from quotidian.evidence import Ledger, read_ledger
from quotidian.models.scenarios import under
from quotidian.network import Model, Module, Observable, sum_module
from quotidian.network.audit import structure

MODULES = tuple(
    m.module
    for m in (
        il6_homeostasis,
        il6_receptor,
        gp130_signal,
        il6_feedback,
        innate_loop,
        glucocorticoid,
        hpa_axis,
        joints,
        acute_phase,
        serum_proteins,
        iron,
        red_cells,
        blood_cells,
        fever,
        skin_and_serosa,
        clinical_scores,
        macrophage_activation,
        ifn_markers,
        macrophage_toll,
        liver,
        igf_axis,
        growth_curve,
        growth,
        plate_inflammation,
    )
)
MOUSE = tuple(
    m.module
    for m in (
        il6_homeostasis,
        il6_receptor,
        gp130_signal,
        transgene,
        anti_mouse_il6r,
        igf_axis,
        growth_curve,
        growth,
        mouse_size,
    )
)
CASTLEMAN = tuple(
    m.module
    for m in (
        il6_homeostasis,
        il6_receptor,
        gp130_signal,
        il6_feedback,
        lymph_node,
        acute_phase,
        serum_proteins,
        iron,
        red_cells,
        blood_cells,
        fever,
    )
)
ASSEMBLIES = {"transgenic_mouse": MOUSE, "castleman": CASTLEMAN}
ABSENT = {
    "castleman": frozenset(
        "glucocorticoid_dose ifn_block il1_block joint_block joint_suppression joint_trans_block "
        "liver_strain".split()
    )
}
"""Sums by model whose process it lacks: without joints, IL-1, IFN-gamma and liver, drugs do not act there."""
"""Models with mechanisms of their own choice, by name."""
WITHOUT_DRUGS = ("transgenic_mouse",)
"""Models that hold no drug of patients."""
USUAL = ("tocilizumab",)
"""Drugs that a model holds by default."""
MODELS = {
    "sjia": "Active systemic juvenile idiopathic arthritis",
    "sjia_detailed": "Active systemic juvenile idiopathic arthritis, with intracellular pSTAT3 and SOCS3",
    "healthy_child": "A healthy child",
    "adult_ra": "Adult rheumatoid arthritis, for comparison with the first human data of tocilizumab",
    "castleman": "Idiopathic multicentric Castleman's disease in adults",
    "transgenic_mouse": "Mouse that expresses human IL-6 from birth, to study the effect of IL-6 on growth",
}
DETAILED = {"gp130_signal": (gp130_signal.upstream, gp130_signal_detailed.module)}
"""Modules of ``sjia_detailed`` in place of one of ``sjia``, by the name of the latter."""


def model(name: str, drugs: Iterable[str] = USUAL, scenario: str = "") -> Model:
    """Assemble the model of that name with those drugs, and check its structure.

    The units of its laws are audited before it is solved. A drug that it does not hold contributes 0 to
    every sum. ``scenario`` names one answer to a contested question, or several joined by ``+``; without it
    every value is that of the ledger.

    Raises UnknownName for a name not in ``MODELS``, a drug not in ``DRUGS`` or an unknown scenario,
    ScenarioRefused for scenarios that do not go together, AuditError for parts that do not fit together.
    """
    wanted = set(drugs)
    for drug in wanted - DRUGS.keys():
        raise UnknownName(f"There is no drug '{drug}'.", closest(drug, DRUGS))
    held = () if name in WITHOUT_DRUGS else tuple(drug for drug in DRUGS if drug in wanted)
    return _model(name, held, scenario)


def observables(name: str) -> dict[str, Observable]:
    """Observables of that model: its own and those of the usual drugs, then those of every other drug.

    Raises UnknownName for a name not in ``MODELS``.
    """
    return {**model(name).observables, **model(name, DRUGS).observables}


@cache
def _model(name: str, drugs: tuple[str, ...], scenario: str = "") -> Model:
    if name not in MODELS:
        raise UnknownName(f"There is no model '{name}'.", closest(name, MODELS))
    settings = Path(__file__).with_name(f"{name}.yaml")
    ledger = read_ledger(settings) if settings.is_file() else Ledger(f"models.{name}", {})
    modules = (*(DRUGS[drug].module for drug in drugs), *_mechanisms(name))
    settled = under(scenario, name, ledger) if scenario else ledger
    whole = (*modules, sum_module(modules))
    return structure(Model(name, MODELS[name], whole, settled or None, absent=ABSENT.get(name, frozenset())))


def _mechanisms(name: str) -> tuple[Module, ...]:
    if name != "sjia_detailed":
        return ASSEMBLIES.get(name, MODULES)
    return tuple(m for module in MODULES for m in DETAILED.get(module.name, (module,)))
