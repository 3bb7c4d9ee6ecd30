"""The documentation site in a small version: live figures, search, formulas, nothing from other servers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quotidian.drugs.catalogue import regimen
from quotidian.live.bundle import Bundle
from quotidian.patients.child import child

PAGES = ("docs/start.md", "docs/page.md", "docs/guides/README.md", "docs/guides/how-fast-to-taper.md",
         "docs/model/README.md", "docs/model/transgenic_mouse.md")  # fmt: skip
MISSING = (
    "SITE NOT BUILT: there is no sphinx. Install the extra 'docs' as requirements.lock has it: make test"
)


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a few pages; a warning of Sphinx is a failure."""
    if importlib.util.find_spec("sphinx") is None:
        pytest.skip(MISSING)
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(root / "docs/site/build.py"), str(target), *PAGES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture
def visited(site: Path, browser: Any, served: Any) -> Iterator[Any]:
    """A browser on the site, from a file server; nothing may be asked of another."""
    home = served(site)
    page, troubles, strangers = browser.new_page(viewport={"width": 1280, "height": 900}), [], []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda r: strangers.append(r.url) if not r.url.startswith((home, "data:")) else None)
    page.set_default_timeout(30_000)
    page.home = home
    yield page
    page.close()
    assert troubles == [] and strangers == []


def test_the_first_picture_is_alive_and_exact(visited: Any, bundle: Bundle) -> None:
    visited.goto(visited.home)
    visited.wait_for_selector(".quotidian-live .q-panel")
    found = np.array(
        visited.evaluate("quotidian.all[0].course.values.map(v => Object.values(v).map(a => [...a]))")
    )
    plans = (regimen("none"), regimen("tocilizumab-iv"))
    whole = bundle.course(child(6, "female", 20), plans, 42.0)
    np.testing.assert_allclose(found.transpose(0, 2, 1), whole["values"], rtol=1e-9, atol=1e-12)
    before = visited.inner_text(".q-tiles")
    visited.focus('[name="severity"]')
    visited.keyboard.press("ArrowRight")
    assert visited.inner_text(".q-tiles") != before


def test_a_guide_begins_with_its_own_child(visited: Any) -> None:
    visited.goto(visited.home + "guides/how-fast-to-taper.html")
    visited.wait_for_selector(".q-panel")
    assert visited.input_value('[name="steroid"]') == "0.6" and visited.input_value('[name="taper"]') == "20"
    assert visited.locator(".q-panel").count() == 4


def test_without_webassembly_a_figure_is_a_picture(visited: Any) -> None:
    visited.add_init_script("delete globalThis.WebAssembly")
    visited.goto(visited.home + "page.html")
    visited.wait_for_timeout(500)
    assert visited.is_visible(".quotidian-live svg") and not visited.locator(".q-panel").count()


def test_the_search_finds_a_page(visited: Any) -> None:
    visited.goto(visited.home + "search.html?q=taper")
    visited.wait_for_selector(".search li a")
    assert "How fast to taper steroid?" in visited.inner_text(".search")


def test_formulas_need_no_script(site: Path) -> None:
    text = (site / "model/transgenic_mouse.html").read_text(encoding="utf-8")
    assert text.count("<math") > 50


@pytest.mark.parametrize(
    "page", ["index.html", "guides/how-fast-to-taper.html", "model/transgenic_mouse.html"]
)
def test_a_telephone_needs_no_sideways_scrolling(visited: Any, page: str) -> None:
    visited.set_viewport_size({"width": 375, "height": 812})
    visited.goto(visited.home + page)
    assert visited.evaluate("document.documentElement.scrollWidth") <= 375
    assert visited.is_visible("text=Research use, not a medical device")


def test_links_to_sources_become_words_and_links_to_pages_stay(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert 'href="start.html"' in text and 'href="guides/index.html"' in text
    assert "docs/" not in "".join(part.split('"')[0] for part in text.split('href="')[1:])


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize(
    "page", ["page.html", "guides/how-fast-to-taper.html", "model/transgenic_mouse.html"]
)
def test_a_page_of_the_site_keeps_nobody_out(visited: Any, findings: Any, page: str, width: int) -> None:
    visited.set_viewport_size({"width": width, "height": 900})
    visited.goto(visited.home + page)
    found = findings(visited)
    assert found == [], "\n".join(found)
