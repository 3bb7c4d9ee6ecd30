"""Write a file whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from quotidian.errors import OutputError


def write_atomically(path: str | Path, content: str | bytes) -> Path:
    """Write bytes, or text as UTF-8, beside its place, then move it there: no reader ever sees half a file.

    Whatever interrupts the writing, Ctrl-C included, leaves the old file as it was and no other behind.

    Returns
    -------
    The path written.

    Raises
    ------
    OutputError
        The folder is missing, is no folder, or cannot be written.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(beside, path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written.",
            f"{error.strerror or error}.",
            "Name a file in an existing folder that you may write to.",
        ) from None
    finally:
        _forget(beside)
    return path


def _forget(path: Path) -> None:
    """Remove the file if it is still there; a failure here must not hide the first one."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
