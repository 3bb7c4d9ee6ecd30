"""What a child receives: one regimen for all, or one for each band of weight or age."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from math import inf
from typing import TypeAlias

from quotidian.dosing import Band, Regimen, bands_named
from quotidian.drugs.catalogue import regimen
from quotidian.errors import DoseOutsideBand, RegimenError
from quotidian.patients.child import Child

Give: TypeAlias = str | Mapping[str, str]
"""A regimen as on the command line, or one for each band of weight or age."""

_read = cache(regimen)
_bands = cache(bands_named)


def regimens(give: Give) -> tuple[Regimen, ...]:
    """The regimens of a treatment, band by band."""
    return (_read(give),) if isinstance(give, str) else tuple(_read(text) for text in give.values())


def regimen_for(give: Give, child: Child) -> Regimen:
    """The regimen of this child. Raises DoseOutsideBand for a child outside all bands."""
    if isinstance(give, str):
        return _read(give)
    for band, text in zip(_bands(tuple(give)), give.values(), strict=True):
        if band.holds(child.weight_kg if band.by == "weight" else child.age_years):
            return _read(text)
    raise DoseOutsideBand(
        f"a child of {child.weight_kg:.1f} kg and {child.age_years:.1f} years has no dose.",
        f"The bands are: {', '.join(give)}.",
        "Widen the bands, or narrow the population.",
    )


def check_bands(give: Give, lightest_kg: float, ages: tuple[float, float]) -> None:
    """Raise RegimenError for bands that cannot be read, overlap, or leave out a child of the population.

    Children have at least ``lightest_kg`` and are from the first to below the second of ``ages``, years, at
    entry.
    """
    if isinstance(give, str):
        return
    bands = sorted(_bands(tuple(give)), key=lambda band: band.low)
    lowest, highest = (lightest_kg, inf) if bands[0].by == "weight" else ages
    ends = [Band(low, high, bands[0].by, bands[0].amount) for low, high in _gaps(bands, lowest, highest)]
    if ends:
        raise RegimenError(
            f"no band contains a child of '{ends[0]}'.",
            f"The bands are: {', '.join(map(str, bands))}. Such a child would have no dose.",
            "Widen a band, or narrow the population.",
        )


def _gaps(bands: list[Band], lowest: float, highest: float) -> list[tuple[float, float]]:
    """Ranges between ``lowest`` and ``highest`` that no band holds; bands ascend."""
    edges = [(0.0, bands[0].low), *((a.high, b.low) for a, b in pairwise(bands)), (bands[-1].high, inf)]
    within = [(max(low, lowest), min(high, highest)) for low, high in edges]
    return [(low, high) for low, high in within if low < high]
