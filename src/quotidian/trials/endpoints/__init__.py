"""Trial endpoints as the field defines them, over children. A missing value is refused, never failed."""

from quotidian.trials.endpoints.acr import adapted_acr, jia_acr, jia_acr_flare
from quotidian.trials.endpoints.checks import CORE_SET, counted
from quotidian.trials.endpoints.exposure import Exposures, accumulation, exposures, weight_bands
from quotidian.trials.endpoints.fever import FEVER, fever_days, no_fever
from quotidian.trials.endpoints.growing import height_sds, height_velocity
from quotidian.trials.endpoints.imputation import carried_forward, non_responder
from quotidian.trials.endpoints.inactive import acr_2011, clinical_remission, wallace_2004
from quotidian.trials.endpoints.jadas import STATES, inactive, jadas, jadas_state
from quotidian.trials.endpoints.laboratory import (
    all_normal,
    anaemic,
    crp_low,
    haemoglobin_limit,
    meets_mas,
    neutropenic,
)
from quotidian.trials.endpoints.steroid import steroid_free, taper_success

__all__ = [
    "CORE_SET",
    "FEVER",
    "STATES",
    "Exposures",
    "accumulation",
    "acr_2011",
    "adapted_acr",
    "all_normal",
    "anaemic",
    "carried_forward",
    "clinical_remission",
    "counted",
    "crp_low",
    "exposures",
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
