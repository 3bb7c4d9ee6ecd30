"""Effects on parameters as declared by a user, and what they make of a table."""

from quotidian.inference.effects.class_order import in_order
from quotidian.inference.effects.declared import (
    CLASS,
    CovariateEffect,
    Effects,
    Endpoint,
    FixedEffect,
    OccasionEffect,
    ParameterEffect,
    Relation,
    Shape,
    formula_name,
    sigma_names,
)
from quotidian.inference.effects.dosing_items import dosing_item
from quotidian.inference.effects.structure import Structure, structure

__all__ = [
    "CLASS", "CovariateEffect", "Effects", "Endpoint", "FixedEffect", "OccasionEffect", "ParameterEffect",
    "Relation", "Shape", "Structure", "dosing_item", "formula_name", "in_order", "sigma_names", "structure",
]  # fmt: skip
