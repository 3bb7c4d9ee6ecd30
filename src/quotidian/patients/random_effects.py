"""Which parameters of the model vary between patients, by variability.yaml and by what each drug declares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from quotidian.biology import blood_cells, growth, innate_loop, joints, macrophage_activation
from quotidian.drugs.registry import DRUGS
from quotidian.population import (
    LogitNormal,
    LogNormal,
    Mixture,
    PopulationModel,
    RandomEffect,
)

HEALTHY = {
    "blood_cells.neutrophil_floor": "neutrophil_floor",
    "blood_cells.platelet_baseline": "platelet_baseline",
    "red_cells.haemoglobin_at_six": "haemoglobin",
    "serum_proteins.albumin_baseline": "albumin_baseline",
    "liver.ast_baseline": "ast_baseline",
    "liver.alt_baseline": "alt_baseline",
    "liver.triglyceride_baseline": "triglyceride_baseline",
}
"""What is measured in healthy children, who by definition are within their reference ranges."""

LOG_NORMAL = MappingProxyType(
    {
        "joints.k_joint": "k_joint",
        "joints.half_joints": "half_joints",
        "clinical_scores.lasting_disability": "lasting_disability",
        "clinical_scores.physician_steepness": "physician_steepness",
        "clinical_scores.parent_steepness": "parent_steepness",
        "clinical_scores.chaq_steepness": "chaq_steepness",
        "acute_phase.crp_ec50": "crp_ec50",
        "acute_phase.esr_slope": "esr_slope",
        "acute_phase.esr_baseline": "esr_baseline",
        "fever.mean": "temperature_mean",
        "il6_homeostasis.sil6r_baseline": "sil6r_baseline",
        "skin_and_serosa.rash_proneness": "rash_proneness",
        "skin_and_serosa.serositis_proneness": "serositis_proneness",
        "macrophage_activation.il18_proneness": "il18_proneness",
        "macrophage_activation.regulation_strength": "regulation_strength",
        "macrophage_toll.ferritin_full": "ferritin_full",
        "macrophage_toll.pyrogen_full": "pyrogen_full",
        "macrophage_toll.platelet_loss": "platelet_loss",
        "macrophage_toll.fibrinogen_loss": "fibrinogen_loss",
        "liver.ast_gain": "ast_gain",
        "liver.lipase_loss": "lipase_loss",
        "igf_axis.own_level": "igf1_level",
    }
    | HEALTHY
)
"""Parameter: name of the SD of its logarithm in variability.yaml; a median is the entry name_median."""

BOUND_SD = MappingProxyType(
    {"ferritin_full": 2.0, "il18_proneness": 2.5, "regulation_strength": 2.0}
    | dict.fromkeys(HEALTHY.values(), 2.0)
)
"""Largest normal draw, in SD. Beyond it ferritin in MAS would exceed a third of a gram per litre, IL-18 would
exceed what any assay has found, and what is measured in health would leave its reference range."""

IL1_SHARES = MappingProxyType(
    {"innate_loop.il1_share": innate_loop.k.ledger, "joints.il1_need": joints.k.ledger}
)
"""Parameters driven by IL-1: one share per patient moves them all."""


def random_effects(values: Mapping[str, float]) -> PopulationModel:
    """The random effects for these values, named as by :meth:`PatientPopulation.values`."""
    effects = (
        *_log_normal(values),
        _fever_gain(values),
        *_il1_shares(values),
        _ifn_free(values),
        _steroid_half_point(values),
        _lost_share(values),
        _marrow_share(values),
    )
    return sum(_of_drugs(values), PopulationModel(effects))


def _log_normal(values: Mapping[str, float]) -> Iterator[RandomEffect]:
    for parameter, name in LOG_NORMAL.items():
        median, bound = values.get(f"{name}_median", 1.0), BOUND_SD.get(name, float("inf"))
        yield RandomEffect(parameter, LogNormal(values[name], median, bound), f"trait.{name}")


def _fever_gain(values: Mapping[str, float]) -> RandomEffect:
    """The disease runs with fever in some children and without it in the others."""
    febrile = LogNormal(values["fever_gain"], values["fever_gain_median"])
    afebrile = LogNormal(0.0, values["afebrile_gain"])
    kinds = Mixture(values["febrile_share"], febrile, afebrile)
    return RandomEffect("fever.gain", kinds, "trait.fever_gain", component_stream="febrile")


def _il1_shares(values: Mapping[str, float]) -> Iterator[RandomEffect]:
    for parameter, typical in IL1_SHARES.items():
        reference = typical[parameter.split(".")[1]].value
        share = LogitNormal(values["il1_share_logit"], values["il1_share_sd"], reference)
        yield RandomEffect(parameter, share, "il1_share")


def _ifn_free(values: Mapping[str, float]) -> RandomEffect:
    """What a block of IFN-gamma leaves of macrophage activation: little in most children, much in some."""
    typical = macrophage_activation.k.ledger["ifn_free"].value
    share = LogitNormal(values["ifn_free_logit"], values["ifn_free_sd"], typical)
    return RandomEffect("macrophage_activation.ifn_free", share, "trait.ifn_free")


def _steroid_half_point(values: Mapping[str, float]) -> RandomEffect:
    """Bounded below, since a more sensitive patient's own cortisol would suppress the disease."""
    factor = LogNormal(values["steroid_ic50"], lowest=values["steroid_ic50_lowest"])
    return RandomEffect("glucocorticoid.IC50", factor, "trait.steroid_ic50")


def _lost_share(values: Mapping[str, float]) -> RandomEffect:
    """The share of missed growth that is lost for ever; the median is the typical one."""
    typical = growth.k.ledger["lost_share"].value
    share = LogitNormal(math.log(typical / (1.0 - typical)), values["lost_share"], typical)
    return RandomEffect("growth.lost_share", share, "trait.lost_share")


def _marrow_share(values: Mapping[str, float]) -> RandomEffect:
    """The share of neutrophil production that needs IL-6 of the marrow."""
    typical = blood_cells.k.ledger["marrow_share"].value
    share = LogitNormal(values["marrow_share_logit"], values["marrow_share_sd"], typical)
    return RandomEffect("blood_cells.marrow_share", share, "trait.marrow_share")


def _of_drugs(values: Mapping[str, float]) -> Iterator[PopulationModel]:
    for drug in DRUGS.values():
        if drug.variability is not None:
            yield drug.variability.population_model(values)
