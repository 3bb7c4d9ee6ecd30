"""Write curves to a figure in the style of the reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from quotidian.reports.figures.curves import Curve, curves


def draw(
    file: str | Path, series: Mapping[str, Curve], *, across: str, up: str, alt: str, log: bool = False,
    within: tuple[float, float] | None = None,
) -> Path:  # fmt: skip
    """Write the curves as one SVG file and return its path.

    Each curve has positions and values, optionally with bounds, such as
    ``{"every 2 weeks": (weeks, median, low, high)}``. ``across`` and ``up`` are the axis titles with
    units; ``alt`` describes the figure in words. Raises InvalidInput for what cannot be drawn.
    """
    place = Path(file)
    place.write_text(curves(series, across=across, up=up, alt=alt, log=log, within=within) + "\n", "utf-8")
    return place
