"""Entries of the ledger that no trial reads through an overlay, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from quotidian.errors import InvalidInput
from quotidian.evidence import Overlay

UNREAD: Mapping[str, str] = MappingProxyType(
    {
        "biology.gp130_signal_detailed.": "only the model sjia_detailed has them, and trials do not use it",
        "biology.mouse_size.": "they belong to mice",
        "biology.transgene.": "they belong to mice",
        "biology.lymph_node.": "they belong to Castleman's disease, whose model sets them",
        "drugs.anti_mouse_il6r.": "it is a drug of mice",
        "drugs.safety.": "limits of normal are part of the safety rules of a design",
        "indications.": "the design defines body size and random effects of a group of patients",
        "models.": "they are settings of a variant or a scenario, which a design chooses",
        "patients.mas_episodes.intensive_care_hazard": "trials do not record intensive care",
        "patients.laboratory.clinic_hour": "the hour of a trial visit is fixed",
        "patients.laboratory.trial_hour": "the hour of a trial visit is fixed",
        "drugs.prednisolone.lag": "the delay of absorption belongs to the preparation",
        "trials.conduct.assays.": "errors of assays outside trial visits are used when one child is fitted",
    }
)
"""Beginnings of full names, and why an overlay of a trial cannot move them."""
RULES = ("_hold", "_stop", "_reduce", "_restart", "_share_left")
"""Ends of names of safety rules of a drug."""


def why_unread(name: str) -> str:
    """Why trials do not read an entry by its full name; empty for one that they read."""
    for beginning, why in UNREAD.items():
        if name.startswith(beginning):
            return why
    if name.endswith("_between_assays"):
        return "a trial has one laboratory"
    if name.startswith("drugs.") and name.endswith(RULES):
        return "safety rules of a drug are part of a design"
    return ""


def refuse_unread(overlay: Overlay) -> None:
    """Raise InvalidInput for the first entry of an overlay that no trial reads."""
    for name in overlay.by_name:
        if why := why_unread(name):
            raise InvalidInput(
                f"A trial does not use a replaced value of {name}.",
                f"{why[0].upper()}{why[1:]}.",
                "Leave it out.",
            )
