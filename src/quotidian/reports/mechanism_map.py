"""The model as one drawing: boxes for mechanisms, arrows for the effect of one mechanism on another.

Colour and head show whether an effect raises or lowers; the line shows the basis of its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from quotidian.network import Model
from quotidian.network.influences import BASES, OUTSIDE, Influence, influences, species_of
from quotidian.reports.figures.style import BLUE, FONT, GRID, INK, MUTED, PAPER, VERMILLION
from quotidian.reports.wording import species_name

BOX, GAP_X, GAP_Y, LINE, MARGIN = 178, 52, 20, 16, 26
TITLE, TEXT = 13.5, 12.5
"""Font sizes; a page of 1280 pixels shows the map at five sixths of its size."""
TOP = 92
PER_BOX = 7
"""Number of species that a box names; the others are counted."""

STAGES: tuple[tuple[str, ...], ...] = (
    (OUTSIDE,),
    ("hpa_axis", "glucocorticoid", "innate_loop", "macrophage_activation", "transgene"),
    ("il6_feedback", "il6_homeostasis", "il6_receptor"),
    ("gp130_signal", "gp130_signal_detailed", "joints", "macrophage_toll"),
    ("fever", "skin_and_serosa", "acute_phase", "serum_proteins", "iron", "red_cells", "blood_cells"),
)
"""Mechanisms by column, from left to right; drugs are below the first column, all others in the last."""

WAYS: Mapping[int, tuple[str, str]] = {1: (BLUE, "raises"), -1: (VERMILLION, "lowers"), 0: (MUTED, "either")}
SAYS: Mapping[int, str] = {1: "raises", -1: "lowers", 0: "raises or lowers"}
"""The effect of an arrow by its sign, as a verb."""
DASH: Mapping[str, str] = {"measured": "", "derived": "", "fitted": "7 3", "assumed": "2 3", "none": ""}


@dataclass(frozen=True)
class Box:
    """One mechanism and its position; lengths in pixels."""

    name: str
    title: str
    lines: tuple[str, ...]
    x: float
    y: float

    @property
    def heading(self) -> list[str]:
        """The title in lines that fit the box: a bold letter is about 0.62 times as wide as the font size."""
        return wrap(self.title, int((BOX - 22) / (0.62 * TITLE)))

    @property
    def head(self) -> float:
        """Height of the heading."""
        return 9.0 + (LINE + 1) * len(self.heading)

    @property
    def height(self) -> float:
        return self.head + LINE * len(self.lines) + 8


@dataclass(frozen=True)
class Arrow:
    """All effects of one mechanism on another: quantity, sign and basis."""

    source: str
    target: str
    parts: tuple[Influence, ...]

    @property
    def sign(self) -> int:
        """The common sign of its parts; 0 if they differ."""
        signs = {p.sign for p in self.parts if p.sign}
        return signs.pop() if len(signs) == 1 else 0

    @property
    def basis(self) -> str:
        """The weakest basis among its parts; "none" if no law has a parameter."""
        known = [p.basis for p in self.parts if p.basis in BASES]
        return max(known, key=BASES.index) if known else "none"

    @property
    def words(self) -> str:
        """The text that is shown when the pointer is on the arrow."""
        lines = sorted({f"{p.through} {SAYS[p.sign]} the target, by {p.law} ({p.basis})" for p in self.parts})
        return "\n".join([f"{self.source} to {self.target}", *lines])


def arrows(model: Model) -> tuple[Arrow, ...]:
    """One arrow for each pair of mechanisms in which the first affects the second."""
    pairs: dict[tuple[str, str], list[Influence]] = {}
    for i in influences(model):
        pairs.setdefault((i.source, i.target), []).append(i)
    return tuple(Arrow(a, b, tuple(parts)) for (a, b), parts in pairs.items())


def boxes(model: Model, drugs: Iterable[str]) -> tuple[Box, ...]:
    """Every mechanism of the model with its own laws, arranged in columns."""
    owned = species_of(model)
    known = {m.name: m for m in model.modules if m.name != "sums"}
    given = [d for d in drugs if d in known]
    columns = [[n for n in stage if n in known or n == OUTSIDE] for stage in STAGES]
    columns[0] += given
    placed = {n for column in columns for n in column}
    rest = [n for n in known if n not in placed]
    columns.append(rest)
    outside = tuple(n for n in (*model.covariates, *model.inputs))
    found: list[Box] = []
    drawn: list[list[Box]] = []
    for i, column in enumerate(c for c in columns if c):
        y, stack = 0.0, []
        for name in column:
            title = known[name].title if name in known else "The child and its setting"
            stack.append(Box(name, title, _lines(owned, outside, name), MARGIN + i * (BOX + GAP_X), y))
            y += stack[-1].height + GAP_Y
        drawn.append(stack)
    tallest = max(s[-1].y + s[-1].height for s in drawn)
    for stack in drawn:
        shift = TOP + (tallest - stack[-1].y - stack[-1].height) / 2
        found += [Box(b.name, b.title, b.lines, b.x, b.y + shift) for b in stack]
    return tuple(found)


def _lines(owned: Mapping[str, tuple[object, ...]], outside: tuple[str, ...], name: str) -> tuple[str, ...]:
    names = outside if name == OUTSIDE else tuple(str(getattr(s, "name", s)) for s in owned.get(name, ()))
    shown = tuple(species_name(n.rpartition(".")[2]) for n in names[:PER_BOX])
    return shown if len(names) <= PER_BOX else (*shown, f"and {len(names) - PER_BOX} more")


def mechanism_map(model: Model, drugs: Iterable[str] = ()) -> str:
    """The drawing as one SVG document, the same bytes at every call.

    An arrow is an element of class ``arrow`` with ``data-source``, ``data-target`` and a title that names
    its laws. A box is an element of class ``mechanism`` with ``data-name``.
    """
    placed = boxes(model, drugs)
    at = {b.name: b for b in placed}
    width = max(b.x for b in placed) + BOX + 2 * MARGIN + 30  # arrows between boxes of the last column bulge
    height = max(b.y + b.height for b in placed) + MARGIN + 40
    lines = [
        _arrow(a, at[a.source], at[a.target]) for a in arrows(model) if {a.source, a.target} <= at.keys()
    ]
    shapes = [_box(b) for b in placed]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'font-family={quoteattr(FONT)} aria-labelledby="map-title">'
        f'<title id="map-title">{escape(model.title)}: {len(shapes)} mechanisms, {len(lines)} arrows</title>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    )
    return "\n".join([head, _markers(), _legend(model), *lines, *shapes, "</svg>"]) + "\n"


def _markers() -> str:
    made = []
    for sign, (colour, word) in WAYS.items():
        shape = (
            "M0,0 L8,4 L0,8 z"
            if sign > 0
            else "M6,0 L8,0 L8,8 L6,8 z"
            if sign < 0
            else "M4,0 L8,4 L4,8 L0,4 z"
        )
        made.append(
            f'<marker id="{word}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="{shape}" fill="{colour}"/></marker>'
        )
    return f"<defs>{''.join(made)}</defs>"


def _box(b: Box) -> str:
    x = b.x + 11
    heading = [_text(x, b.y + 18 + i * (LINE + 1), said, TITLE, INK, 600) for i, said in enumerate(b.heading)]
    body = [_text(x, b.y + b.head + 12 + i * LINE, said, TEXT, MUTED) for i, said in enumerate(b.lines)]
    return (
        f'<g class="mechanism" data-name="{b.name}"><title>{escape(b.title)}</title>'
        f'<rect x="{b.x:g}" y="{b.y:g}" width="{BOX}" height="{b.height:g}" rx="7" fill="{PAPER}" '
        f'stroke="{INK}" stroke-width="1.1"/>{"".join(heading)}{"".join(body)}</g>'
    )


def _text(x: float, y: float, said: str, size: float, colour: str, weight: int = 400) -> str:
    """A text element."""
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{bold} fill="{colour}">{escape(said)}</text>'


def _arrow(a: Arrow, source: Box, target: Box) -> str:
    colour, word = WAYS[a.sign]
    x0, y0, x1, y1, path = *_ends(source, target), ""
    bend = max(44.0, abs(x1 - x0) * 0.45)
    if target.x > source.x:
        path = f"M{x0:.1f},{y0:.1f} C{x0 + bend:.1f},{y0:.1f} {x1 - bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
    elif target.x == source.x:
        path = f"M{x0:.1f},{y0:.1f} C{x0 + 40:.1f},{y0:.1f} {x1 + 40:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
    else:
        path = f"M{x0:.1f},{y0:.1f} C{x0 - bend:.1f},{y0:.1f} {x1 + bend:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
    dash = f' stroke-dasharray="{DASH[a.basis]}"' if DASH[a.basis] else ""
    return (
        f'<path class="arrow" data-source="{a.source}" data-target="{a.target}" d="{path}" fill="none" '
        f'stroke="{colour}" stroke-width="1.3" stroke-opacity="0.75"{dash} marker-end="url(#{word})">'
        f"<title>{escape(a.words)}</title></path>"
    )


def _ends(source: Box, target: Box) -> tuple[float, float, float, float]:
    """Start and end of an arrow, on the facing sides of two boxes."""
    y0 = source.y + source.height * _share(source, target)
    y1 = target.y + target.height * _share(target, source)
    if target.x > source.x:
        return source.x + BOX, y0, target.x, y1
    if target.x == source.x:
        return source.x + BOX, y0, target.x + BOX, y1
    return source.x, y0, target.x + BOX, y1


def _share(box: Box, other: Box) -> float:
    """Height at which an arrow leaves a box: higher for a higher partner, with a small gap between arrows."""
    lean = (other.y + other.height / 2 - box.y - box.height / 2) / 900
    return min(0.9, max(0.1, 0.5 + lean + (sum(map(ord, other.name)) % 11 - 5) / 60))


def _legend(model: Model) -> str:
    entries = [
        ("raises", BLUE, "", "raises"),
        ("lowers", VERMILLION, "", "lowers"),
        ("either", MUTED, "", "raises or lowers"),
        ("", INK, "", "measured or derived"),
        ("", INK, DASH["fitted"], "fitted"),
        ("", INK, DASH["assumed"], "assumed"),
    ]
    x, parts = float(MARGIN), []
    for marker, colour, dash, words in entries:
        style = f' stroke-dasharray="{dash}"' if dash else ""
        end = f' marker-end="url(#{marker})"' if marker else ""
        parts.append(
            f'<path d="M{x:g},62 h34" stroke="{colour}" stroke-width="1.4"{style}{end}/>'
            f'<text x="{x + 42:g}" y="66" font-size="{TEXT:g}" fill="{MUTED}">{words}</text>'
        )
        x += 62 + 7.3 * len(words)
    return (
        f'<text x="{MARGIN}" y="34" font-size="17" font-weight="600" '
        f'fill="{INK}">{escape(model.title)}</text>'
        f'<path d="M{MARGIN},46 h{x - MARGIN:g}" stroke="{GRID}"/>{"".join(parts)}'
    )
