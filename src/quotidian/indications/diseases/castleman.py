"""Idiopathic multicentric Castleman's disease in adults: IL-6 from lymph nodes, without arthritis."""

from __future__ import annotations

from quotidian.evidence import ledger_beside
from quotidian.indications.adults import SPREAD_OF_DISPOSITION, adult_patients
from quotidian.indications.assessments import LABORATORY
from quotidian.indications.indication import Indication, values_of

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
    variability=values_of(k, "severity", "severity_median", *SPREAD_OF_DISPOSITION),
    because="severity and body assumed; variability of disposition as in adults with rheumatoid arthritis",
    endpoints=(
        "crp", "haemoglobin", "albumin", "cmax", "ctrough", "auc", "withdrawn", "neutropenia",
        "age", "weight",
    ),
)  # fmt: skip
INDICATIONS = (CASTLEMAN,)
