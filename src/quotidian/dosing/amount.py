"""How much: a plain amount, an amount per kilogram, or an amount per square metre."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from quotidian.dosing.person import Person
from quotidian.errors import InvalidQuantity, RegimenError
from quotidian.units import quantity

Per = Literal["child", "kg", "m2"]

LARGEST: dict[Per, float] = {"child": 100_000.0, "kg": 100.0, "m2": 3_000.0}
"""Largest amount accepted, mg per child, per kg, per m2. Assumed, because it is well above any dose of
these drugs and detects a wrong unit; the last is 100 mg/kg at about 30 kg per square metre."""

_SQUARE_METRE = {"m2", "m^2", "m**2", "m²"}
_PARTS = re.compile(r"(?P<mass>[^/]*?)\s*(?:/|\bper\b)\s*(?P<per>kg|m2|m\^2|m\*\*2|m²)\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of drug for one administration: ``value_mg`` for the child, for each kg, or for each m2.

    Raises
    ------
    RegimenError : zero, negative, not finite, or above 100,000 mg, 100 mg/kg or 3,000 mg/m2.
    """

    value_mg: float
    per: Per = "child"

    def __post_init__(self) -> None:
        if not (0 < self.value_mg <= LARGEST[self.per] and math.isfinite(self.value_mg)):
            top = Amount(LARGEST[self.per], self.per)
            raise RegimenError(
                f"a dose of {self} is refused.",
                f"Doses must be above zero and at most {top}.",
                "Check the number and its unit.",
            )

    def mg(self, person: Person) -> float:
        """The amount for this child, mg.

        Raises
        ------
        RegimenError : per square metre, and the height is not known.
        """
        if self.per == "kg":
            return self.value_mg * person.weight_kg
        return self.value_mg * (person.body_surface_m2 if self.per == "m2" else 1.0)

    def __str__(self) -> str:
        return f"{self.value_mg:.15g} mg" + ("" if self.per == "child" else f"/{self.per}")


def amount(text: str) -> Amount:
    """Read ``"162 mg"``, ``"12 mg/kg"`` or ``"40 mg/m2"``.

    Raises
    ------
    RegimenError : the text is not an amount, or the amount is out of range.
    """
    parts = _PARTS.fullmatch(text)
    mass, per = (parts["mass"], parts["per"]) if parts else (text, "child")
    try:
        value = quantity(mass.strip(), "mg")
    except InvalidQuantity as reason:
        raise RegimenError(
            f"'{text}' is not an amount of drug.",
            "An amount is a mass, a mass per kg or a mass per m2, for one administration.",
            "Write for example '162 mg', '12 mg/kg' or '40 mg/m2', and the interval with .every('14 day').",
        ) from reason
    return Amount(value, "kg" if per == "kg" else "m2" if per in _SQUARE_METRE else "child")
