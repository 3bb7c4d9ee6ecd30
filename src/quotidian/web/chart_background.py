"""Background of a chart: ruled paper, time axis, doses, events, centiles."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from quotidian.errors import ImplausibleChild
from quotidian.patients import growth
from quotidian.reports.figures.style import MUTED, ORANGE, SKY
from quotidian.reports.figures.thermometer import FINE, SHEET, STRONG
from quotidian.web import svg
from quotidian.web.chart_panels import colours
from quotidian.web.simulations import STEROIDS, View

Box = tuple[float, float, float, float]
CENTILES = ((-1.881, "3"), (-0.674, "25"), (0.0, "50"), (0.674, "75"), (1.881, "97"))
"""SD scores of the lines of a growth chart."""
_SPELLS = {"flare": (ORANGE, "flare"), "infection": (SKY, "infection")}
_MOST_TRIANGLES = 70


def fever_paper(box: Box, x: svg.Scale, y: svg.Scale) -> str:
    """The paper of a hospital temperature chart: ruled by day and degree, with finer lines between."""
    left, top, right, bottom = box
    days = x.high - x.low
    fine = 0.25 if days <= 21 else 1.0 if days <= 120 else 7.0 if days <= 800 else 28.0
    upright = np.arange(np.ceil(x.low / fine), x.high / fine) * fine
    strong = np.arange(np.ceil(x.low / (fine * 4)), x.high / (fine * 4)) * fine * 4
    if days > 21:
        strong = np.arange(np.ceil(x.low / (fine * 7)), x.high / (fine * 7)) * fine * 7
    level = np.arange(np.ceil(y.low / 0.2), y.high / 0.2) * 0.2
    degrees = np.arange(np.ceil(y.low), y.high)
    return (
        svg.rectangle(left, top, right - left, bottom - top, SHEET)
        + svg.lattice(x.at(upright), y.at(level), box, FINE, 0.7)
        + svg.lattice(x.at(strong), y.at(degrees), box, STRONG, 1.0)
    )


@lru_cache(64)
def time_axis(x: svg.Scale, box: Box) -> str:
    """Ticks for a span: clock times up to three days, then days, weeks or years."""
    left, _, right, bottom = box
    found = [f'<path d="M{left:.1f},{bottom:.1f}H{right:.1f}" stroke="{MUTED}" stroke-width="0.8"/>']
    marked = time_ticks(x.low, x.high, max(2, int((right - left) / 52)))
    for i, (day, said) in enumerate(marked):
        at, last = float(x.at(day)), i == len(marked) - 1
        anchor = "end" if last and at > right - 16 else "start" if at < left + 4 else "middle"
        found.append(f'<path d="M{at:.1f},{bottom:.1f}v4" stroke="{MUTED}" stroke-width="0.8"/>')
        found.append(svg.words(at, bottom + 15, said, text_anchor=anchor, fill=MUTED, font_size="10"))
    return "".join(found)


def time_ticks(low: float, high: float, room: int) -> list[tuple[float, str]]:
    """At most ``room`` ticks: ``06:00``, ``day 10``, ``week 4``, ``year 2``; the unit on the first."""
    span = high - low
    steps: tuple[float, ...]
    if span <= 3.0:
        steps, unit = (1 / 24, 2 / 24, 3 / 24, 6 / 24, 12 / 24, 1.0, 2.0, 4.0), 1.0
    elif span <= 35.0:
        steps, unit = (1.0, 2.0, 7.0, 14.0, 28.0, 56.0), 1.0
    elif span <= 800.0:
        steps, unit = (7.0, 14.0, 28.0, 56.0, 91.0, 182.0, 364.0, 728.0), 7.0
    else:
        steps, unit = (182.625, 365.25, 730.5, 1461.0, 2922.0), 365.25
    step = next(s for s in steps if span / s <= room)
    numbers = range(int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9)) + 1)
    name = {1.0: "day", 7.0: "week", 365.25: "year"}[unit]
    if step < 1.0:
        return [(k * step, _clock(k * step)) for k in numbers]
    return [(k * step, f"{name if k == numbers[0] else ''} {k * step / unit:g}".strip()) for k in numbers]


def _clock(day: float) -> str:
    whole = np.floor(day + 1e-9)
    minutes = round((day - whole) * 1440)
    return f"day {whole:.0f}" if minutes == 0 else f"{minutes // 60:02d}:{minutes % 60:02d}"


def events(view: View, x: svg.Scale, box: Box, named: bool) -> str:
    """Flares and infections as shaded areas; labelled in the first chart."""
    _, top, _, bottom = box
    found = []
    for kind, first, last in view.spells:
        colour, said = _SPELLS[kind]
        start, end = (float(x.at(min(max(day, x.low), x.high))) for day in (first, last))
        if end > start:
            found.append(svg.rectangle(start, top, end - start, bottom - top, colour, opacity="0.16"))
            if named:
                found.append(svg.words(start + 3, top + 11, said, fill=MUTED, font_size="9.5"))
    return "".join(found)


def triangles(view: View, x: svg.Scale, box: Box) -> str:
    """A triangle at each dose, one row for each regimen; short ticks if there are too many for triangles."""
    _, top, _, _ = box
    hues, found = colours(view), []
    for row, arm in enumerate(view.arms):
        days = np.array([d for d, _, drug in arm.doses if drug not in STEROIDS and x.low <= d <= x.high])
        y = top + 2 + 8 * row
        few = len(days) <= _MOST_TRIANGLES
        path = "".join(
            f"M{a:.1f},{y + 6:.1f}l-3.4,-6h6.8z" if few else f"M{a:.1f},{y:.1f}v5" for a in x.at(days)
        )
        look = (
            f'fill="{hues[arm.letter]}"'
            if few
            else f'stroke="{hues[arm.letter]}" stroke-width="1" fill="none"'
        )
        stamps = " ".join(f"{d:.4f}" for d, _, drug in arm.doses if drug not in STEROIDS)
        found.append(
            f'<path class="doses" data-letter="{arm.letter}" data-days="{stamps}" d="{path}" {look}/>'
        )
    return "".join(found)


def growth_lines(view: View, x: svg.Scale, y: svg.Scale) -> str:
    """Centiles of height for the sex, behind the child's own line."""
    days = np.linspace(x.low, x.high, 60)
    ages = view.child.age_years + days / 365.25
    found = []
    for z, said in CENTILES:
        inside = (ages >= growth.YOUNGEST) & (ages <= growth.OLDEST)
        try:
            heights = growth.quantile("height", ages[inside], view.child.sex, np.full(int(inside.sum()), z))
        except ImplausibleChild:  # a child beyond the reference has no centiles
            return ""
        places = svg.points(x.at(days[inside]), y.at(np.asarray(heights)))
        width = "1.1" if said == "50" else "0.7"
        found.append(
            f'<polyline points="{places}" fill="none" stroke="{MUTED}" stroke-width="{width}" opacity="0.6"/>'
        )
        end = float(y.at(float(np.asarray(heights)[-1])))
        found.append(svg.words(x.end - 3, end - 3, said, fill=MUTED, font_size="9", text_anchor="end"))
    return "".join(found)
