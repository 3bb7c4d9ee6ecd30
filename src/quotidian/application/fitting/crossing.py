"""A threshold of an observation, such as ``DV < 10``; its first crossing is an event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quotidian.errors import InvalidInput, closest
from quotidian.inference.effects import Endpoint

Floats = NDArray[np.float64]
FORM = re.compile(r"\s*(\w+)\s*([<>])\s*([-+]?[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?)\s*")


@dataclass(frozen=True)
class Crossing:
    """Observations of kind number ``endpoint`` below (``less``) or above ``value``."""

    endpoint: int
    less: bool
    value: float
    text: str

    def beyond(self, observed: Floats, censored: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """Which observations lie beyond; a value below its limit is beyond a threshold at or above it."""
        found = observed < self.value if self.less else observed > self.value
        if censored is not None:
            at_limit = observed == self.value
            found |= at_limit & (censored > 0 if self.less else censored < 0)
        return np.asarray(found)


def crossing_of(text: str, endpoints: Sequence[Endpoint]) -> Crossing:
    """The threshold of a text. Raises InvalidInput for a text that states none."""
    names = [e.observable or "DV" for e in endpoints]
    found = FORM.fullmatch(text)
    if found is None or found[1] not in names:
        why = closest(found[1], names) if found else "A threshold is a kind of observation, < or >, a number."
        raise InvalidInput(f"'{text}' is not a threshold.", why, f"Write for example '{names[0]} < 10'.")
    return Crossing(names.index(found[1]), found[2] == "<", float(found[3]), text.strip())
