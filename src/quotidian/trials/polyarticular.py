r"""Children with polyarticular JIA to tocilizumab: small adults with rheumatoid arthritis, by allometry.

The disease is the childhood counterpart of rheumatoid arthritis, so its disposition is that of those adults
and not that of systemic JIA, brought to a child of weight w by :math:`x = x_{70} (w/70)^{a}` with a of 1 for
volumes and 0.75 for clearances and capacity (Anderson and Holford 2008). Nothing is fitted to such children.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from quotidian.models import model
from quotidian.patients.child import Child

VOLUME, CLEARANCE = 1.0, 0.75
"""Powers of body weight: Anderson BJ, Holford NHG. Annu Rev Pharmacol Toxicol 2008;48:303-332 (recalled)."""
_POWER = {"V_c": VOLUME, "V_p": VOLUME, "CL": CLEARANCE, "Q": CLEARANCE, "V_m": CLEARANCE}
_EXPONENT = {"volume_exponent": VOLUME, "clearance_exponent": CLEARANCE, "capacity_exponent": CLEARANCE}


@cache
def as_small_adults() -> dict[str, float]:
    """Factors on the disposition of systemic JIA that make it that of small adults, by parameter."""
    adult, child = model("adult_ra").constants, model("sjia").constants
    size = child["tocilizumab.reference_weight"] / adult["tocilizumab.reference_weight"]
    wanted = {name: adult[f"tocilizumab.{name}"] * size**a for name, a in _POWER.items()} | _EXPONENT
    return {f"tocilizumab.{name}": x / child[f"tocilizumab.{name}"] for name, x in wanted.items()}


def polyarticular(child: Child) -> Child:
    """The child with that disposition; its own deviation from the typical child stays."""
    factors = as_small_adults()
    own = dict(child.traits) | {name: f * child.traits.get(name, 1.0) for name, f in factors.items()}
    return replace(child, traits=own)
