"""Tolerances of the integration and limits of its steps."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias

from quotidian.errors import InvalidInput

Precision: TypeAlias = Literal["double", "single"]
TIGHTEST_RTOL, TIGHTEST_ATOL = 2e-5, 1e-12
"""In single precision: the rounding of its stages alone causes errors of about 2e-5; a value below 1e-15 of
the usual size counts as 0."""


@dataclass(frozen=True)
class Tolerance:
    """Error control: ``rtol`` relative, ``atol`` as a share of each species' usual value; steps in hours.

    ``precision`` is that of the stages of a step. In single precision a run takes about 0.6 of the time; the
    state stays in double precision. It serves an ``rtol`` from 2e-5, and no derivatives. A subject whose
    numbers do not fit is solved in double precision, as is everything in portable arithmetic.
    """

    rtol: float = 1e-5
    atol: float = 1e-7
    first_step: float = 1e-3
    longest_step: float = 48.0
    max_steps: int = 2_000_000
    precision: Precision = "double"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "precision" and not (math.isfinite(value) and value > 0):
                raise InvalidInput(
                    f"A tolerance cannot have {field.name} = {value}.",
                    "Every part of a tolerance is a positive number.",
                    f"The usual value is {field.default}.",
                )
        if self.precision not in ("double", "single"):
            raise InvalidInput(
                f"A tolerance cannot have precision = {self.precision!r}.",
                "",
                "Give 'double', or 'single' for faster runs at a loose tolerance.",
            )
        if self.precision == "single" and (self.rtol < TIGHTEST_RTOL or self.atol < TIGHTEST_ATOL):
            raise InvalidInput(
                f"Single precision cannot reach rtol = {self.rtol:g} and atol = {self.atol:g}.",
                "The rounding errors of its stages are larger.",
                f"Give at least {TIGHTEST_RTOL:g} and {TIGHTEST_ATOL:g}, or precision='double'.",
            )
