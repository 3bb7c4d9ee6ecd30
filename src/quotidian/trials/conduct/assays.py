"""Errors of clinical measurements in one child: those of trial visits, and of other assays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from quotidian.drugs.registry import DRUGS
from quotidian.evidence import Ledger, ledger_beside
from quotidian.population import ErrorModel
from quotidian.trials.conduct.measurement import error_models

ASSAYS = {
    "il6": "il6", "sil6r_total": "sil6r", "sil6r_free": "sil6r", "ferritin": "ferritin",
    "platelets": "platelets", "haemoglobin": "haemoglobin",
}  # fmt: skip
"""Observable and the entry of the ledger with the SD of its logarithm."""


@cache
def assays() -> Ledger:
    """The ledger of errors of assays."""
    return ledger_beside(__file__)


@cache
def clinic_error_models() -> Mapping[str, ErrorModel]:
    """The error model of every observable that a clinic can measure, drug levels among them, by its name."""
    sd = {name: entry.value for name, entry in assays().items()}
    own = {name: ErrorModel(name, "log", sd[entry]) for name, entry in ASSAYS.items()}
    levels = {
        name: ErrorModel(name, "log", sd["drug_level"])
        for name, drug in DRUGS.items()
        if any(o.name == name for o in drug.module.observables)
    }
    return MappingProxyType({**levels, **own, **error_models()})
