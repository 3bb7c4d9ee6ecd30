"""Every endpoint by its name: what it is called, its unit, and what is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

BANDS = {"_below_30_kg": ", below 30 kg", "_from_30_kg": ", from 30 kg"}


class Endpoint(NamedTuple):
    """How an endpoint is spoken of, its unit, and its definition in a sentence."""

    spoken: str
    unit: str
    meaning: str


_LEVELS = (30, 50, 70, 90)


def _responses() -> dict[str, Endpoint]:
    found = {
        "primary": Endpoint(
            "Primary endpoint",
            "%",
            "JIA ACR30 and no fever for 7 days, which is no reading of 37.5 degC or more unless the design "
            "says otherwise",
        )
    }
    for n in _LEVELS:
        found[f"acr{n}"] = Endpoint(f"JIA ACR{n}", "%", f"3 of 6 core variables better by {n} %")
    for n in _LEVELS:
        found[f"adapted_acr{n}"] = Endpoint(f"Adapted ACR{n}", "%", f"JIA ACR{n} and no fever for 7 days")
    for n in _LEVELS[:3]:
        found[f"acr{n}_ever"] = Endpoint(f"ACR{n} at any visit", "%", f"JIA ACR{n} at a visit so far")
        found[f"acr{n}_settled"] = Endpoint(
            f"ACR{n}, settled", "%", f"JIA ACR{n} after the last dose at the level at which a child settled"
        )
    for dose in ("2", "4", "8"):
        found[f"acr70_at_{dose}"] = Endpoint(
            f"ACR70 at {dose} mg/kg", "%", f"JIA ACR70 of those given {dose} mg/kg, at the end of it"
        )
        found[f"settled_at_{dose}"] = Endpoint(f"Settled at {dose} mg/kg", "%", "of all children")
    return found


def _exposures() -> dict[str, Endpoint]:
    base = {
        "cmax": Endpoint("Peak level (Cmax)", "ug/mL", "highest of a steady dosing interval"),
        "ctrough": Endpoint("Trough level", "ug/mL", "before a steady dose"),
        "cmax_first": Endpoint("Peak after the first dose", "ug/mL", "highest of the first interval"),
        "ctrough_first": Endpoint("Trough after the first dose", "ug/mL", "at the end of the first interval"),
        "cmax_ratio": Endpoint("Peak ratio", "1", "peak of a steady over that of the first dose"),
        "ctrough_ratio": Endpoint("Trough ratio", "1", "trough at steady state over that of the first dose"),
        "auc_ratio": Endpoint("AUC ratio", "1", "area of a steady over that of the first interval"),
        "cmax_accumulation": Endpoint("Accumulation, peak", "1", "mean steady over mean first"),
        "ctrough_accumulation": Endpoint("Accumulation, trough", "1", "mean steady over mean first"),
        "auc_accumulation": Endpoint("Accumulation, AUC", "1", "mean steady over mean first"),
    }
    for weeks in (1, 2, 3, 4):
        when = "1 week" if weeks == 1 else f"{weeks} weeks"
        base[f"auc_{weeks}wk"] = Endpoint(f"AUC, {when}", "ug*day/mL", f"over a steady interval of {when}")
        base[f"auc_{weeks}wk_first"] = Endpoint(
            f"AUC, first {when}", "ug*day/mL", f"over the first interval of {when}"
        )
    banded = {
        name + band: Endpoint(one.spoken + words, one.unit, one.meaning + words)
        for name, one in base.items()
        for band, words in BANDS.items()
    }
    return base | banded


_CLINICAL = {
    "fever_free": Endpoint(
        "No fever", "%", "for 14 days, of those febrile at entry; fever as in the primary endpoint"
    ),
    "rash_free": Endpoint("No rash", "%", "of those with a rash at entry"),
    "anajis_response": Endpoint(
        "ANAJIS response", "%", "JIA ACR30, no systemic sign, CRP and ESR lower by half"
    ),
    "no_active_joints": Endpoint("No active joints", "%", "no joint with active arthritis"),
    "inactive_2004": Endpoint("Inactive disease, 2004", "%", "by the criteria of Wallace 2004"),
    "inactive_jadas": Endpoint("Inactive disease, JADAS", "%", "JADAS-71 of 1 or less"),
    "minimal_jadas": Endpoint("Minimal disease activity", "%", "JADAS-71 of 3.8 or less"),
    "high_jadas": Endpoint("High disease activity", "%", "JADAS-71 above 10.5"),
    "remission": Endpoint("Clinical remission on medication", "%", "six months of inactive disease"),
    "jadas71": Endpoint("JADAS-71", "1", "mean score"),
    "jadas27": Endpoint("JADAS-27", "1", "mean score"),
    "escaped": Endpoint("Escaped", "%", "given open drug or rescued so far"),
    "flare_free": Endpoint("Free of flare", "%", "Kaplan-Meier since randomisation"),
    "withdrawn": Endpoint("Withdrawn", "%", "left the trial so far"),
    "mas_recognised": Endpoint("MAS by the 2016 criteria", "%", "met at any visit so far"),
    "mas_rate": Endpoint("MAS rate", "1/(100*year)", "first MAS by the model's state, per 100 patient-years"),
    "mas_rate_recognised": Endpoint(
        "MAS rate, recognised",
        "1/(100*year)",
        "first MAS that met the 2016 criteria when seen, per 100 patient-years",
    ),
}
_LABORATORY = {
    "crp": Endpoint("CRP", "mg/L", "mean of those still in the trial"),
    "crp_normal": Endpoint("CRP below 10 mg/L", "%", ""),
    "crp_low": Endpoint("CRP below 5 mg/L", "%", ""),
    "markers_normal": Endpoint("CRP, ESR and SAA normal", "%", "below 5 mg/L, 20 mm/h and 10 mg/L"),
    "anaemia_normalised": Endpoint("Anaemia gone", "%", "of those anaemic at entry for age and sex"),
    "neutropenia": Endpoint(
        "Neutropenia", "%", "below 1.0e9/L as counted before the dose of any visit so far"
    ),
    "sil6r_total": Endpoint("Total soluble IL-6R", "ng/mL", "mean"),
}
_TREATMENT = {
    "steroid": Endpoint("Prednisolone", "mg/(kg*day)", "mean dose of those who had it at entry"),
    "steroid_free": Endpoint("Off steroid", "%", "of those who had it at entry"),
    "taper_success": Endpoint("Taper success", "%", "dose cut by 20 % or more, without flare or fever since"),
    "acr70_taper": Endpoint("ACR70 that allows the taper", "%", "at week 6 or 8, of those on steroid"),
}
_GROWTH = {
    "height_velocity": Endpoint("Height velocity", "cm/year", "over the year before"),
    "height_sds": Endpoint("Height SD score", "1", "CDC 2000"),
    "height_sds_change": Endpoint("Height SD score, change", "1", "since entry"),
    "igf1_sds": Endpoint("IGF-1 SD score", "1", "mean"),
}
_ENTRY = {
    "age": Endpoint("Age", "year", "at entry"),
    "weight": Endpoint("Body weight", "kg", "at entry"),
    "disease_duration": Endpoint("Disease duration", "year", "at entry"),
    "active_joints": Endpoint("Active joints", "1", "at entry"),
    "esr": Endpoint("ESR", "mm/h", "at entry"),
    "saa": Endpoint("SAA", "mg/L", "at entry"),
    "febrile": Endpoint("Febrile", "%", "any reading of 37.5 degC or more in 14 days"),
    "febrile_38": Endpoint("Febrile, 38 °C", "%", "any reading of 38 degC or more in 14 days"),
    "steroid_from_0_3": Endpoint("On 0.3 mg/kg/day or more", "%", "of prednisolone at entry"),
    "methotrexate": Endpoint("On methotrexate", "%", "at entry"),
}

ENDPOINTS: Mapping[str, Endpoint] = (
    _responses() | _CLINICAL | _LABORATORY | _TREATMENT | _GROWTH | _exposures() | _ENTRY
)
"""All of them. A design may name those it is judged by; a study file that names another is refused."""
