"""Prepare a release: ``python scripts/release.py 0.2.0``, or ``make release VERSION=0.2.0``.

The version and the date are written into a copy of the last commit. The copy is built twice and both results
are compared byte for byte; then the archives are checked and the installed wheel is tried. Only after all of
this the files of the checkout change, with a commit and a tag. Nothing is published.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FINAL = re.compile(r"\d+\.\d+\.\d+")
RULES = {
    "src/quotidian/version.py": [(r'(?m)^__version__ = ".*"$', '__version__ = "{version}"')],
    "CITATION.cff": [
        (r"(?m)^version: .*\n(date-released: .*\n)?", "version: {version}\ndate-released: {day}\n"),
    ],
    ".zenodo.json": [
        (r'"version": ".*"', '"version": "{version}"'),
        (r'"publication_date": ".*"', '"publication_date": "{day}"'),
    ],
    "packaging/recipe.yaml": [(r'(?m)^  version: ".*"$', '  version: "{version}"')],
    "CHANGELOG.md": [(r"(?m)^## {version} \(unreleased\)$", "## {version} ({day})")],
}
"""For each file that states the version: patterns, each found exactly once, and what replaces them."""


class Refused(Exception):
    """The release cannot be prepared; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare the release; leave with code 2 and one message where that is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="as in 0.2.0")
    parser.add_argument("--checker", default="", help="command that checks archives, as in 'uvx twine check'")
    asked = parser.parse_args(arguments)
    day = datetime.now(UTC).date()
    try:
        refuse_unfit(ROOT, asked.version)
        with tempfile.TemporaryDirectory() as place:
            archives = _archives(Path(place), asked.version, day, asked.checker.split())
            written = write_version(ROOT, asked.version, day)
            _keep(archives, ROOT / "dist")
    except Refused as reason:
        print(f"release: {reason}", file=sys.stderr)
        sys.exit(2)
    _git(ROOT, "commit", "--quiet", "-m", f"Release {asked.version}", "--", *written)
    _git(ROOT, "tag", "-a", f"v{asked.version}", "-m", changes(ROOT, asked.version))
    print(f"Committed and tagged v{asked.version}; the archives are in dist/. Nothing was published.")


def refuse_unfit(root: Path, version: str) -> None:
    """Raise Refused unless the checkout is clean and has a changelog section of a version without a tag."""
    if not FINAL.fullmatch(version):
        raise Refused(f"'{version}' is not a final version.\n  Write three numbers, as in 0.2.0.")
    if _git(root, "status", "--porcelain"):
        raise Refused("The checkout has changes that are not committed.\n  Commit or remove them.")
    if _git(root, "tag", "--list", f"v{version}"):
        raise Refused(f"The tag v{version} exists.\n  Choose the next version.")
    if f"## {version} (unreleased)" not in (root / "CHANGELOG.md").read_text(encoding="utf-8"):
        raise Refused(
            f"CHANGELOG.md has no section '## {version} (unreleased)'.\n  Write what changed under it."
        )


def write_version(root: Path, version: str, day: date) -> list[str]:
    """Write version and date into every file that states them, and return the names of these files."""
    texts = {}
    for name, rules in RULES.items():
        text = (root / name).read_text(encoding="utf-8")
        for pattern, new in rules:
            found = pattern.replace("{version}", re.escape(version))
            text, count = re.subn(found, new.format(version=version, day=day.isoformat()), text)
            if count != 1:
                raise Refused(f"{name} states the version {count} times.\n  It is expected once, as {new!r}.")
        texts[name] = text
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
    return list(texts)


def changes(root: Path, version: str) -> str:
    """The section of the changelog about a version, with its heading."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.split(r"(?m)^(?=## )", text)
    return next(s for s in sections if s.startswith(f"## {version} (")).removeprefix("## ").strip()


def build(tree: Path, into: Path, day: date) -> dict[str, bytes]:
    """Source archive and wheel of a tree, by name; times in them are the midnight that begins the day."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    _run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(into)], tree,
        {"SOURCE_DATE_EPOCH": str(int(midnight.timestamp()))},
    )  # fmt: skip
    return {path.name: path.read_bytes() for path in sorted(into.iterdir())}


def exported(tree: Path) -> None:
    """Make a folder with the files of the last commit."""
    tree.mkdir()
    archive = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive.stdout, check=True)


def _archives(place: Path, version: str, day: date, checker: list[str]) -> dict[str, bytes]:
    """The archives of a release, built twice and tried."""
    found = []
    for turn in ("first", "second"):
        tree = place / turn
        exported(tree)
        write_version(tree, version, day)
        found.append(build(tree, place / f"{turn}-dist", day))
    if found[0] != found[1]:
        raise Refused("Two builds of the same tree differ.\n  Look for a time or a path in the archives.")
    names = [str(place / "first-dist" / name) for name in found[0]]
    if checker:
        _run([*checker, "--strict", *names], place)
    _run([sys.executable, "-m", "pytest", "-q", "tests/contracts/test_wheel.py"], place / "first")
    return found[0]


def _keep(archives: dict[str, bytes], folder: Path) -> None:
    """Put the archives and their sums into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in archives.items():
        (folder / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {name}")
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in archives.items()]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _run(command: list[str], where: Path, variables: dict[str, str] | None = None) -> None:
    """Run a command to its end. Raises Refused with what it said."""
    done = subprocess.run(
        command, cwd=where, env={**os.environ, "PYTHONPATH": str(where / "src"), **(variables or {})},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Refused(f"'{' '.join(command[:4])}' failed:\n{done.stdout[-2000:]}")


def _git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
