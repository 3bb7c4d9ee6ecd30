"""Trial endpoints as the field defines them, over children. A missing value is an error and never counts
as failure."""

from quotidian.trials.criteria.acr import adapted_acr, jia_acr, jia_acr_flare
from quotidian.trials.criteria.checks import CORE_SET, counted
from quotidian.trials.criteria.exposure import accumulation, weight_bands
from quotidian.trials.criteria.fever import FEVER, fever_days, no_fever
from quotidian.trials.criteria.glucocorticoid import steroid_free, taper_success
from quotidian.trials.criteria.growth import height_sds, height_velocity
from quotidian.trials.criteria.imputation import non_responder
from quotidian.trials.criteria.inactive import acr_2011, clinical_remission, wallace_2004
from quotidian.trials.criteria.jadas import STATES, inactive, jadas, jadas_state
from quotidian.trials.criteria.laboratory import (
    all_normal,
    anaemic,
    crp_low,
    haemoglobin_limit,
    meets_mas,
    neutropenic,
)

__all__ = [
    "CORE_SET",
    "FEVER",
    "STATES",
    "accumulation",
    "acr_2011",
    "adapted_acr",
    "all_normal",
    "anaemic",
    "clinical_remission",
    "counted",
    "crp_low",
    "fever_days",
    "haemoglobin_limit",
    "height_sds",
    "height_velocity",
    "inactive",
    "jadas",
    "jadas_state",
    "jia_acr",
    "jia_acr_flare",
    "meets_mas",
    "neutropenic",
    "no_fever",
    "non_responder",
    "steroid_free",
    "taper_success",
    "wallace_2004",
    "weight_bands",
]
