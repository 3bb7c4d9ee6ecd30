"""The manifest of a result: the request, everything that the result depends on, and its files.

Cohorts, trials, studies and the scoreboard write the same fields: ``program``, ``version``, ``use``,
``command``, ``identity`` (the request and everything else that can change a byte of the result), fields
for the kind of result, and ``files`` with their checksums. Nothing in a manifest depends on the time of
day, the number of threads or the executor.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from quotidian.application.provenance import digest, evidence_checksum, platform_of, sha256
from quotidian.version import RESEARCH_USE, __version__

MANIFEST = "manifest.json"
SEAL = "content_sha256"
FORMAT = 1
"""Version of the file structure; increased when the structure of results changes."""


def manifest(
    program: str,
    identity: Mapping[str, Any],
    contents: Mapping[str, Any],
    *,
    command: str = "",
    files: Mapping[str, bytes] | None = None,
) -> dict[str, Any]:
    """The manifest of a result.

    Parameters
    ----------
    program : the writer, such as ``quotidian trial``; ``command`` is the command line that reproduces the
        result.
    identity : as :func:`identity` makes it.
    contents : fields of this kind of result.
    files : content by name; the manifest states checksums.
    """
    found: dict[str, Any] = {"program": program, "version": __version__, "use": RESEARCH_USE}
    if command:
        found["command"] = command
    found |= {"identity": dict(identity)} | dict(contents)
    if files is not None:
        found["files"] = {name: {"sha256": sha256(content)} for name, content in files.items()}
    return found


def identity(
    request: Mapping[str, Any],
    program: Mapping[str, Any],
    tolerances: Mapping[str, Any],
    libraries: tuple[str, ...],
) -> dict[str, Any]:
    """Everything that can change a byte of a result.

    Parameters
    ----------
    request : the request in plain values.
    program : checksums of the program, such as those of :func:`model_checksums`.
    libraries : libraries whose version can change a byte.
    """
    return {
        "format": FORMAT,
        "version": __version__,
        "request": dict(request),
        "model": dict(program),
        "tolerances": dict(tolerances),
        "platform": platform_of(libraries),
    }


def model_checksums(name: str, equations_sha256: str) -> dict[str, str]:
    """A model by its name and the checksums of its equations and of the evidence."""
    return {
        "name": name,
        "equations_sha256": equations_sha256,
        "evidence_sha256": evidence_checksum(),
    }


def as_json(content: Mapping[str, Any]) -> str:
    """JSON in the format of manifests."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with its own checksum, so that a part that was changed is computed again."""
    return {**content, SEAL: digest(json.loads(json.dumps(content)))}


def unsealed(text: bytes) -> dict[str, Any]:
    """The content of a sealed file. Raises ValueError if it is not as it was written."""
    found = json.loads(text)
    if not isinstance(found, dict) or found.pop(SEAL, None) != digest(found):
        raise ValueError("The file is not as it was written.")
    return found


def written_by(path: Path, programs: Collection[str]) -> dict[str, Any] | None:
    """The manifest in a file, or None if none of these programs wrote it."""
    try:
        found = json.loads(path.read_bytes())
        return dict(found) if found["program"] in programs else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
