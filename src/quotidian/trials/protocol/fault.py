"""An error in a design: position, what is wrong, why, and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One error; its position is given by field names and indices from the top of the declaration."""

    place: Place
    what: str
    why: str
    remedy: str
