"""A finished figure: one subject drawn wide and narrow, as SVG with the same bytes every time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from quotidian.reports.figures.style import FONT, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ID = re.compile(r' id="([^"]+)"')
_USE = re.compile(r"(?:url\(#|xlink:href=\"#)([^\")]+)")
_PLACES = re.compile(r' (d|x|y)="([^"]*)"')
_LONG = re.compile(r"-?[0-9]+\.[0-9]+")
_FAMILY = re.compile(r"'DejaVu Sans'(?:, sans-serif)?")
_STYLE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)  # it would style the page
_BARE = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Picture:
    """A figure ready for a page.

    Parameters
    ----------
    name : for links and ids, such as ``comparison``.
    title : a few words.
    shows, source, certainty : the explanation in plain language: content, simulated data, certainty.
    alt : text for readers who cannot see the figure.
    wide, narrow : SVG elements that scale with the page, for a screen or paper and for a telephone.
    """

    name: str
    title: str
    shows: str
    source: str
    certainty: str
    alt: str
    wide: str
    narrow: str


def picture(
    name: str,
    title: str,
    draw: Callable[[bool], Figure],
    *,
    shows: str,
    source: str,
    certainty: str,
    alt: str,
) -> Picture:
    """Draw a figure twice in the common style, ``draw(True)`` wide and ``draw(False)`` narrow."""
    with house_style():
        wide = to_svg(draw(True), f"{name}-wide", alt)
        narrow = to_svg(draw(False), f"{name}-narrow", alt)
    return Picture(name, title, shows, source, certainty, alt, wide, narrow)


def to_svg(figure: Figure, name: str, alt: str) -> str:
    """An SVG element for use inside a page: text as text, unique ids, proportions instead of a size."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=_BARE)
    drawn = buffer.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = _STYLE.sub("", drawn)
    drawn = _PLACES.sub(_rounded, _FAMILY.sub(FONT, _own_ids(drawn, name)))
    return re.sub(r"<svg[^>]*>", lambda tag: _root(tag[0], alt), drawn, count=1).strip()


def _root(tag: str, alt: str) -> str:
    """The opening tag: the proportions of the drawing, and its text for readers who cannot see it."""
    box = re.search(r'viewBox="[^"]*"', tag)
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    look = 'style="stroke-linejoin:round;stroke-linecap:butt" role="img"'
    return f"<svg {spaces} {box[0] if box else ''} {look} aria-label={quoteattr(alt)}>"


def _own_ids(drawn: str, name: str) -> str:
    """Unused ids are dropped; the others get the name of the figure as a prefix, so that each is unique."""
    used = set(_USE.findall(drawn))
    drawn = _ID.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", drawn)
    return _USE.sub(lambda found: found[0].replace(f"#{found[1]}", f"#{name}-{found[1]}"), drawn)


def _rounded(found: re.Match[str]) -> str:
    """Positions to a hundredth of a point: this saves two thirds of the bytes and removes digits that
    differ between machines."""
    return f' {found[1]}="{_LONG.sub(_hundredth, " ".join(found[2].split()))}"'


def _hundredth(found: re.Match[str]) -> str:
    text = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
