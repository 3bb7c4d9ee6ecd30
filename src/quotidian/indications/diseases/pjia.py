"""Polyarticular juvenile idiopathic arthritis, for the exposure to tocilizumab.

Children with systemic JIA who are milder, afebrile, older and of ordinary size. The disposition of
tocilizumab is the same in both diseases (docs/decisions/0024).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quotidian.evidence import ledger_beside
from quotidian.indications.assessments import JUVENILE_ARTHRITIS
from quotidian.indications.indication import Indication, Numbers, Replicate, values_of
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.statistics.streams import Streams

k = ledger_beside(__file__)
OTHER_THAN_SYSTEMIC = (
    "severity_median", "fever_gain_median", "age_mean", "height_z_mean", "weight_z_mean",
    "marrow_share_logit",
)  # fmt: skip
LASTING = {"innate_loop.memory_floor": 1.0}
"""Polyarticular disease is not known to end after months without activity; its innate cells keep their
memory."""


def patients(drawn: Sequence[Child], streams: Streams, replicate: Replicate, numbers: Numbers) -> list[Child]:
    """Children with polyarticular disease."""
    return [replace(child, values=LASTING, random_effects=_but(child, LASTING)) for child in drawn]


def _but(child: Child, fixed: Mapping[str, float]) -> dict[str, float]:
    return {name: factor for name, factor in child.random_effects.items() if name not in fixed}


PJIA = Indication(
    name="pjia",
    title="Polyarticular juvenile idiopathic arthritis",
    model="sjia",
    youngest=k["youngest"].value,
    oldest=k["oldest"].value,
    assessments=JUVENILE_ARTHRITIS,
    make_patients=patients,
    variability=values_of(k, *OTHER_THAN_SYSTEMIC),
    because="a milder, afebrile disease and ordinary size, assumed: the model has no polyarticular disease "
    "of its own; the disposition of tocilizumab is the same in both diseases",
    background=("glucocorticoid",),
    growth_reference=growth.REFERENCE,
    weight_bands=True,
)
INDICATIONS = (PJIA,)
