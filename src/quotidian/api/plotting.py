"""A few curves into a file, in the style of the house."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from quotidian.reports.figures.curves import Curve, curves


def draw(
    file: str | Path, series: Mapping[str, Curve], *, across: str, up: str, alt: str, log: bool = False,
    within: tuple[float, float] | None = None,
) -> Path:  # fmt: skip
    """Write the curves as one SVG file, and say where it is.

    Each is places and values, and if wanted the ends of a span: ``{"every 2 weeks": (weeks, median, low,
    high)}``. ``across`` and ``up`` name the axes with units; ``alt`` is for those who cannot see it. Raises
    InvalidInput for what cannot be drawn.
    """
    place = Path(file)
    place.write_text(curves(series, across=across, up=up, alt=alt, log=log, within=within) + "\n", "utf-8")
    return place
