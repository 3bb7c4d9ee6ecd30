"""The guides hold: run again, their blocks print what the pages show and draw the same figures."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _runner() -> ModuleType:
    spec = spec_from_file_location("guides", ROOT / "docs/guides.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUNNER = _runner()
PAGES = RUNNER.pages()
INDEX = (RUNNER.GUIDES / "README.md").read_text(encoding="utf-8")
MOST_LINES = 120


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_guide_shows_what_it_prints_and_draws(page: Path) -> None:
    text, drawn = RUNNER.rendered(page)
    assert text == page.read_text(encoding="utf-8"), f"Run make guides and commit docs/guides/{page.name}."
    assert list(drawn) == [f"{page.stem}.svg"] and f"]({page.stem}.svg)" in text
    shown = (page.parent / f"{page.stem}.svg").read_text(encoding="utf-8")
    assert same_drawing(drawn[f"{page.stem}.svg"], shown), "Run make guides and commit the figures."


def same_drawing(one: str, other: str) -> bool:
    """Whether two drawings agree: the same text, and coordinates within a hundredth of a point.

    Processors with different vector units round the last digits of a simulation differently.
    """
    number = re.compile(r"-?\d+\.\d+")
    if number.sub("#", one) != number.sub("#", other):
        return False
    pairs = zip(number.findall(one), number.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= 0.01 for a, b in pairs)


def test_a_drawing_that_moved_by_more_than_rounding_is_noticed() -> None:
    assert same_drawing("M 1.000001 2.5", "M 1.000002 2.5")
    assert not same_drawing("M 1.05 2.5", "M 1.0 2.5")
    assert not same_drawing("M 1.0", "L 1.0")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_guide_has_the_parts_of_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    parts = ["Method", "Interpretation", "Evidence", "Limitations"]
    assert re.findall(r"(?m)^## (.+)$", text) == parts
    assert re.search(r"(?m)^# .+\n\n\*\*[^*]+\?\*\*$", text), "The question in one sentence comes first."
    assert "for a firm answer" in " ".join(text.split()) and len(text.splitlines()) <= MOST_LINES
    assert f"]({page.name})" in INDEX


def test_the_figures_that_lie_there_are_those_of_the_guides() -> None:
    assert {f.stem for f in RUNNER.GUIDES.glob("*.svg")} == {page.stem for page in PAGES}
    assert len(PAGES) == 9


def guide(tmp_path: Path, *parts: str) -> Path:
    page = tmp_path / "page.md"
    page.write_text("\n\n".join(parts) + "\n")
    return page


PLACE = "<!-- what it prints -->\n```text\nold\n```"


def test_what_was_printed_takes_the_place_of_what_stood_there(tmp_path: Path) -> None:
    file = "```yaml\n# file: x.txt\nnine\n```"
    code = "```python\nprint(open('x.txt').read().splitlines()[1] + '  ')\n```"
    after = "```python\nopen('page.svg', 'w').write('drawn')\n```"
    text, drawn = RUNNER.rendered(guide(tmp_path, "# Title", file, code, PLACE, after))
    assert "```text\nnine\n```" in text and "old" not in text and text.startswith("# Title\n")
    assert drawn == {"page.svg": "drawn"}


def test_a_page_with_a_place_too_many_or_a_refused_command_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 blocks print, and 1 places"):
        RUNNER.rendered(guide(tmp_path, "```python\nx = 1\n```", PLACE))
    with pytest.raises(ValueError, match="exit 2"):
        RUNNER.rendered(guide(tmp_path, "```sh\nquotidian trial none\n```", PLACE))
    with pytest.raises(ValueError, match="only quotidian"):
        RUNNER.rendered(guide(tmp_path, "```sh\nrm x\n```"))
