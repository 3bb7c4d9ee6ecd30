"""The drawing of the mechanism: whole, well-formed, without overlap, the same every time."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import pytest

from quotidian.models import DRUGS, MODELS, model
from quotidian.network.influences import OUTSIDE, Influence
from quotidian.reports.mechanism_map import BOX, Arrow, arrows, boxes, mechanism_map

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", MODELS)
def test_every_mechanism_and_every_arrow_is_drawn(name: str) -> None:
    m = model(name, DRUGS)
    root = ElementTree.fromstring(mechanism_map(m, DRUGS))
    drawn = [g.attrib["data-name"] for g in root.iter(f"{SVG}g") if g.attrib.get("class") == "mechanism"]
    assert sorted(drawn) == sorted([OUTSIDE, *(x.name for x in m.modules if x.name != "sums")])
    lines = [p for p in root.iter(f"{SVG}path") if p.attrib.get("class") == "arrow"]
    assert {(p.attrib["data-source"], p.attrib["data-target"]) for p in lines} == {
        (a.source, a.target) for a in arrows(m)
    }
    assert mechanism_map(m, DRUGS) == mechanism_map(m, DRUGS)


def test_boxes_do_not_overlap() -> None:
    for a, b in combinations(boxes(model("sjia", DRUGS), DRUGS), 2):
        apart = abs(a.x - b.x) >= BOX or a.y + a.height <= b.y or b.y + b.height <= a.y
        assert apart, (a.name, b.name)


def test_an_arrow_has_the_common_sign_and_the_weakest_basis() -> None:
    up, down = (Influence("a", "b", "x", "law", s, "measured") for s in (1, -1))
    weak = Influence("a", "b", "y", "law", 1, "assumed")
    assert (Arrow("a", "b", (up, weak)).sign, Arrow("a", "b", (up, weak)).basis) == (1, "assumed")
    assert Arrow("a", "b", (up, down)).sign == 0
