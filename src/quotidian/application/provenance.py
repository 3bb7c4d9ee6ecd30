"""What a result depends on besides its request: program, libraries, platform, evidence."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from quotidian.version import __version__

LIBRARIES = ("numpy", "llvmlite", "polars")
"""Libraries whose version can change a byte of a table."""
SOURCES = (".py", ".yaml", ".csv", ".json")
"""Suffixes of the package files that belong to the program."""


def environment() -> dict[str, Any]:
    """Version, code, libraries and platform. Two machines that agree in these give the same bytes."""
    return {"version": __version__, "code_sha256": code_checksum(), "platform": platform_of(LIBRARIES)}


def platform_of(libraries: tuple[str, ...]) -> dict[str, Any]:
    """Operating system, processor, Python and the versions of some libraries."""
    from quotidian.engine.runtime.jit import lanes

    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "lanes": lanes(),
        "python": platform.python_version(),
    } | {name: version(name) for name in libraries}


@cache
def code_checksum() -> str:
    """Checksum of the whole program, including equations and evidence."""
    root, digest = Path(__file__).parent.parent, hashlib.sha256()
    for file in sorted(p for p in root.rglob("*") if p.suffix in SOURCES):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def evidence_checksum() -> str:
    """Checksum of the output of ``quotidian evidence --json``: every number, and its source."""
    from quotidian.evidence import as_dict, search

    text = json.dumps([as_dict(entry) for entry in search("")], indent=2, ensure_ascii=False)
    return sha256(f"{text}\n".encode())


def sha256(content: bytes) -> str:
    """Checksum of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest(known: Mapping[str, Any]) -> str:
    """Checksum of an identity, independent of the order of its fields."""
    return sha256(json.dumps(known, sort_keys=True).encode())


def differences(there: Mapping[str, Any], asked: Mapping[str, Any], path: str = "") -> list[str]:
    """The differences between two identities: ``children (1000 there, 2000 asked)``."""
    found = []
    for key in dict.fromkeys([*asked, *there]):
        old, new = there.get(key), asked.get(key)
        name = f"{path} {key}".strip().removeprefix("request ")
        if isinstance(old, dict) and isinstance(new, dict) and key != "observables":
            found += differences(old, new, name if key != "request" else "")
        elif old != new or (isinstance(old, dict) and list(old) != list(new or ())):
            found.append(f"{name} ({_short(old)} there, {_short(new)} asked)")
    return found


def _short(value: Any) -> str:
    """A value for a message: observables by name, a checksum by its first characters, at most 60
    characters."""
    if value is None:
        return "none"
    text = ",".join(value) if isinstance(value, dict) else str(value)
    if len(text) == 64 and " " not in text:
        return text[:8]
    return text if len(text) <= 60 else f"{text[:57]}..."
