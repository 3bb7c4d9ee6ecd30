"""The tables of drugs and scenarios show what the present model computes; some rows are computed again."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import quotidian as q

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    """docs/effect_tables.py, without running it."""
    spec = spec_from_file_location("effect_tables", ROOT / "docs/effect_tables.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(page: str, head: str) -> list[str]:
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(head)) + 2
    return [line for line in lines[first:] if line.startswith("|")]


@pytest.mark.parametrize(
    ("page", "kept"),
    [("drugs.md", ("none", "tocilizumab-iv", "anakinra")), ("scenarios.md", ("first choice", "`il6-slow`"))],
)
def test_rows_are_those_of_the_present_model(tables: ModuleType, page: str, kept: tuple[str, ...]) -> None:
    head, _ = tables.TABLES[page]
    shown = [line for line in rows(page, head) if line.split("|")[1].strip().startswith(kept)]
    assert len(shown) == len(kept)
    table = "\n".join([head, "|---|", *shown, ""]) + "\n"
    assert tables.filled(page, table) == table, "Run make docs and commit the page."


def test_the_table_of_drugs_has_every_drug() -> None:
    named = {line.split("|")[1].strip() for line in rows("drugs.md", "| drug | acts on |")}
    drugs = {name.split("-")[0] for name in q.preparations()["name"]}
    shown = {name.split("-")[0] for name in named}
    assert drugs - shown == {"methylprednisolone"}  # its pulses have no effect after day 56
    assert shown - drugs == {"none"}
