"""Write curves to a figure in the style of the reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from quotidian.api.arguments.door import door
from quotidian.api.arguments.kinds import FLAG, optional, path
from quotidian.api.arguments.results import AXIS, ENDS, SERIES
from quotidian.reports.figures.curves import Curve, curves
from quotidian.reports.files import check_file, write_atomically


@door(
    file=path("the path of an SVG file to write", "curves.svg"),
    series=SERIES,
    across=AXIS,
    up=AXIS,
    alt=AXIS,
    log=FLAG,
    within=optional(ENDS),
)
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
    check_file(place, (".svg",))
    drawn = curves(series, across=across, up=up, alt=alt, log=log, within=within)
    return write_atomically(place, drawn + "\n")
