"""Idiopathic multicentric Castleman's disease in adults: IL-6 from lymph nodes, without arthritis."""

from __future__ import annotations

from quotidian.evidence import ledger_beside
from quotidian.indications.adults import adult_patients
from quotidian.indications.assessments import LABORATORY
from quotidian.indications.indication import Indication

k = ledger_beside(__file__)
EFFECTS = ("tocilizumab.", "acute_phase.", "serum_proteins.", "blood_cells.", "il6_homeostasis.")

CASTLEMAN = Indication(
    name="castleman",
    title="Idiopathic multicentric Castleman's disease in adults",
    model="castleman",
    youngest=k["youngest"].value,
    oldest=k["oldest"].value,
    assessments=(*LABORATORY, "haemoglobin", "albumin", "il6", "neutrophils"),
    make_patients=adult_patients(k, EFFECTS, severity=True),
    variability={name: k[name].value for name in ("severity", "severity_median")}
    | {
        "tocilizumab.omega_CL": 0.377,
        "tocilizumab.omega_V_c": 0.358,
        "tocilizumab.omega_V_p": 0.602,
        "tocilizumab.omega_V_m": 0.506,
    },
    because="severity and body assumed; variability of disposition as in adults with rheumatoid arthritis",
    endpoints=(
        "crp", "haemoglobin", "albumin", "cmax", "ctrough", "auc", "withdrawn", "neutropenia",
        "age", "weight",
    ),
)  # fmt: skip
INDICATIONS = (CASTLEMAN,)
