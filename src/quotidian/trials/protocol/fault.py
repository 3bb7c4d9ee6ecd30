"""A fault of a design: where it is, what is wrong, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One fault at a place of the declaration: field names and positions from the top."""

    place: Place
    what: str
    why: str
    remedy: str
