"""How drugs are given: named regimens, and the port of the model each route leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quotidian.dosing import Bands, Regimen, infusion, no_drug, oral, subcutaneous
from quotidian.dosing.notation import RouteOf, parse


@dataclass(frozen=True)
class Port:
    """Where a dose enters: an input switched to mg/h for an infusion, a species that gains mg else.

    ``lag_h`` (h) passes between taking a dose and its first absorption.
    """

    drug: str
    route: str
    name: str
    is_input: bool
    lag_h: float = 0.0


PORTS: tuple[Port, ...] = (
    Port("tocilizumab", "infusion", "tocilizumab_infusion", is_input=True),
    Port("tocilizumab", "subcutaneous", "tocilizumab_depot", is_input=False),
    Port("prednisolone", "oral", "prednisolone_gut", is_input=False, lag_h=0.17),  # bouazza2025
    Port("methylprednisolone", "infusion", "methylprednisolone_infusion", is_input=True),
)
ROUTES: Mapping[str, RouteOf] = {
    "tocilizumab-iv": ("tocilizumab", "infusion", 1.0),
    "tocilizumab-sc": ("tocilizumab", "subcutaneous", 0.0),
    "prednisolone": ("prednisolone", "oral", 0.0),
    "methylprednisolone": ("methylprednisolone", "infusion", 1.0),
}
# us_label_actemra, systemic JIA: 12 mg/kg below 30 kg, 8 mg/kg from 30 kg, every 2 weeks over 1 hour
BY_WEIGHT = Bands({"below 30 kg": "12 mg/kg", "30 kg and above": "8 mg/kg"})
REGIMENS: Mapping[str, Regimen] = {
    "none": no_drug(),
    "tocilizumab-iv": infusion(BY_WEIGHT, of="tocilizumab", over="1 hour").every("14 day"),
    "tocilizumab-sc": subcutaneous("162 mg", of="tocilizumab").every("7 day"),
    # customary (recalled): 1 mg/kg, at most 60 mg, each morning; pulses of 30 mg/kg, at most 1 g, three days
    "prednisolone": oral("1 mg/kg", of="prednisolone").at_most("60 mg").every("1 day"),
    "methylprednisolone": infusion("30 mg/kg", of="methylprednisolone", over="1 hour")
    .at_most("1 g")
    .every("1 day")
    .times(3),
}


def regimen(text: str) -> Regimen:
    """A regimen from its name or free form, such as ``tocilizumab-iv:8mg/kg/2wk``.

    Raises UnknownName for a drug that is not here, RegimenError for what cannot be read.
    """
    return parse(text, REGIMENS, ROUTES)
