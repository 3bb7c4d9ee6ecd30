"""Effects on parameters as declared by a user, and what they make of a table."""

from quotidian.inference.effects.declared import (
    CovariateEffect,
    Effects,
    Endpoint,
    FixedEffect,
    OccasionEffect,
    ParameterEffect,
    Relation,
    Shape,
    sigma_names,
)
from quotidian.inference.effects.dosing_items import dosing_item
from quotidian.inference.effects.structure import Structure, structure

__all__ = [
    "CovariateEffect", "Effects", "Endpoint", "FixedEffect", "OccasionEffect", "ParameterEffect", "Relation",
    "Shape", "Structure", "dosing_item", "sigma_names", "structure",
]  # fmt: skip
