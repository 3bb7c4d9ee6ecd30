"""The house keeps its own rules: small files, documented modules, one version, a lock without address."""

from __future__ import annotations

import ast
import re
import tomllib
import warnings
from pathlib import Path

import pytest
import yaml

import quotidian

LIMIT, LOOK_AGAIN = 300, 250


def lines(file: Path) -> int:
    """Number of lines of a file."""
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_source_file_outgrows_the_house(root: Path) -> None:
    sizes = {str(file.relative_to(root)): lines(file) for file in (root / "src").rglob("*.py")}
    large = sorted(f"{name}: {size} lines" for name, size in sizes.items() if size > LOOK_AGAIN)
    if large:
        warnings.warn(f"Look for the noun that each of these hides: {', '.join(large)}", stacklevel=1)
    assert {name: size for name, size in sizes.items() if size > LIMIT} == {}


def test_every_module_says_what_it_is(root: Path) -> None:
    files = sorted((root / "src").rglob("*.py"))
    silent = [str(f) for f in files if not ast.get_docstring(ast.parse(f.read_text(encoding="utf-8")))]
    assert silent == []


def test_every_package_has_its_first_page(root: Path) -> None:
    folders = {file.parent for file in (root / "src/quotidian").rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def pins(lock: str) -> dict[str, str]:
    """Each requirement of a lock file, ``name==version``, with the text that follows up to the next."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    return {block.split()[0]: block for block in blocks if block.strip()}


def test_the_lock_names_every_package_by_version_and_hash(root: Path) -> None:
    locked = pins((root / "requirements.lock").read_text())
    assert len(locked) > 20
    assert [name for name in locked if not re.fullmatch(r"[\w.-]+==[\w.]+", name)] == []
    assert [
        name for name, block in locked.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", block)
    ] == []


def test_the_lock_names_no_address(root: Path) -> None:
    text = (root / "requirements.lock").read_text()
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url.*|--find-links.*", text) == []


def test_the_lock_has_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[\[<>=~! ;]", requirement)[0].lower() for requirement in wanted}
    locked = {name.split("==")[0] for name in pins((root / "requirements.lock").read_text())}
    assert names - locked == set()


def versions(root: Path) -> dict[str, str]:
    """The version as each place that states it says."""
    changes = (root / "CHANGELOG.md").read_text()
    newest = re.search(r"(?m)^## (\S+)", changes)
    return {
        "pyproject.toml": tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"],
        "CITATION.cff": yaml.safe_load((root / "CITATION.cff").read_text())["version"],
        "CHANGELOG.md": newest.group(1) if newest else "none",
        "quotidian.__version__": quotidian.__version__,
    }


def test_there_is_one_version(root: Path) -> None:
    stated = versions(root)
    assert len(set(stated.values())) == 1, stated


def test_the_citation_is_complete(root: Path) -> None:
    entry = yaml.safe_load((root / "CITATION.cff").read_text())
    assert {"cff-version", "title", "type", "message", "authors", "version", "license"} <= entry.keys()
    assert entry["license"] == tomllib.loads((root / "pyproject.toml").read_text())["project"]["license"]


@pytest.mark.parametrize("file", ["README.md", "CITATION.cff", "pyproject.toml"])
def test_every_face_says_what_it_is_not(root: Path, file: str) -> None:
    assert "research use, not a medical device" in (root / file).read_text().lower().replace("\n", " ")
