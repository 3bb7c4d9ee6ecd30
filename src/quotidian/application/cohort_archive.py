"""The folder of a cohort: complete parts, each with a file of checksums (its *sidecar*); one run at a
time."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quotidian.application.cohort_part import Built
from quotidian.application.cohort_request import CohortRequest, identity
from quotidian.application.manifest import MANIFEST, as_json, sealed, unsealed, written_by
from quotidian.application.provenance import differences, digest, sha256
from quotidian.errors import OutputError
from quotidian.reports.files import folder_in_use, write_atomically
from quotidian.reports.leftovers import clear_leftovers, is_leftover

FAILURES = "failures.csv"
PROGRAM = "quotidian cohort"
PART = re.compile(r"[a-z_]+-[0-9]+\.(json|parquet)")
ELSEWHERE = "Choose another folder with --output, or remove this one."


@dataclass(frozen=True)
class Folder:
    """A folder of one request; ``known`` is the identity that its sidecars refer to."""

    path: Path
    request: CohortRequest
    known: dict[str, Any]

    def sidecar(self, part: int) -> Path:
        """The sidecar file of a part."""
        return self.path / f"part-{self.request.label(part)}.json"

    def keep(self, part: int, built: Built) -> None:
        """Write the files of a part, then the sidecar: without it the part counts as missing. Raises
        OutputError."""
        label, numbers = self.request.label(part), self.request.numbers(part)
        files = {f"{stem}-{label}.parquet": content for stem, content in built.files.items()}
        for name, content in files.items():
            self.write(name, content)
        entry = {
            "part": part,
            "children": {"first": numbers[0], "number": len(numbers)},
            "identity_sha256": digest(self.known),
            "files": {name: {"sha256": sha256(content)} for name, content in files.items()},
            "failures": [asdict(lost) for lost in built.lost],
        }
        self.write(self.sidecar(part).name, as_json(sealed(entry)))

    def entry(self, part: int) -> dict[str, Any]:
        """The contents of the sidecar of a finished part. Raises ValueError if it was changed."""
        return unsealed(self.sidecar(part).read_bytes())

    def finished(self, part: int) -> bool:
        """Whether the part exists, belongs to this request, and is unchanged since it was written."""
        try:
            entry = self.entry(part)
            if entry["identity_sha256"] != digest(self.known) or entry["part"] != part:
                return False
            return all(_same(self.path / name, kept["sha256"]) for name, kept in entry["files"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False

    def manifest(self) -> dict[str, Any]:
        """The content of the manifest; empty if there is none."""
        return read_manifest(self.path) or {}

    def write(self, name: str, content: bytes | str) -> None:
        """Write a file of the folder, completely or not at all. Raises OutputError."""
        write_atomically(self.path / name, content)


@contextmanager
def opened(path: Path, request: CohortRequest) -> Iterator[Folder]:
    """The folder: created if needed, locked against other runs, and cleared of incomplete files.

    Raises
    ------
    OutputError : it contains another request or something else, another run uses it, or no permission.
    """
    known = identity(request)
    refuse_foreign(path, known)
    with folder_in_use(path), _held(path):
        clear_leftovers(path)
        yield Folder(path, request, known)


def refuse_foreign(path: Path, known: dict[str, Any]) -> None:
    """Refuse a path that contains anything but an earlier run of the same request. Raises OutputError."""
    if os.path.exists(path) and not path.is_dir():
        raise OutputError(
            f"'{path}' is a file.", "A folder is needed.", "Choose another place with --output."
        )
    there = sorted(item.name for item in path.iterdir()) if os.path.isdir(path) else []
    there = [name for name in there if not is_leftover(name)]
    if _has_part(path, there, known):  # whatever became of the manifest
        return
    manifest = read_manifest(path)
    if there and manifest is None:
        why = f"It holds something other than a cohort: {', '.join(there[:3])}."
        raise OutputError(
            f"'{path}' cannot be the output folder.", why, "Name a new or an empty folder with --output."
        )
    other = differences(manifest["identity"], known) if manifest else []
    if other:
        several = f"; and in {len(other) - 4} more" if len(other) > 4 else ""
        raise OutputError(
            f"'{path}' holds another cohort.", f"It differs in {'; '.join(other[:4])}{several}.", ELSEWHERE
        )


def _has_part(path: Path, names: list[str], known: dict[str, Any]) -> bool:
    """Whether a folder holds files of cohorts alone, and a part of this request among them."""
    if not all(name in (MANIFEST, FAILURES) or PART.fullmatch(name) for name in names):
        return False
    for name in names:
        with suppress(OSError, ValueError):
            if name.startswith("part-") and name.endswith(".json"):
                entry = unsealed((path / name).read_bytes())
                if entry.get("identity_sha256") == digest(known):
                    return True
    return False


def read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of a cohort in that folder, or None if no cohort wrote it."""
    found = written_by(path / MANIFEST, (PROGRAM,))
    return found if found is not None and isinstance(found.get("identity"), dict) else None


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """A lock on the folder for this process; the operating system releases it when the process ends."""
    try:
        import fcntl
    except ImportError:  # a system without file locks: the user must not start two runs at once
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            why = "Two runs would overwrite each other's files."
            remedy = "Wait for it, or choose another folder."
            raise OutputError(f"Another run is using '{path}'.", why, remedy) from None
        yield
    finally:
        os.close(handle)


def _same(path: Path, sha256: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
