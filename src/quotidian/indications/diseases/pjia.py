r"""Polyarticular juvenile idiopathic arthritis, for the exposure to tocilizumab.

Children with systemic JIA whose tocilizumab has the periphery of adults. Central volume, clearance and
saturable path are those of systemic JIA, with which they were fitted together
(docs/decisions/0014). Peripheral volume and exchange are those of adults with rheumatoid arthritis
(frey2010), :math:`x = x_{70} (w/70)^{a}` with w the weight, kg, and a its power in children.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from quotidian.evidence import ledger_beside
from quotidian.indications.assessments import JUVENILE_ARTHRITIS
from quotidian.indications.indication import Indication, Numbers, values_of
from quotidian.models import model
from quotidian.patients import growth
from quotidian.patients.child import Child
from quotidian.statistics.streams import Streams

k = ledger_beside(__file__)
OTHER_THAN_SYSTEMIC = ("severity_median", "febrile_share", "age_mean", "height_z_mean", "weight_z_mean")
_POWER = {"V_p": "volume_exponent", "Q": "clearance_exponent"}


@cache
def adult_periphery() -> dict[str, float]:
    """Factors on the disposition of systemic JIA that give it the periphery of adults, by parameter."""
    adult, child = model("adult_ra").constants, model("sjia").constants
    size = child["tocilizumab.reference_weight"] / adult["tocilizumab.reference_weight"]
    names = {f"tocilizumab.{name}": f"tocilizumab.{power}" for name, power in _POWER.items()}
    return {name: adult[name] * size ** child[power] / child[name] for name, power in names.items()}


def polyarticular(child: Child) -> Child:
    """The child with that disposition; its own deviation from the typical child is kept."""
    own = {name: f * child.random_effects.get(name, 1.0) for name, f in adult_periphery().items()}
    return replace(child, random_effects=dict(child.random_effects) | own)


def patients(drawn: Sequence[Child], streams: Streams, replicate: int, numbers: Numbers) -> list[Child]:
    """Children with polyarticular disease."""
    return [polyarticular(child) for child in drawn]


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
    "of its own; disposition fitted to both diseases together, but for the periphery, which is that of "
    "adults with rheumatoid arthritis (frey2010)",
    background=("glucocorticoid",),
    growth_reference=growth.REFERENCE,
    weight_bands=True,
)
INDICATIONS = (PJIA,)
