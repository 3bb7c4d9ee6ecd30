"""Every package that the sources import is declared in pyproject.toml."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROVIDED_BY = {
    "antimony": "antimony",
    "libsbml": "python-libsbml",
    "pydantic_core": "pydantic",
    "roadrunner": "libroadrunner",
    "yaml": "pyyaml",
}
"""Distributions whose name differs from that of the imported package."""


def imported(file: Path) -> Iterator[str]:
    """Top-level names of the packages that a file imports, at its head or within functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def undeclared(sources: Path, declared: set[str]) -> dict[str, str]:
    """Imported distributions that are not declared, each with one file that imports it."""
    found = {name: str(file) for file in sorted(sources.rglob("*.py")) for name in imported(file)}
    third = {n: f for n, f in found.items() if n not in sys.stdlib_module_names and n != "quotidian"}
    return {n: f for n, f in third.items() if PROVIDED_BY.get(n, n) not in declared}


def declared(root: Path) -> set[str]:
    """Distributions that the package, or one of its extras for users, requires."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = [wanted for name, wanted in project["optional-dependencies"].items() if name != "test"]
    lines = [*project["dependencies"], *(line for wanted in extras for line in wanted)]
    return {re.split(r"[\[<>=~! ;]", line)[0].lower() for line in lines}


def test_every_import_is_declared(root: Path) -> None:
    assert undeclared(root / "src", declared(root)) == {}


def test_an_undeclared_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "import json\nimport numpy.linalg\ndef f():\n    from yaml import load\n"
    )
    assert undeclared(tmp_path, {"numpy"}) == {"yaml": str(tmp_path / "module.py")}
