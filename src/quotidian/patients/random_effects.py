"""Which parameters of the model vary between patients, by variability.yaml and by what each drug declares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from quotidian.biology import blood_cells, growth, innate_loop, macrophage_activation
from quotidian.drugs.registry import DRUGS
from quotidian.evidence import NO_OVERLAY, Overlay
from quotidian.patients.past import FLOOR
from quotidian.population import (
    Correlation,
    LogitNormal,
    LogNormal,
    Mixture,
    Normal,
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
"""Parameters measured in healthy children, who by definition are within their reference ranges."""

LOG_NORMAL = MappingProxyType(
    {
        "joints.k_joint": "k_joint",
        "joints.half_joints": "half_joints",
        "joints.articular_gain": "articular_gain",
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

SEVERITY, SHARE_OF_LIFE = "severity", "disease.share_of_life"
ARTICULAR, IL18, IL1_SHARE = (
    "joints.articular_gain",
    "macrophage_activation.il18_proneness",
    "innate_loop.il1_share",
)
SAME_SHARE = "joints.il1_need"
"""One share per patient determines IL-6 production and arthritis due to IL-1."""
CORRELATIONS = MappingProxyType(
    {
        "severity_articular": (SEVERITY, ARTICULAR),
        "severity_il18": (SEVERITY, IL18),
        "articular_il18": (ARTICULAR, IL18),
        "severity_duration": (SEVERITY, SHARE_OF_LIFE),
        "duration_il1": (SHARE_OF_LIFE, IL1_SHARE),
    }
)
"""Correlated traits by name of the correlation in variability.yaml. || A child who has been ill for a
larger share of its life was younger at onset."""


def random_effects(values: Mapping[str, float], overlay: Overlay = NO_OVERLAY) -> PopulationModel:
    """The random effects for these values, named as by :meth:`PatientPopulation.values`.

    ``overlay`` replaces the typical values of parameters to which effects are relative.
    """
    effects = (
        *_disease(values, overlay),
        *_log_normal(values),
        RandomEffect(
            "fever.gain", LogNormal(values["fever_gain"], values["fever_gain_median"]), "trait.fever_gain"
        ),
        _peak_hour(values, overlay),
        _ifn_free(values, overlay),
        _steroid_half_point(values),
        _lost_share(values, overlay),
        _marrow_share(values, overlay),
        _memory_floor(values, overlay),
    )
    return sum(_of_drugs(values), PopulationModel(effects, _correlations(values)))


def _log_normal(values: Mapping[str, float]) -> Iterator[RandomEffect]:
    for parameter, name in LOG_NORMAL.items():
        median, bound = values.get(f"{name}_median", 1.0), BOUND_SD.get(name, float("inf"))
        yield RandomEffect(parameter, LogNormal(values[name], median, bound), f"trait.{name}")


def _disease(values: Mapping[str, float], overlay: Overlay) -> Iterator[RandomEffect]:
    """Severity and duration of the disease, and the share that IL-1 drives."""
    yield RandomEffect(SEVERITY, LogNormal(values["severity"], values["severity_median"]), "severity")
    share = LogitNormal(values["duration_logit"], values["duration_spread"])
    yield RandomEffect(SHARE_OF_LIFE, share, "history.duration")
    typical = overlay.value(innate_loop.k.ledger["il1_share"])
    driven = LogitNormal(values["il1_share_logit"], values["il1_share_sd"], typical)
    yield RandomEffect(IL1_SHARE, driven, "il1_share")


def _peak_hour(values: Mapping[str, float], overlay: Overlay) -> RandomEffect:
    """The fever of most children comes in the evening, of some in the morning."""
    typical = overlay.value(innate_loop.k.ledger["peak_hour"])
    spread = values["peak_hour_sd"] / typical
    evening, morning = Normal(1.0, spread), Normal(values["morning_hour"] / typical, spread)
    kinds = Mixture(1.0 - values["morning_share"], evening, morning)
    return RandomEffect("innate_loop.peak_hour", kinds, "trait.peak_hour", component_stream="trait.morning")


def _correlations(values: Mapping[str, float]) -> tuple[Correlation, ...]:
    return tuple(Correlation(*pair, values[name]) for name, pair in CORRELATIONS.items())


def _ifn_free(values: Mapping[str, float], overlay: Overlay) -> RandomEffect:
    """Macrophage activation that remains when IFN-gamma is blocked: little in most children, much in some."""
    typical = overlay.value(macrophage_activation.k.ledger["ifn_free"])
    share = LogitNormal(values["ifn_free_logit"], values["ifn_free_sd"], typical)
    return RandomEffect("macrophage_activation.ifn_free", share, "trait.ifn_free")


def _steroid_half_point(values: Mapping[str, float]) -> RandomEffect:
    """Bounded below, since a more sensitive patient's own cortisol would suppress the disease."""
    factor = LogNormal(values["steroid_ic50"], lowest=values["steroid_ic50_lowest"])
    return RandomEffect("glucocorticoid.IC50", factor, "trait.steroid_ic50")


def _lost_share(values: Mapping[str, float], overlay: Overlay) -> RandomEffect:
    """The share of missed growth that is lost for ever; the median is the typical one."""
    typical = overlay.value(growth.k.ledger["lost_share"])
    share = LogitNormal(math.log(typical / (1.0 - typical)), values["lost_share"], typical)
    return RandomEffect("growth.lost_share", share, "trait.lost_share")


def _marrow_share(values: Mapping[str, float], overlay: Overlay) -> RandomEffect:
    """The share of neutrophil production that needs IL-6 of the marrow."""
    typical = overlay.value(blood_cells.k.ledger["marrow_share"])
    share = LogitNormal(values["marrow_share_logit"], values["marrow_share_sd"], typical)
    return RandomEffect("blood_cells.marrow_share", share, "trait.marrow_share")


def _memory_floor(values: Mapping[str, float], overlay: Overlay) -> RandomEffect:
    """The drive that is left without memory: little in most children, whose disease can end; much in some."""
    typical = overlay.value(innate_loop.k.ledger["memory_floor"])
    share = LogitNormal(math.log(typical / (1.0 - typical)), values["memory_floor"], typical)
    return RandomEffect(FLOOR, share, "trait.memory_floor")


def _of_drugs(values: Mapping[str, float]) -> Iterator[PopulationModel]:
    for drug in DRUGS.values():
        if drug.variability is not None:
            yield drug.variability.population_model(values)
