"""The linked charts of one view as one SVG document with a common time axis, wide or narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from quotidian.reports.figures.style import FONT, GRID, INK, MUTED, PAPER, legible
from quotidian.version import RESEARCH_USE
from quotidian.web import svg
from quotidian.web.beside import published_points
from quotidian.web.beside.band import Band, limits
from quotidian.web.chart_background import events, fever_paper, growth_lines, time_axis, triangles
from quotidian.web.chart_panels import Panel, colours, lines
from quotidian.web.simulations import Floats, View

WIDE, NARROW = 1040, 360
HEAD, FOOT, TALL, LOW = 24, 26, 190, 104
CROWDED = 7.0
"""Pixels per day below which an hourly line would be a solid area; its days are then summarised."""
SEEN = 1.5
"""Daily ranges are drawn if the widest spans this many pixels; narrower ones are hidden by the line."""
_SMALL = {"fill": MUTED, "font_size": "9", "text_anchor": "end"}
_HALO = {"paint_order": "stroke", "stroke": PAPER, "stroke_width": "3", "stroke_linejoin": "round"}


@dataclass(frozen=True)
class Place:
    """Position of a panel's axes, pixels."""

    panel: Panel
    left: float
    top: float
    right: float
    bottom: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.right, self.bottom


@dataclass(frozen=True)
class Beside:
    """What is drawn beside the lines: published points, and courses by regimen: of a population (``band``),
    and of the child with the values of each member of the ensemble (``known``)."""

    points: tuple[published_points.PublishedPoint, ...] = ()
    band: Band = field(default_factory=dict)
    known: Band = field(default_factory=dict)

    @property
    def shaded(self) -> tuple[Band, ...]:
        """The bands that there are, in the order in which they are drawn."""
        return tuple(courses for courses in (self.band, self.known) if courses)


ALONE = Beside()


def draw(view: View, panels: Sequence[Panel], wide: bool, title: str, beside: Beside = ALONE) -> str:
    """One document: the first panel at full width, the others in two columns if there is room.

    Each panel is a group of class ``panel`` with its scales as attributes. Each line is a ``polyline``
    with its name, unit and the letter of the regimen, from which a script computes values.
    """
    places, height = arrange(panels, wide)
    width = WIDE if wide else NARROW
    mark = f"{crc32(title.encode()):08x}{'w' if wide else 'n'}"  # a page may hold two documents
    drawn = [_panel(view, place, f"p{i}-{mark}", beside) for i, place in enumerate(places)]
    named = "; ".join(f"{arm.letter}: {arm.words}" for arm in view.arms)
    alt = f"{title}. {len(panels)} charts over days {view.days[0]:.3g} to {view.days[-1]:.4g}. {named}."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" class="linked" role="img" '
        f'font-family={quoteattr(FONT)} font-size="11" fill="{INK}" aria-label={quoteattr(alt)} '
        f'data-first="{view.days[0]:.8g}" data-last="{view.days[-1]:.8g}">'
        f"<title>{escape(title)}</title>"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(drawn)}'
        f"{svg.words(width - 8, height - 6, RESEARCH_USE.rstrip('.'), **_SMALL)}</svg>"
    )


def arrange(panels: Sequence[Panel], wide: bool) -> tuple[list[Place], float]:
    """Position of each panel, and the height of the document."""
    left, right, gap = (44.0, 14.0, 58.0) if wide else (38.0, 10.0, 0.0)
    width = WIDE if wide else NARROW
    column = (width - left - right - gap) / 2 if wide else width - left - right
    y = 4.0 + HEAD
    places = [Place(panels[0], left, y, width - right, y + TALL)]
    y += TALL + FOOT + HEAD
    for i, panel in enumerate(panels[1:]):
        second = wide and i % 2 == 1
        x = left + (column + gap if second else 0.0)
        places.append(Place(panel, x, y, x + column, y + LOW))
        if second or not wide or i == len(panels) - 2:
            y += LOW + FOOT + HEAD
    return places, y - HEAD + 16


def _panel(view: View, place: Place, name: str, beside: Beside) -> str:
    panel, (left, top, right, bottom) = place.panel, place.box
    x = svg.Scale(float(view.days[0]), float(view.days[-1]), left, right)
    points = _points(view, panel, beside)
    y = _scale(view, place, [*_values(view, panel, beside.shaded), *(panel.scale * p.value for p in points)])
    paper = fever_paper(place.box, x, y) if panel.kind == "fever" else ""
    levels = y.at(np.array(y.ticks))
    grid = svg.lattice(np.array([]), levels, place.box, GRID, 1.0) if not paper else ""
    numbers = "".join(
        svg.words(left - 6, float(at) + 3.6, svg.plain(v), text_anchor="end", fill=MUTED, font_size="10")
        for v, at in zip(y.ticks, levels, strict=True)
    )
    behind = growth_lines(view, x, y) if panel.kind == "growth" else ""
    content = [
        paper, grid, events(view, x, place.box, named=panel.kind == "fever"), behind, _marks(panel, x, y),
        _lines(view, panel, x, y, beside), _mark_names(panel, x, y),
        triangles(view, x, place.box) if panel.kind == "drug" else "",
    ]  # fmt: skip
    hole = svg.rectangle(left, top - 1, right - left, bottom - top + 2, INK)
    frame = f'<clipPath id="{name}">{hole}</clipPath>'
    inside = f'<g clip-path="url(#{name})">{"".join(content)}</g>'
    inside += published_points.drawn(points, panel, view, x, y)  # one on the last day keeps its whole sign
    said = f"{panel.title}, {panel.unit}" if panel.unit else panel.title
    return (
        f'<g class="panel" data-title={quoteattr(panel.title)} data-unit={quoteattr(panel.unit)} '
        f'data-box="{left:g} {top:g} {right:g} {bottom:g}" data-low="{y.low:.6g}" data-high="{y.high:.6g}" '
        f'data-log="{int(y.log)}">{frame}{inside}{numbers}{time_axis(x, place.box)}'
        f"{svg.words(left, top - 9, said, font_weight='600', font_size='11.5')}{_key(panel, view, place)}</g>"
    )


def _values(view: View, panel: Panel, shaded: Sequence[Band]) -> list[Floats]:
    """All values of a panel; of courses with a band its ends."""
    found = []
    for i, arm in enumerate(view.arms):
        for name, _ in lines(panel, view, i):
            if name in arm.values:
                found.append(panel.scale * arm.values[name])
                own = (courses.get(arm.letter, {}).get(name) for courses in shaded)
                found += [panel.scale * end for courses in own for end in limits(courses)]
    return found


def _points(view: View, panel: Panel, beside: Beside) -> list[published_points.PublishedPoint]:
    """The published points of a panel within the days of the view."""
    named = {name for i in range(len(view.arms)) for name, _ in lines(panel, view, i)}
    first, last = view.days[0], view.days[-1]
    return [p for p in beside.points if p.observable in named and first <= p.day <= last]


def _scale(view: View, place: Place, drawn: Sequence[Floats | float]) -> svg.Scale:
    """An axis that includes everything drawn in the panel and the range that is always shown."""
    panel = place.panel
    low = min((float(np.min(v)) for v in drawn), default=0.0)
    high = max((float(np.max(v)) for v in drawn), default=1.0)
    if panel.log:
        low = max(low, panel.least, high * 1e-6)
        bottom, top = 10 ** np.floor(np.log10(low)), max(high * 1.4, 10 ** np.ceil(np.log10(low) + 1e-9))
        top *= 4.0 if panel.kind == "drug" else 1.0  # for the triangles
        return svg.Scale(float(bottom), float(top), place.bottom, place.top, log=True)
    if panel.high is not None:
        high = max(high, panel.high)
    if panel.low is not None:
        low = min(low, panel.low)
    room = (0.06 if panel.kind != "drug" else 0.12 + 0.08 * len(view.arms)) * (high - low) or 1.0
    bottom = low if panel.low is not None else low - room
    return svg.Scale(bottom, high + room, place.bottom, place.top)


def _lines(view: View, panel: Panel, x: svg.Scale, y: svg.Scale, beside: Beside) -> str:
    shades, found, hues = [], [], colours(view)
    a_day = (x.end - x.start) / (x.high - x.low)
    whole = max(1, int(np.ceil(1.5 / a_day))) if panel.kind != "drug" and a_day < CROWDED else 0
    for i, arm in enumerate(view.arms):
        for j, (name, said) in enumerate(lines(panel, view, i)):
            if name not in arm.values:
                continue
            look = {"stroke_width": "1.5", "stroke_linejoin": "round", "data_letter": arm.letter}
            look |= {"data_observable": name, "data_unit": view.units[name], "data_scale": f"{panel.scale:g}"}
            if j % 2:
                look["stroke_dasharray"] = "5 3"
            days, values, hue = view.days, panel.scale * arm.values[name], hues[arm.letter]
            shade: tuple[Floats, ...] = ()
            if whole:
                shade, days, values = by_day(days, values, panel.kind == "fever", whole)
                said += ", highest of the day" if panel.kind == "fever" else ", mean of the day"
            if not beside.shaded and shade:
                shades.append(_shade(shade, x.at(days), y, hue))
            for courses in beside.shaded if j == 0 else ():
                own = _band(view.days, courses.get(arm.letter, {}).get(name), panel, whole)
                shades.append(_shade(own, x.at(days), y, hue, edge=courses is beside.known))
            days, values = svg.thinned(days, values, int(x.end - x.start))
            found.append(svg.line(x.at(days), y.at(values), hue, said, **look))
    return "".join(shades + found)


def _shade(ends: tuple[Floats, ...], across: Floats, y: svg.Scale, hue: str, edge: bool = False) -> str:
    """The area between two ends; nothing if there is none, or if it is too narrow to be seen."""
    if not ends or np.max((low := y.at(ends[0])) - (high := y.at(ends[1]))) < SEEN:
        return ""
    return svg.ribbon(across, low, high, hue, edge)


def _band(days: Floats, courses: Floats | None, panel: Panel, whole: int) -> tuple[Floats, ...]:
    """The ends of a band of what the line shows: values, or the summary of each day (or ``whole`` days)."""
    if courses is not None and whole:
        highest = panel.kind == "fever"
        courses = np.array([by_day(days, own.astype(np.float64), highest, whole)[2] for own in courses])
    return tuple(panel.scale * end for end in limits(courses))


def by_day(
    days: Floats, values: Floats, highest: bool, whole: int = 1
) -> tuple[tuple[Floats, Floats], Floats, Floats]:
    """Middle, lowest and highest value, and the highest or the mean, of each day (or of ``whole`` days).

    Drawn if days are too narrow for a line by the hour.
    """
    edges, counts, middle = _days(days.tobytes(), whole)
    low, high = np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
    return (low, high), middle, high if highest else np.add.reduceat(values, edges) / counts


@lru_cache(32)
def _days(times: bytes, whole: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """First index, number of times and middle of each day (or of ``whole`` days), which all lines share."""
    days = np.frombuffer(times)
    edges = np.flatnonzero(np.diff(np.floor(days / whole + 1e-9), prepend=-np.inf))
    if len(edges) > 2 and len(days) - edges[-1] < (edges[-1] - edges[-2]) / 2:
        edges = edges[:-1]  # an incomplete day at the end is joined to the day before
    middle = np.minimum((np.floor(days[edges] / whole + 1e-9) + 0.5) * whole, days[-1])
    middle[0], middle[-1] = days[0], days[-1]
    return edges, np.diff(np.append(edges, len(days))), middle


def _marks(panel: Panel, x: svg.Scale, y: svg.Scale) -> str:
    inside = [level for level, _ in panel.marks if y.low < level < y.high]
    drawn = "".join(f"M{x.start:.1f},{float(y.at(level)):.1f}H{x.end:.1f}" for level in inside)
    return f'<path d="{drawn}" stroke="{INK}" stroke-width="0.8" stroke-dasharray="3 3" opacity="0.55"/>'


def _mark_names(panel: Panel, x: svg.Scale, y: svg.Scale) -> str:
    """The names of the levels, readable above the lines."""
    room = min(y.start, y.end) + 12.0  # a label that would be cut off at the top stands below its line
    places = {said: float(y.at(v)) for v, said in panel.marks if said and y.low < v < y.high}
    return "".join(
        svg.words(x.end - 3, at - 3 if at >= room else at + 10, said, **_SMALL, **_HALO)
        for said, at in places.items()
    )


def _key(panel: Panel, view: View, place: Place) -> str:
    """Legend of solid and dashed lines at the right end of the title; on the first panel, of the regimens."""
    if panel.kind == "fever":
        x, found = place.right, []
        for arm in reversed(view.arms):
            colour = legible(colours(view)[arm.letter])
            found.append(
                svg.words(
                    x, place.top - 9, f"● {arm.letter}", fill=colour, text_anchor="end", font_weight="600"
                )
            )
            x -= 32
        return "".join(found)
    named = list(dict.fromkeys(said for i in range(len(view.arms)) for _, said in lines(panel, view, i)))
    if len(named) < 2 or panel.kind == "drug":
        return ""
    said = f"— {named[0]}   ╌ {named[1]}"
    return svg.words(place.right, place.top - 9, said, fill=MUTED, text_anchor="end", font_size="10")
