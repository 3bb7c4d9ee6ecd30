"""Tolerances of the integration and limits of its steps."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from quotidian.errors import InvalidInput


@dataclass(frozen=True)
class Tolerance:
    """Error control: ``rtol`` relative, ``atol`` as a share of each species' usual value; steps in hours."""

    rtol: float = 1e-5
    atol: float = 1e-7
    first_step: float = 1e-3
    longest_step: float = 48.0
    max_steps: int = 2_000_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value > 0):
                raise InvalidInput(
                    f"A tolerance cannot have {field.name} = {value}.",
                    "Every part of a tolerance is a positive number.",
                    f"The usual value is {field.default}.",
                )
