"""What every test shares: the checkout's root, a browser, repeatable properties."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: the machine may be shared. The same examples every time: a red test stays red.
settings.register_profile("repeat", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
MISSING = "BROWSER TESTS NOT RUN: there is no chromium. Install it with: apt-get install -y chromium"

SLOW_FOLDERS = {
    "api", "application", "biology", "cli", "engine", "exact", "golden", "indications", "interchange",
    "live", "models", "patients", "published", "reports", "scripts", "simulation", "trials", "web",
}  # fmt: skip
SLOW_FILES = {
    "test_audit", "test_catalogue", "test_checks", "test_conservation", "test_docs",
    "test_event_predictor", "test_focei", "test_guides", "test_layers", "test_model_reduction",
    "test_new_drug", "test_readings", "test_readme", "test_structural_checks", "test_typeset",
    "test_wheel",
}  # fmt: skip
"""Folders and files that audit or compile whole models, solve trials, or start processes or servers."""


def slow(path: Path) -> bool:
    """Whether the tests of this file or folder are slow."""
    place = path.relative_to(Path(__file__).parent).parts
    return bool(place) and (place[0] in SLOW_FOLDERS or path.stem in SLOW_FILES)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare ``make check`` the import of slow tests, which it would leave out."""
    return True if config.getoption("markexpr") == "not slow" and slow(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests; ``make check`` leaves them out, ``make test`` runs everything."""
    for item in items:
        if slow(item.path):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout: the folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")  # while it is open, its own event loop runs in this thread
def browser() -> Iterator[object]:
    """Debian's chromium, driven by Playwright; skips, and says so loudly, where there is none."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield found
        found.close()


@pytest.fixture(scope="session")
def findings() -> Callable[[Any], list[str]]:
    """Every finding of axe-core on an open page: WCAG 2.2 AA and good practice, elements in brief."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

    def found(page: Any) -> list[str]:
        violations = axe.run(page, options=options).response["violations"]
        return [
            f"{v['impact']} {v['id']}: {node['target']} {node['html'][:160]}"
            for v in violations
            for node in v["nodes"]
        ]

    return found
