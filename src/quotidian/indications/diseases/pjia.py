"""Polyarticular juvenile idiopathic arthritis, for the exposure to tocilizumab.

Children with systemic JIA who are milder, afebrile, older and of ordinary size. The disposition of
tocilizumab is the same in both diseases (docs/decisions/0024).
"""

from __future__ import annotations

from quotidian.evidence import ledger_beside
from quotidian.indications.assessments import JUVENILE_ARTHRITIS
from quotidian.indications.indication import Indication, values_of
from quotidian.patients import growth

k = ledger_beside(__file__)
OTHER_THAN_SYSTEMIC = (
    "severity_median", "febrile_share", "age_mean", "height_z_mean", "weight_z_mean", "marrow_share_logit",
)  # fmt: skip

PJIA = Indication(
    name="pjia",
    title="Polyarticular juvenile idiopathic arthritis",
    model="sjia",
    youngest=k["youngest"].value,
    oldest=k["oldest"].value,
    assessments=JUVENILE_ARTHRITIS,
    variability=values_of(k, *OTHER_THAN_SYSTEMIC),
    because="a milder, afebrile disease and ordinary size, assumed: the model has no polyarticular disease "
    "of its own; the disposition of tocilizumab is one for both diseases",
    background=("glucocorticoid",),
    growth_reference=growth.REFERENCE,
    weight_bands=True,
)
INDICATIONS = (PJIA,)
