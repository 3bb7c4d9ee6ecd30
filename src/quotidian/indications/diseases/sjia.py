"""Systemic juvenile idiopathic arthritis: children from 2 years on, and infants in their second year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quotidian.evidence import ledger_beside
from quotidian.indications.assessments import JUVENILE_ARTHRITIS
from quotidian.indications.indication import Indication, Numbers, Replicate
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.statistics.streams import Streams

k = ledger_beside(__file__)
MONTHS = 12.0


def infants(drawn: Sequence[Child], streams: Streams, replicate: Replicate, numbers: Numbers) -> list[Child]:
    """Children in their second year, of any age in it with the same chance."""
    months = MONTHS + MONTHS * streams.uniform("infant.age", replicate, numbers)[:, 0]
    return [_infant(child, float(m)) for child, m in zip(drawn, months, strict=True)]


def _infant(child: Child, months: float) -> Child:
    r"""An infant of m months at its own SD score of weight, and of length :math:`z_0 + s (z - z_0)`.

    Of the height that years of disease take from older children (:math:`z_0` their score in health), months
    of it have taken a share s.
    Its hazard of antibodies against a drug is a multiple of that of older children.
    """
    age = months / MONTHS
    z = growth.sd_score("weight", child.age_years, child.sex, child.weight_kg)
    length_z = child.target + k["infant_loss_share"].value * (child.height_z - child.target)
    weight, length = (
        growth.quantile(measure, age, child.sex, score)
        for measure, score in (("weight", z), ("height", length_z))
    )
    immune = child.antibody_threshold / k["infant_immunogenicity"].value
    return replace(child, age_years=age, weight_kg=weight, height_cm=length, antibody_threshold=immune)


SJIA = Indication(
    name="sjia",
    title="Systemic juvenile idiopathic arthritis",
    model="sjia",
    youngest=k["youngest"].value,
    oldest=k["oldest"].value,
    assessments=JUVENILE_ARTHRITIS,
    background=("glucocorticoid",),
    growth_reference=growth.REFERENCE,
    weight_bands=True,
    chance_events=True,
)
INFANTS = replace(
    SJIA,
    name="sjia_infants",
    title="Systemic juvenile idiopathic arthritis in the second year of life",
    youngest=k["infant_youngest"].value,
    oldest=k["infant_oldest"].value,
    make_patients=infants,
    because="weight and length by the WHO standards; a fifth of the height deficit of older children",
    growth_reference=growth.INFANT_REFERENCE,
)
INDICATIONS = (SJIA, INFANTS)
