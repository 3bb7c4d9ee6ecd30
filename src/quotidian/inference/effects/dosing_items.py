"""Parameters that belong to doses by their names: F1, ALAG1, D2, R1."""

from __future__ import annotations

import re
from collections.abc import Iterable

DOSING = {"F": "bioavailability", "ALAG": "lag", "D": "duration", "R": "rate"}


def dosing_items(names: Iterable[str]) -> dict[str, dict[int, str]]:
    """Names such as F1, ALAG1, D2 by kind and compartment."""
    found: dict[str, dict[int, str]] = {kind: {} for kind in DOSING.values()}
    for name in sorted(names):
        match = dosing_item(name)
        if match is not None:
            found[match[0]][match[1]] = name
    return found


def dosing_item(name: str) -> tuple[str, int] | None:
    """Kind and compartment of a name such as F1 or ALAG2; None for another name."""
    match = re.fullmatch(r"(F|ALAG|D|R)([1-9])", name)
    return (DOSING[match[1]], int(match[2])) if match else None
