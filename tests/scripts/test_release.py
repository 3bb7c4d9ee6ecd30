"""The release: one version in every file that states it, and the same archives from the same tree."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from quotidian.version import __version__

from .test_calibrate import ROOT, script

RELEASE = script("release")
DAY = date(2027, 1, 2)
NEXT = re.match(r"\d+\.\d+\.\d+", __version__)[0]  # type: ignore[index]


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository that holds the files that state the version; the changelog awaits the next one."""
    root = tmp_path / "checkout"
    for name in RELEASE.RULES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    changelog = root / "CHANGELOG.md"
    changelog.write_text(
        "# Changelog\n\n## 7.8.9 (unreleased)\n\n- New.\n\n## 7.8.8 (2026-12-01)\n\n- Old.\n"
    )
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "All"],
    ):
        subprocess.run(["git", *words], cwd=root, check=True)
    return root


def test_all_files_state_the_version_of_the_package() -> None:
    stated = (
        read("CITATION.cff")["version"], read(".zenodo.json")["version"],
        read("packaging/recipe.yaml")["context"]["version"],
    )  # fmt: skip
    assert set(stated) == {__version__}


def test_the_description_of_the_archive_is_that_of_the_citation() -> None:
    archive, citation = read(".zenodo.json"), read("CITATION.cff")
    assert archive["keywords"] == citation["keywords"] and archive["license"] == citation["license"]
    assert archive["creators"] == citation["authors"]
    assert archive["description"] == citation["abstract"]


def test_the_conda_recipe_needs_what_the_package_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = read("packaging/recipe.yaml")["requirements"]["run"]
    assert [line.replace(" ", "") for line in needed[1:]] == project["dependencies"]
    assert needed[0].replace(" ", "") == f"python{project['requires-python']}"


def test_the_image_is_made_of_files_that_exist() -> None:
    lines = (ROOT / "packaging/Containerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    asked = re.search(r"/source\[([\w,]+)\]", "\n".join(lines))
    assert len(copied) == 5 and all((ROOT / name).exists() for name in copied)
    assert asked and set(asked[1].split(",")) < set(extras)


def test_version_and_date_reach_every_file(checkout: Path) -> None:
    RELEASE.refuse_unfit(checkout, "7.8.9")
    names = RELEASE.write_version(checkout, "7.8.9", DAY)
    assert set(names) == set(RELEASE.RULES)
    for name in names:
        assert "7.8.9" in (checkout / name).read_text(), name
        assert "dev0" not in (checkout / name).read_text(), name
    citation = yaml.safe_load((checkout / "CITATION.cff").read_text())
    assert citation["version"] == "7.8.9" and citation["date-released"] == DAY
    assert json.loads((checkout / ".zenodo.json").read_text())["publication_date"] == "2027-01-02"
    assert RELEASE.changes(checkout, "7.8.9") == "7.8.9 (2027-01-02)\n\n- New."


def test_a_file_without_the_version_leaves_all_as_they_are(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n")
    before = {name: (checkout / name).read_bytes() for name in RELEASE.RULES}
    with pytest.raises(RELEASE.Refused, match="states the version 0 times"):
        RELEASE.write_version(checkout, "7.8.9", DAY)
    assert {name: (checkout / name).read_bytes() for name in RELEASE.RULES} == before


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("7.8", "not a final version"),
        ("", "not a final version"),
        ("7.9.0", "no section"),
        ("7.8.9", "changes"),
    ],
)
def test_a_checkout_that_is_not_ready_is_refused(checkout: Path, version: str, reason: str) -> None:
    if reason == "changes":
        (checkout / "CITATION.cff").write_text("version: 1\n")
    with pytest.raises(RELEASE.Refused, match=reason):
        RELEASE.refuse_unfit(checkout, version)


def test_a_version_is_tagged_once(checkout: Path) -> None:
    subprocess.run(["git", "tag", "v7.8.9"], cwd=checkout, check=True)
    with pytest.raises(RELEASE.Refused, match="exists"):
        RELEASE.refuse_unfit(checkout, "7.8.9")


def test_the_changelog_awaits_the_version_under_development() -> None:
    assert __version__ == NEXT or f"## {NEXT} (unreleased)" in (ROOT / "CHANGELOG.md").read_text()


def test_the_same_tree_gives_the_same_archives(tmp_path: Path) -> None:
    first, second = (RELEASE.build(ROOT, tmp_path / name, DAY) for name in "ab")
    assert [name.rpartition(".")[2] for name in first] == ["whl", "gz"]
    assert first == second and all(f"-{__version__}" in name for name in first)
