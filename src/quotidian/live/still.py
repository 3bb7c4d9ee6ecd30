"""The plain picture of a page, for a browser without WebAssembly: four panels as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COLOURS = ("#c2561a", "#005a8c")
WIDTH, HEIGHT, GAP, LEFT, TOP = 430, 150, 22, 40, 24
PANELS = (
    ("temperature", "Body temperature, °C", 36.0, 41.0),
    ("crp", "CRP, mg/L", 0.0, 0.0),
    ("il6", "IL-6, pg/mL", 0.0, 0.0),
    ("active_joints", "Active joints, of 71", 0.0, 0.0),
)
"""Observable, title, and the ends of the axis; the highest value where both are 0."""


def still(course: Mapping[str, Any]) -> str:
    """Draw a course of two regimens, as :meth:`.bundle.Bundle.course` gives it: the range of each day."""
    panels = [_panel(i, panel, course) for i, panel in enumerate(PANELS) if panel[0] in course["names"]]
    width, height = 2 * WIDTH + GAP, 2 * (HEIGHT + TOP) + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="Temperature, CRP, IL-6 and joints without drug and treated" '
        f'font-family="Helvetica, Arial, sans-serif" font-size="11">{"".join(panels)}</svg>'
    )


def _panel(number: int, panel: tuple[str, str, float, float], course: Mapping[str, Any]) -> str:
    name, title, low, high = panel
    values: Floats = course["values"][:, :, course["names"].index(name)]
    high = high or float(values.max())
    left, top = (number % 2) * (WIDTH + GAP) + LEFT, (number // 2) * (HEIGHT + TOP + GAP) + TOP
    days = course["times"] / 24.0
    x = left + (days - days[0]) / (days[-1] - days[0]) * (WIDTH - LEFT)
    y = top + HEIGHT - 16 - (np.clip(values, low, high) - low) / (high - low) * (HEIGHT - 24)
    floor = top + HEIGHT - 16
    weeks = [
        f'<text x="{np.interp(d, days, x):.0f}" y="{floor + 13}" text-anchor="middle" fill="#59626d">'
        f"{d // 7}</text>"
        for d in range(0, int(days[-1]) + 1, 28)
    ]
    ends = [
        f'<text x="{left - 5}" y="{at}" text-anchor="end" fill="#59626d">{value:.3g}</text>'
        for value, at in ((low, floor), (high, top + 12))
    ]
    lines = [
        f'<path d="{_line(x, y[r])}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        for r, colour in enumerate(COLOURS)
    ]
    return (
        f'<text x="{left}" y="{top - 8}" font-weight="bold" fill="#1b1f24">{title}</text>'
        f'<path d="M{left},{floor}h{WIDTH - LEFT}" stroke="#9aa3ad"/>{"".join((*ends, *weeks, *lines))}'
    )


def _line(x: Floats, y: Floats) -> str:
    """A path through the lowest and the highest point of each day, in their order."""
    points: list[str] = []
    for first in range(0, len(y), 24):
        day = y[first : first + 24]
        for i in sorted({int(day.argmin()), int(day.argmax())}):
            points.append(f"{x[first + i]:.1f},{day[i]:.1f}")
    return "M" + "L".join(points)
