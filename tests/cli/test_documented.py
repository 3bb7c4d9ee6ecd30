"""Every block of code in the documents is run, in a small version, or says why it is not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

_spec = importlib.util.spec_from_file_location("documented", Path(__file__).with_name("documented.py"))
assert _spec is not None and _spec.loader is not None
documented = importlib.util.module_from_spec(_spec)
sys.modules["documented"] = documented  # a dataclass looks for its module there
_spec.loader.exec_module(documented)
blocks, small, ROOT = documented.blocks, documented.small, documented.ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
RUN_BY = {
    "docs/start.md": "tests/cli/test_start_page.py",
    "docs/exchange.md": "tests/cli/test_exchange.py",
    "docs/cohorts.md": "tests/cli/test_cohort.py",
}
"""Pages whose blocks another test runs as they are printed."""
LEFT = [page for page in PAGES if str(page.relative_to(ROOT)) not in RUN_BY]
RUN = [page for page in LEFT if any(b.kind in ("sh", "python") and not b.why for b in blocks(page))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", RUN, ids=name)
def test_every_block_runs(page: Path, quotidian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, in one empty folder: files are written, commands and Python run, each after the other."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    known: dict[str, object] = {}
    for block in blocks(page):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.why or block.kind not in ("sh", "python"):
            continue
        elif block.kind == "python":
            exec(compile(block.text, name(page), "exec"), known)
        else:
            for line in block.lines:
                ran = quotidian(small(line).removeprefix("quotidian "))
                assert ran.code == 0, f"{line}\n{ran.err}"
    plt.close("all")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    for block in blocks(page):
        if block.kind == "sh" and not block.why:
            assert [line for line in block.lines if not line.startswith("quotidian ")] == []
        assert block.kind in ("sh", "python", "yaml", "csv", "text")
        assert not block.why or len(block.why) > 20


@pytest.mark.parametrize("page", RUN_BY)
def test_the_other_tests_read_these_pages(page: str) -> None:
    assert f'"{page}"' in (ROOT / RUN_BY[page]).read_text(encoding="utf-8")


def test_the_pages_that_are_run_are_these() -> None:
    assert {"README.md", "docs/drugs.md", "docs/how-to-add.md"} <= {name(page) for page in RUN}


def test_a_block_is_read_as_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- not run: because -->\n```sh\nmake it\n```\n\nText.\n\n```sh\nquotidian a \\\n  --b  # c\n```\n"
        "\n```yaml\n# file: x.yaml\na: 1\n```\n"
    )
    first, second, third = blocks(page)
    assert (first.why, second.why, third.file) == ("because", "", "x.yaml")
    assert list(second.lines) == ["quotidian a --b"]
    assert small("quotidian trial tender --replicates 100") == "quotidian trial tender --replicates 1"
