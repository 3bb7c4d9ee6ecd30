"""Arthritis slows the adjacent growth plates, independently of the effect of IL-6 on IGF-1."""

from __future__ import annotations

from typing import Any

from quotidian.network import AssignmentRule, Module, Parameters, Part
from quotidian.vocabulary import joint_activity, plate_inflammation

k = Parameters(__file__)
m, half = k("strength", "1"), k("half_arthritis", "1")
part = Part(
    "plate_inflammation.arthritis", "1", "reduction of growth by arthritis", r"\chi_J", plate_inflammation
)


def taken(m: Any, J: Any, h: Any) -> Any:
    r"""Reduction of growth by arthritis, :math:`\chi_J = m J^2/(J^2 + h^2)`

    Squared, since what is left of arthritis in a treated child hardly slows its growth.
    """
    return m * J**2 / (J**2 + h**2)


module = Module(
    "plate_inflammation",
    "Inflammation at the growth plate",
    about="Local inflammation acts on the growth plate itself; height velocity falls with disease activity.",
    ledger=k.ledger,
    definitions=(AssignmentRule(part, taken, m, joint_activity, half),),
)
