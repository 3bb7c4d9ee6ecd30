"""The ledger: one YAML file beside each mechanism, read as an immutable mapping of entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import final

from quotidian.errors import LedgerError, closest
from quotidian.evidence.entry import Entry
from quotidian.evidence.reading import read_mapping
from quotidian.evidence.schema import entry_from

PACKAGE = Path(__file__).parents[1]
"""The folder of the package ``quotidian``."""

FOLDERS = ("biology", "drugs", "indications", "models", "patients", "trials")
"""Where ledgers live. ``trials/published`` holds claims, not parameters, and is left out."""


@final
class UnknownEntry(LedgerError, KeyError):
    """A name that the ledger does not hold."""

    def __str__(self) -> str:
        """The plain message: a KeyError would quote it."""
        return Exception.__str__(self)


@final
class Ledger(Mapping[str, Entry]):
    """The entries of one file by name, in the order of the file."""

    def __init__(self, module: str, entries: Mapping[str, Entry]) -> None:
        self.module = module
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> Entry:
        """The entry, or :class:`UnknownEntry` with the nearest names."""
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownEntry(f"{self.module} has no '{name}'.", "", closest(name, self._entries)) from None

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the file."""
        return iter(self._entries)

    def __len__(self) -> int:
        """How many entries."""
        return len(self._entries)

    def __repr__(self) -> str:
        """``Ledger('biology.fever', 7 entries)``."""
        return f"Ledger({self.module!r}, {len(self)} entries)"


def read_ledger(path: str | Path, module: str | None = None) -> Ledger:
    """Read and check one file.

    Parameters
    ----------
    path : the YAML file.
    module : the name entries carry; by default the path inside the package, such as ``biology.fever``.

    Raises
    ------
    LedgerError
        The file is not YAML, or an entry does not say how we know.
    """
    path = Path(path)
    module = module or _module_of(path)
    raw = read_mapping(path)
    return Ledger(module, {name: entry_from(path.name, module, name, body) for name, body in raw.items()})


@cache
def ledger_beside(python_file: str) -> Ledger:
    """The ledger of the same stem: ``ledger_beside(__file__)``. Errors as :func:`read_ledger`."""
    return read_ledger(Path(python_file).with_suffix(".yaml"))


def all_ledgers() -> tuple[Ledger, ...]:
    """Every ledger of the package, sorted by module. Errors as :func:`read_ledger`."""
    found = (path for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.yaml"))
    paths = (path for path in found if "published" not in path.relative_to(PACKAGE).parts)
    return tuple(sorted((ledger_beside(str(path)) for path in paths), key=lambda ledger: ledger.module))


def _module_of(path: Path) -> str:
    full = path.resolve().with_suffix("")
    inside = full.relative_to(PACKAGE) if full.is_relative_to(PACKAGE) else Path(full.name)
    return ".".join(inside.parts)
