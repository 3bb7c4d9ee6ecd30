"""Settings of the form ``NAME=VALUE``, with commas between."""

from __future__ import annotations

import math

from quotidian.errors import InvalidQuantity
from quotidian.units import plain_number


def settings(option: str, text: str | None, example: str) -> dict[str, float]:
    """``a=1,b=2`` as values by name. Raises InvalidQuantity naming the option."""
    found: dict[str, float] = {}
    for part in (text or "").split(",") if text is not None else []:
        name, equals, value = part.rpartition("=")
        number = plain_number(value)
        if not (equals and name.strip() and math.isfinite(number)):
            raise InvalidQuantity(
                f"{option} cannot be read at '{part}'.",
                "It takes NAME=VALUE.",
                f'Write for example {option} "{example}".',
            )
        found[name.strip()] = number
    return found
