r"""Children with polyarticular JIA to tocilizumab: systemic ones with the periphery of adults.

Central volume, clearance and saturable path are those of systemic JIA, with which they were fitted together
(calibration/disposition.py). Peripheral volume and exchange are those of adults with rheumatoid arthritis
(frey2010), :math:`x = x_{70} (w/70)^{a}` with w the weight, kg, and a its power in children.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from quotidian.models import model
from quotidian.patients.child import Child

_POWER = {"V_p": "volume_exponent", "Q": "clearance_exponent"}


@cache
def adult_periphery() -> dict[str, float]:
    """Factors on the disposition of systemic JIA that give it the periphery of adults, by parameter."""
    adult, child = model("adult_ra").constants, model("sjia").constants
    size = child["tocilizumab.reference_weight"] / adult["tocilizumab.reference_weight"]
    names = {f"tocilizumab.{name}": f"tocilizumab.{power}" for name, power in _POWER.items()}
    return {name: adult[name] * size ** child[power] / child[name] for name, power in names.items()}


def polyarticular(child: Child) -> Child:
    """The child with that disposition; its own deviation from the typical child stays."""
    own = {name: f * child.traits.get(name, 1.0) for name, f in adult_periphery().items()}
    return replace(child, traits=dict(child.traits) | own)
