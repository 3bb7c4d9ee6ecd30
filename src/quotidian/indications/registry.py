"""Every indication by its name, collected from the files of ``diseases``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from quotidian.errors import UnknownName, closest
from quotidian.indications import diseases
from quotidian.indications.indication import Indication


def _declared() -> dict[str, Indication]:
    files = (import_module(f"{diseases.__name__}.{m.name}") for m in iter_modules(diseases.__path__))
    found: tuple[Indication, ...] = tuple(one for file in files for one in file.INDICATIONS)
    return {one.name: one for one in found}


INDICATIONS: Mapping[str, Indication] = _declared()
"""All of them, by name."""


def indication(name: str) -> Indication:
    """The indication of that name. Raises UnknownName with the nearest otherwise."""
    if name not in INDICATIONS:
        raise UnknownName(f"There is no indication '{name}'.", closest(name, INDICATIONS))
    return INDICATIONS[name]
