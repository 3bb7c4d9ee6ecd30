"""The documentation holds: generated pages are fresh and small, and every link leads to what it names."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
LARGEST = 400_000
FENCE = re.compile(r"^```.*?^```", flags=re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def generator() -> ModuleType:
    """docs/generate.py, without running it."""
    spec = spec_from_file_location("generate", ROOT / "docs/generate.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return generator().pages()


def test_no_generated_page_is_stale(generated: dict[str, str]) -> None:
    stale = [
        place
        for place, text in generated.items()
        if not (ROOT / place).is_file() or (ROOT / place).read_text(encoding="utf-8") != text
    ]
    assert not stale, f"Run make docs and commit {', '.join(stale)}."


def test_no_page_of_the_generated_folders_is_left_over(generated: dict[str, str]) -> None:
    lying = {str(p.relative_to(ROOT)) for f in ("model", "reference") for p in (ROOT / "docs" / f).iterdir()}
    assert lying == {place for place in generated if place.startswith(("docs/model/", "docs/reference/"))}


def test_committed_pages_are_small(generated: dict[str, str]) -> None:
    sizes = {page.name: page.stat().st_size for page in [*PAGES, *(ROOT / "docs/images").iterdir()]}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_the_reference_has_every_field_of_a_study_with_an_example(generated: dict[str, str]) -> None:
    from quotidian.application.study_file import study_schema
    from quotidian.trials.endpoints.registry import ENDPOINTS

    page, schema = generated["docs/reference/study-fields.md"], study_schema()
    fields, endpoints = page.split("## Endpoints by name")
    rows = [line.split(" | ") for line in fields.splitlines() if line.startswith("| `")]
    parts = [schema, *schema["$defs"].values(), schema["$defs"]["Population"]["properties"]["match"]]
    assert sorted(row[0].strip("| `") for row in rows) == sorted(
        name for p in parts for name in p["properties"]
    )
    bare = [row[0] for row in rows if row[5] == " |" or not row[5].strip("| ")]
    own = [row[0] for row in rows if "its fields, below" in row[2] or "fields below" in row[2]]
    assert set(bare) <= set(own)
    assert re.findall(r"(?m)^\| `(\w+)` \|", endpoints) == list(ENDPOINTS)


def test_the_reference_has_every_verb_and_observable(generated: dict[str, str]) -> None:
    from quotidian.cli.app import COMMANDS
    from quotidian.models import observables

    program = generated["docs/reference/cli.md"]
    assert all(f"## quotidian {v.__name__.rstrip('_').replace('_', '-')}\n" in program for v in COMMANDS)
    assert "## quotidian study run\n" in program and "`--replicates N`" in program
    listed = re.findall(r"(?m)^\| `(\w+)` \|", generated["docs/reference/observables.md"])
    assert set(observables("sjia")) <= set(listed) and len(listed) == len(set(listed))


def anchors(text: str) -> set[str]:
    """What can be linked to in a page: its headings, as code hosts spell them."""
    titles = re.findall(r"(?m)^#+ (.+)$", FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """Links of a page that lead nowhere: no such file, or no such heading in it."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = []
    for link in (a or b for a, b in LINK.findall(text)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_what_it_names(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A title, with `code`\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md) [b](other.md#a-title-with-code) [c](#here) [d](https://example.org/none)\n"
        '[x](none.md) [y](other.md#no-title) [z](#there) <img src="none.png">\n```sh\n[w](none.sh)\n```\n'
    )
    assert broken(page) == ["none.md", "other.md#no-title", "#there", "none.png"]


def missing_files(text: str, root: Path = ROOT) -> list[str]:
    """Files that a page names by path in code style, but that neither the checkout nor the package has."""
    named = re.findall(r"`((?:\w[\w.-]*/)+[\w.-]+\.(?:py|yaml|md))`", FENCE.sub("", text))
    return [
        name for name in named if not any((root / start / name).exists() for start in ("", "src/quotidian"))
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    assert [
        n
        for n in missing_files(page.read_text(encoding="utf-8"))
        if not n.startswith("out/") and "NAME" not in n
    ] == []


def test_a_file_that_moved_is_found(tmp_path: Path) -> None:
    (tmp_path / "src/quotidian/trials").mkdir(parents=True)
    (tmp_path / "src/quotidian/trials/here.py").touch()
    assert missing_files("`trials/here.py` and `trials/gone.py`", tmp_path) == ["trials/gone.py"]


def test_every_page_is_reached_from_the_readme() -> None:
    """By way of links alone; decisions are linked as a folder."""
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for link in (a or b for a, b in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))):
            target = (page.parent / link.partition("#")[0]).resolve()
            inside = sorted(target.glob("*.md")) if target.is_dir() else [target]
            waiting += [t for t in inside if t.suffix == ".md" and t.is_file()]
    assert [str(p.relative_to(ROOT)) for p in PAGES if p not in seen] == []
