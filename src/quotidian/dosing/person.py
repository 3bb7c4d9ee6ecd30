"""Properties of a child on which a prescription depends: weight, age and height."""

from __future__ import annotations

import math
from dataclasses import dataclass

from quotidian.errors import ImplausibleChild, RegimenError


@dataclass(frozen=True, slots=True)
class Person:
    """The properties of a child on which doses depend.

    Parameters
    ----------
    weight_kg : body weight, kg.
    age_years : age, years.
    height_cm : height, cm; needed only by doses per square metre.

    Raises
    ------
    ImplausibleChild : a weight or height that is not a positive number, or an age below zero.
    """

    weight_kg: float
    age_years: float
    height_cm: float | None = None

    def __post_init__(self) -> None:
        _refuse_unless(self.weight_kg > 0 and math.isfinite(self.weight_kg), "weight", self.weight_kg, "kg")
        _refuse_unless(self.age_years >= 0 and math.isfinite(self.age_years), "age", self.age_years, "years")
        if (height := self.height_cm) is not None:
            _refuse_unless(height > 0 and math.isfinite(height), "height", height, "cm")

    @property
    def body_surface_m2(self) -> float:
        r"""Body surface area, m2. :math:`A = \sqrt{h w / 3600}` with h in cm, w in kg.

        Source: Mosteller 1987, N Engl J Med 317:1098 (recalled).

        Raises
        ------
        RegimenError : the height is not known.
        """
        h, w = self.height_cm, self.weight_kg
        if h is None:
            raise RegimenError(
                "a dose per m2 needs the child's height.",
                "Body surface area is computed from height and weight, and the height is missing.",
                "State the height in cm, or write the dose per kg.",
            )
        return math.sqrt(h * w / 3600)


def _refuse_unless(holds: bool, noun: str, value: float, unit: str) -> None:
    if not holds:
        raise ImplausibleChild(
            f"no child has {'an' if noun == 'age' else 'a'} {noun} of {value:g} {unit}.",
            f"A dose needs {'an age of 0 or more' if noun == 'age' else f'a {noun} above 0'}.",
            f"Give the {noun} in {unit}.",
        )
