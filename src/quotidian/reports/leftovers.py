"""Files under way, and what a run that was killed left of them: the only place that knows their names.

A file or folder is written under a hidden name that carries the number of its process. Whatever carries the
number of a process that is gone was left behind, and the next run to the same place removes it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

UNDER_WAY = re.compile(r"\.(?P<name>.+)\.(?P<process>[0-9]{1,10})\.part(?:ial)?")
LONGEST = 100
"""Letters of a name that are kept: with its additions it must stay within the limit of file systems."""


def under_way(target: Path, ending: str = "partial") -> Path:
    """The hidden path beside ``target`` at which this process writes it."""
    return target.with_name(f".{_short(target.name)}.{os.getpid()}.{ending}")


def is_leftover(name: str) -> bool:
    """Whether a name is that of a file or folder under way, of this or another process."""
    return UNDER_WAY.fullmatch(name) is not None


def clear_leftovers(folder: Path, of: str | None = None) -> None:
    """Remove what processes that are gone left in a folder; ``of`` a target's name: only what is of that.

    A file system that refuses keeps them; they are hidden, and are never taken for a result.
    """
    with suppress(OSError):
        for item in list(folder.iterdir()):
            found = UNDER_WAY.fullmatch(item.name)
            if found is None or (of is not None and found["name"] != _short(of)):
                continue
            if not _running(int(found["process"])):
                _remove(item)


def _short(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST // 2]}~{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"


def _running(process: int) -> bool:
    """Whether a process of that number exists on this machine, this one excepted: its own files are old."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it belongs to somebody else
        return True
    return True


def _remove(item: Path) -> None:
    if item.is_dir() and not item.is_symlink():
        shutil.rmtree(item, ignore_errors=True)
    else:
        with suppress(OSError):
            item.unlink()
