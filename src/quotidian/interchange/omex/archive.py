"""Open a COMBINE archive (a ZIP file with a manifest) that anyone may have made.

Names, sizes and the manifest are checked before anything is written, and it is written into a folder of its
own that is removed afterwards.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from quotidian.errors import InvalidInput
from quotidian.interchange.omex.xml_tree import Element, tree_of

MANIFEST = "manifest.xml"
LARGEST = 200 * 2**20
"""Bytes of all entries together, unpacked."""
MOST_ENTRIES = 2_000
MOST_PACKED = 200
"""Times that an entry may be larger than it is in the archive, beyond a megabyte: text packs tenfold."""


@dataclass(frozen=True)
class Archive:
    """An archive in a folder: formats of its entries by location, those marked as master, its file name."""

    folder: Path
    formats: dict[str, str]
    masters: tuple[str, ...]
    name: str

    def master(self) -> str:
        """The location of what is to be run.

        Raises InvalidInput where several could be, or nothing can.
        """
        runnable = [place for place, kind in self.formats.items() if "sed-ml" in kind]
        chosen = self.masters or tuple(runnable)
        if len(chosen) != 1:
            found = f"{len(chosen)} entries ({', '.join(chosen)})" if chosen else "no entry"
            raise InvalidInput(
                f"'{self.name}' does not state what to run: it has no single master.",
                f"In its manifest {found} could be run.",
                'Mark one entry with master="true".',
            )
        return chosen[0]


@contextmanager
def opened_archive(source: str | Path) -> Iterator[Archive]:
    """Unpack an archive for as long as the context lasts.

    Raises InvalidInput for what is no archive, has no manifest, names what it lacks, or could do harm.
    """
    path = Path(source)
    _refuse_endless(path)
    try:
        packed = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "It is not a ZIP file"
        raise InvalidInput(f"'{path}' is not a COMBINE archive.", f"{why}.", "Name an .omex file.") from None
    with packed, TemporaryDirectory(prefix="quotidian-") as folder:
        _refuse_harm(packed, path.name)
        if MANIFEST not in packed.namelist():
            raise InvalidInput(
                f"'{path.name}' has no manifest.",
                f"A COMBINE archive says in {MANIFEST} what its entries are.",
                "Write the archive again with a program that knows the format.",
            )
        _unpack(packed, Path(folder), path.name)
        yield _read(Path(folder), path.name)


def _refuse_endless(path: Path) -> None:
    """Refuse a device or a pipe, which the reader of ZIP files would read to its end, and a huge file."""
    with suppress(OSError):  # what cannot be reached is refused where it is read
        if path.exists() and not path.is_dir() and not (path.is_file() and path.stat().st_size <= LARGEST):
            raise InvalidInput(
                f"'{path}' is not a COMBINE archive.",
                f"It is not a file, or is larger than {LARGEST // 2**20} MB.",
                "Name an .omex file.",
            )


def _refuse_harm(packed: zipfile.ZipFile, name: str) -> None:
    entries = packed.infolist()
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > LARGEST:
        raise InvalidInput(
            f"'{name}' is too large.",
            f"At most {MOST_ENTRIES:,} entries and {LARGEST // 2**20} MB unpacked are read.",
            "Leave out what is not needed to run it.",
        )
    for e in entries:
        if e.file_size > 2**20 and e.file_size > MOST_PACKED * max(e.compress_size, 1):
            raise _harmful(name, e.filename, "unpacks to more than two hundred times its size")
        if stat.S_ISLNK(e.external_attr >> 16):
            raise _harmful(name, e.filename, "is a link")
        if e.flag_bits & 1:
            raise _harmful(name, e.filename, "is encrypted")
        if not inside(e.filename):
            raise _harmful(name, e.filename, "leaves the archive's folder")
    doubled = {e.filename for e in entries if sum(1 for o in entries if o.filename == e.filename) > 1}
    if doubled:
        raise _harmful(name, min(doubled), "is there twice")


def inside(name: str) -> bool:
    """Whether a name stays in its folder, on any system."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and ".." not in parts and not name.startswith(("/", "\\")) and ":" not in parts[0]


def _harmful(archive: str, entry: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"'{archive}' is refused: its entry '{entry}' {what}.", "No file was written.",
        "Use an archive without such entries.",
    )  # fmt: skip


def _unpack(packed: zipfile.ZipFile, folder: Path, name: str) -> None:
    for entry in packed.infolist():
        place = folder / entry.filename
        try:
            if entry.is_dir():
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(entry) as stream:
                data = stream.read(entry.file_size + 1)
            if len(data) > entry.file_size:
                raise zipfile.BadZipFile("more bytes than stated")
            place.write_bytes(data)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise InvalidInput(
                f"The entry '{entry.filename}' of '{name}' cannot be unpacked.", f"{error}.", "Copy it again."
            ) from None


def _read(folder: Path, name: str) -> Archive:
    """The manifest. Raises InvalidInput where it names an entry that is not there."""
    root = tree_of((folder / MANIFEST).read_bytes(), f"The manifest of '{name}'")
    formats: dict[str, str] = {}
    masters: list[str] = []
    for content in root.all("content"):
        place = _place(content)
        if place in (".", MANIFEST):
            continue
        if not inside(place):
            raise _harmful(name, place, "leaves the archive's folder")
        if not (folder / place).is_file():
            raise InvalidInput(
                f"'{name}' lacks '{place}'.", "Its manifest names it.", "Write the archive again."
            )
        formats[place] = content.attributes.get("format", "").lower()
        if content.attributes.get("master", "").lower() in ("true", "1"):
            masters.append(place)
    return Archive(folder, formats, tuple(masters), name)


def _place(content: Element) -> str:
    stated = content.attributes.get("location", "")
    return stated.removeprefix("./") or "."
