"""Systemic juvenile idiopathic arthritis: children from 2 years on, and infants in their second year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quotidian.evidence import ledger_beside
from quotidian.indications.assessments import JUVENILE_ARTHRITIS
from quotidian.indications.indication import Indication, Numbers
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.statistics.streams import Streams

k = ledger_beside(__file__)
MONTHS = 12.0


def infants(drawn: Sequence[Child], streams: Streams, replicate: int, numbers: Numbers) -> list[Child]:
    """Children in their second year, of any age in it with the same chance."""
    months = MONTHS + MONTHS * streams.uniform("infant.age", replicate, numbers)[:, 0]
    return [_infant(child, float(m)) for child, m in zip(drawn, months, strict=True)]


def _infant(child: Child, months: float) -> Child:
    r"""An infant of m months, :math:`w = w_{24} (1 - d (24 - m)/12)`, at its own SD score of weight.

    The reference of height begins at two years; no dose here depends on the height of an infant.
    """
    z = growth.sd_score("weight", child.age_years, child.sex, child.weight_kg)
    share = 1.0 - k["infant_weight_deficit"].value * (24.0 - months) / 12.0
    weight = share * growth.quantile("weight", growth.YOUNGEST, child.sex, z)
    height = growth.quantile("height", growth.YOUNGEST, child.sex, child.height_z)
    return replace(child, age_years=months / MONTHS, weight_kg=weight, height_cm=height)


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
    because="weights at 24 months less up to 22 % at 12 months (WHO medians, recalled)",
    growth_reference="",
)
INDICATIONS = (SJIA, INFANTS)
